using Glasswright.Actors.Acceptance;

namespace Glasswright.Actors.Tests.Acceptance;

public class LostAcceptancesTests
{
    // Published: the rule of three's exact form 1 - 0.025^(1/n) without successes; 1 of 20 and 5 of 10 in tables of Clopper-Pearson limits.
    [Theory]
    [InlineData(0, 100, 0, 0.0362167)]
    [InlineData(1, 20, 0.0012651, 0.2487328)]
    [InlineData(5, 10, 0.1870860, 0.8129140)]
    [InlineData(20, 20, 0.8315665, 1)]
    [InlineData(0, 0, 0, 1)]
    public void TheIntervalIsThatOfClopperAndPearson(long x, long n, double low, double high)
    {
        (double Low, double High) found = LostAcceptances.Interval(x, n);
        found.Low.ShouldBe(low, 1e-6);
        found.High.ShouldBe(high, 1e-6);
    }

    [Fact]
    public void OfAThousandScreenedTheAuditsTellWhatShareOfTheAcceptancesIsLost()
    {
        // 2 of 100 audits: 20 of 1000 lost, beside 180 accepted.
        var lost = LostAcceptances.Of(180, 1000, 100, 2);
        lost.Share.ShouldBe(0.1, 1e-12);
        (double low, double high) = LostAcceptances.Interval(2, 100);
        lost.Low.ShouldBe(1000 * low / (180 + (1000 * low)), 1e-12);
        lost.High.ShouldBe(1000 * high / (180 + (1000 * high)), 1e-12);
    }

    [Fact]
    public void WithoutScreenedTrialsNothingIsLostAndWithoutAuditsNothingIsKnown()
    {
        LostAcceptances.Of(7, 0, 0, 0).ShouldBe(new LostAcceptances(0, 0, 0));
        var unknown = LostAcceptances.Of(7, 13, 0, 0);
        double.IsNaN(unknown.Share).ShouldBeTrue();
        (unknown.Low, unknown.High).ShouldBe((0, 13.0 / 20));
        double.IsNaN(LostAcceptances.Of(0, 0, 0, 0).High).ShouldBeTrue();
    }
}
