using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Acceptance;

public class CalibrationTests
{
    private static readonly TargetSet One = new([Target.Mean()]);
    private static readonly double[] Unknown = [double.NaN];

    [Fact]
    public void SolvesACaseThatCanBeDoneByHand()
    {
        // Every pilot raises the target by 1 or 3: sigma = 1.154700538 (sample), mean p = (e^(-1/C) + e^(-3/C))/2.
        // With x = e^(-1/C): x + x³ = 0.625 has the root x = 0.5, so C = 1/ln 2.
        List<double[]?> changes = [[1], [3], [1], [3]];
        CalibrationResult result = Calibration.Solve(One, Unknown, changes, 0.3125);
        result.Outcome.ShouldBe(CalibrationOutcome.Solved);
        result.Constants[0].ShouldBe(1.4426950408889634, 1e-12);
        result.Scale.ShouldBe(1.4426950408889634 / 1.1547005383792515, 1e-12);
        result.Acceptance.ShouldBe(0.3125, 1e-12);
    }

    [Fact]
    public void GivenConstantsAreScaledByTheSameFactor()
    {
        var set = new TargetSet([Target.Maximum(2), Target.Mean()]);
        List<double[]?> changes = [[1, 0.1], [2, -0.2], [0.5, 0.4], [3, 0.05]];
        CalibrationResult result = Calibration.Solve(set, [2, double.NaN], changes, 0.1);
        result.Constants[0].ShouldBe(2 * result.Scale, 1e-14);
        result.Acceptance.ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void ATrialThatDidNotConvergeCountsAsRejected()
    {
        List<double[]?> changes = [[1], [3], [1], [3], null, null, null, null];
        Calibration.Solve(One, Unknown, changes, 0.15625).Constants[0].ShouldBe(1.4426950408889634, 1e-12);
    }

    /// <summary>
    /// Half of the pilots lower the target, so no factor gives 0.3125 over all; the others are those of the case done by hand, and
    /// get the constant that gives it to them. Over all it is then 0.5·1 + 0.5·0.3125.
    /// </summary>
    [Fact]
    public void MoreDownhillTrialsThanWantedLeaveTheConstantsToTheOthers()
    {
        CalibrationResult result = Calibration.Solve(One, [2], [[-1], [1], [-2], [3], [0], [1], [-0.5], [3]], 0.3125);

        result.Outcome.ShouldBe(CalibrationOutcome.TooManyDownhill);
        result.DownhillShare.ShouldBe(0.5);
        result.Constants[0].ShouldBe(1.4426950408889634, 1e-12);
        result.Scale.ShouldBe(1.4426950408889634 / 2, 1e-12);
        result.Acceptance.ShouldBe(0.65625, 1e-12);
    }

    /// <summary>One of five lowers the target; e^(-1/C) = 0.25 over the four others, two of which did not converge, is 0.5 over the two that did.</summary>
    [Fact]
    public void TrialsThatDidNotConvergeAreAmongTheOthers() =>
        Calibration.Solve(One, [1], [[-1], [1], null, [1], null], 0.2).Constants[0].ShouldBe(-1 / Math.Log(0.4), 1e-12);

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.249)]
    public void ShareOfDownhillTrialsThatIsJustTheWantedOneIsNoSearchAtZeroTemperature(double acceptance)
    {
        CalibrationResult result = Calibration.Solve(One, Unknown, [[-1], [1], [2], [3]], acceptance);

        result.Outcome.ShouldBe(CalibrationOutcome.TooManyDownhill);
        result.Scale.ShouldBeInRange(0.1, 10);
    }

    [Fact]
    public void NothingUphillLeavesTheConstantsAtTheirBases()
    {
        CalibrationResult result = Calibration.Solve(One, [0.7], [[-1], [-2], null], 0.1);

        result.Outcome.ShouldBe(CalibrationOutcome.NothingUphill);
        result.Constants.ShouldBe([0.7]);
        result.Acceptance.ShouldBe(2.0 / 3, 1e-15);
    }

    [Fact]
    public void FewerConvergedTrialsThanWantedAreNamed() =>
        Calibration.Solve(One, Unknown, [[1], [2], null, null], 0.6).Outcome.ShouldBe(CalibrationOutcome.TooFewConverged);

    [Fact]
    public void ATargetThatNothingMovesIsRefused() =>
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [[0], [0]], 0.1)).Message.ShouldContain("mean");

    [Fact]
    public void PilotTrialsThatDidNotConvergeAreToldAsSuch()
    {
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [null, null, null], 0.1))
            .Message.ShouldContain("none of 3 pilot trials converged");
        Should.Throw<InputException>(() => Calibration.Solve(One, Unknown, [null, [1], null], 0.1))
            .Message.ShouldContain("only one of 3 pilot trials converged");
        Calibration.Solve(One, [0.5], [null, null, null], 0.1).Outcome.ShouldBe(CalibrationOutcome.TooFewConverged);
    }

    [Fact]
    public void WithoutCalibrationTheConstantsAreThoseGiven()
    {
        CalibrationResult result = Calibration.AsGiven(One, [0.3]);
        result.Outcome.ShouldBe(CalibrationOutcome.AsGiven);
        result.Constants.ShouldBe([0.3]);
    }

    [Fact]
    public void WithoutCalibrationEveryTargetNeedsItsConstant() =>
        Should.Throw<InputException>(() => Calibration.AsGiven(One, Unknown)).Message.ShouldContain("mean");
}
