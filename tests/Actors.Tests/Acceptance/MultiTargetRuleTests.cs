using Glasswright.Actors.Acceptance;

namespace Glasswright.Actors.Tests.Acceptance;

public class MultiTargetRuleTests
{
    private static readonly TargetSet Two = new([Target.Maximum(), Target.Mean()]);

    [Fact]
    public void ATrialThatRaisesNothingIsAlwaysAccepted()
    {
        var rule = new MultiTargetRule(Two, [0.1, 0.2]);
        rule.Decide([1, 1], [0.5, 1], 0, 1 - 1e-16).ShouldBe(new Verdict(true, null));
    }

    [Fact]
    public void GainsOfOneTargetDoNotPayForLossesOfAnother()
    {
        var rule = new MultiTargetRule(Two, [1, 1]);
        rule.Cost([0, 0], [-100, 2]).ShouldBe(2);
    }

    // S = 0.3/0.1 = 3, so exactly the u below exp(-3) = 0.049787 accept.
    [Theory]
    [InlineData(0.0497, true)]
    [InlineData(0.0499, false)]
    public void TheThresholdIsExpOfMinusTheCost(double u, bool accepted)
    {
        var rule = new MultiTargetRule(Two, [0.1, 0.2]);
        rule.Decide([0, 0], [0.3, -1], 0, u).Accepted.ShouldBe(accepted);
    }

    [Fact]
    public void TheLargestIncreaseInUnitsOfItsConstantVetoes()
    {
        var rule = new MultiTargetRule(Two, [1, 0.01]);
        rule.Decide([0, 0], [5, 1], 0, 0.9).VetoedBy.ShouldBe("mean");
        rule.Decide([0, 0], [5, 0.01], 0, 0.9).VetoedBy.ShouldBe("max");
    }

    [Theory]
    [InlineData(-2, 0.13, true)]
    [InlineData(-2, 0.14, false)]
    [InlineData(3, 0.99, true)]
    public void HastingsIsAFactorOfItsOwnAndNeverAboveOne(double logR, double u, bool accepted)
    {
        var rule = new MultiTargetRule(Two, [1, 1]);
        Verdict verdict = rule.Decide([0, 0], [-1, -1], logR, u);
        verdict.Accepted.ShouldBe(accepted);
        verdict.VetoedBy.ShouldBe(accepted ? null : MultiTargetRule.Hastings);
    }

    [Fact]
    public void ALargeRCannotPayForAnIncrease()
    {
        var rule = new MultiTargetRule(Two, [1, 1]);
        rule.Decide([0, 0], [3, 0], logHastings: 3, u: 0.5).Accepted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.NaN)]
    [InlineData(double.PositiveInfinity, 0)]
    public void WhatIsNotFiniteIsRejected(double objective, double logR)
    {
        var rule = new MultiTargetRule(Two, [1, 1]);
        rule.Decide([0, 0], [0, objective], logR, 1e-300).Accepted.ShouldBeFalse();
    }
}
