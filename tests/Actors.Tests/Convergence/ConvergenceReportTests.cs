using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Convergence;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Convergence;

public class ConvergenceReportTests
{
    private static readonly TargetSet Energy = new([Target.Energy()]);

    [Fact]
    public void MomentsOfStepsAreThoseOfTheTrialsOneByOne()
    {
        TargetTrace trace = TargetTrace.OfChain([new(0, 0, [3]), new(1, 4, [1]), new(2, 5, [7]), new(3, 9, [2])], 12);

        // After trials 1 … 12: 3 3 3 1 7 7 7 7 2 2 2 2.
        double[] values = [3, 3, 3, 1, 7, 7, 7, 7, 2, 2, 2, 2];
        for (int first = 1; first <= 12; first++)
        {
            for (int last = first; last <= 12; last++)
            {
                double[] part = values[(first - 1)..last];
                (long count, double mean, double squares) = trace.Moments(0, first, last);
                count.ShouldBe(part.Length);
                mean.ShouldBe(part.Average(), 1e-12);
                squares.ShouldBe(part.Sum(v => Math.Pow(v - part.Average(), 2)), 1e-10);
            }
        }
    }

    [Fact]
    public void RhatOfFourHalvesByHand()
    {
        // Halves 0 1, 2 3, 0 1, 4 5: variances ½, means ½ 2½ ½ 4½, variance of the means 3.6667; √((½·½ + 3.6667)/½) = 2.7988.
        ConvergenceReport report = ConvergenceReport.Of(Energy, [Trace([0, 1, 2, 3]), Trace([0, 1, 4, 5])]);
        report.Targets[0].Rhat.ShouldBe(Math.Sqrt((0.25 + (11.0 / 3)) / 0.5), 1e-12);
        report.Targets[0].Mean.ShouldBe(4);
        report.Targets[0].Deviation.ShouldBe(Math.Sqrt(2), 1e-12);
    }

    [Fact]
    public void ChainsOfOneDistributionHaveRhatNearOneAndDoNotFall()
    {
        ConvergenceReport report = ConvergenceReport.Of(Energy, [.. Enumerable.Range(0, 4).Select(c => Trace(Noise(c, 4000, 0)))]);
        report.Targets[0].Rhat.ShouldBe(1, 0.02);
        report.Targets[0].StillFalling.ShouldBeFalse();
    }

    [Fact]
    public void ChainsThatFallAreSaidToFall()
    {
        ConvergenceReport report = ConvergenceReport.Of(Energy, [.. Enumerable.Range(0, 4).Select(c => Trace(Noise(c, 4000, -0.002)))]);
        report.Targets[0].StillFalling.ShouldBeTrue();
        report.Targets[0].Slope.ShouldBe(-0.002, 4 * report.Targets[0].SlopeError);
        report.Targets[0].Rhat.ShouldBeGreaterThan(1.5);
    }

    [Fact]
    public void TooFewTrialsGiveNoFigureRatherThanAWrongOne()
    {
        ConvergenceReport report = ConvergenceReport.Of(Energy, [Trace([1, 2, 3])]);
        report.Targets[0].Rhat.ShouldBe(double.NaN);
        report.Targets[0].Slope.ShouldBe(double.NaN);
        report.Targets[0].StillFalling.ShouldBeFalse();
    }

    [Fact]
    public void TheTraceOfAFirstRungFollowsTheRungNotTheReplica()
    {
        var plan = new TemperingPlan(new TemperingSettings { Scales = [1, 2], Every = 2 }, 2, 8);
        VersionSummary[][] versions = [[new(0, 0, [0])], [new(0, 0, [10]), new(1, 6, [20])]];

        // Exchanged after trial 2 and back after trial 6: rounds 1 and 3.
        ExchangeRecord[] exchanges = [new(0, 1, 0, 0, 1, 0, 0, 1, true), new(0, 3, 0, 1, 0, 1, 0, 1, true)];
        TargetTrace trace = TargetTrace.OfRun(plan, 2, 8, r => versions[r], exchanges).ShouldHaveSingleItem();
        Enumerable.Range(1, 8).Select(t => trace.Moments(0, t, t).Mean).ShouldBe([0, 0, 10, 10, 10, 20, 0, 0]);
    }

    [Fact]
    public void ARoundTripIsToTheLastRungAndBack()
    {
        var plan = new TemperingPlan(new TemperingSettings { Scales = [1, 2, 3], Every = 1 }, 3, 100);
        var walk = new IndexProcess(plan, 3);
        ExchangeRecord Exchange(int round, int pair, int low, int high, bool accepted = true) => new(0, round, pair, low, high, 0, 0, 1, accepted);
        walk.Apply(Exchange(1, 0, 0, 1));
        walk.Apply(Exchange(2, 1, 0, 2));
        walk.RoundTrips.ShouldBe([0, 0, 0]);
        walk.Apply(Exchange(3, 0, 1, 2));
        walk.Apply(Exchange(4, 1, 1, 0));
        walk.Apply(Exchange(5, 0, 2, 0));
        walk.RoundTrips.ShouldBe([1, 0, 0]);
        walk.Rungs.ShouldBe([0, 2, 1]);
        walk.Holder(0, 0).ShouldBe(0);
        walk.Apply(Exchange(6, 1, 2, 1, accepted: false));
        walk.Rungs.ShouldBe([0, 2, 1]);
        Should.Throw<InvalidDataException>(() => walk.Apply(Exchange(7, 0, 1, 0)));
    }

    private static TargetTrace Trace(double[] values) =>
        TargetTrace.OfChain([.. values.Select((value, t) => new VersionSummary(t, t + 1, [value]))], values.Length);

    private static double[] Noise(int chain, int trials, double slope) =>
    [
        .. Enumerable.Range(0, trials).Select(t => (slope * t) + RandomStreams.Uniform(1, RandomStream.SelfTest, chain, t, 0)),
    ];
}
