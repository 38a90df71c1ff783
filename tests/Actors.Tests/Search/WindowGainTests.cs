using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// What one chain gains from W samplers, with the window itself and time that is counted instead of waited for: relaxations take
/// between half and one and a half units, whatever else happens; an accepted structure is prepared in a thirtieth.
/// </summary>
public sealed class WindowGainTests
{
    private const double Preparation = 1.0 / 30;
    private const ulong Seed = 2021;

    private static readonly ChainVersion Version =
        Versions.Of(new ToyLandscape.Options(), ToyLandscape.Start(new ToyLandscape.Options()), new TargetSet([Target.Energy()]), 0);

    /// <summary>docs/images/window.svg shows these figures: gain W/(1 + ¾ a (W - 1)).</summary>
    [Theory]
    [InlineData(2, 0.01)]
    [InlineData(4, 0.01)]
    [InlineData(8, 0.01)]
    [InlineData(16, 0.01)]
    [InlineData(40, 0.01)]
    [InlineData(2, 0.03)]
    [InlineData(8, 0.03)]
    public void GainIsNearWhatTheDesignExpects(int samplers, double acceptance)
    {
        double gain = Time(1, acceptance) / Time(samplers, acceptance);
        double expected = samplers / (1 + (0.75 * acceptance * (samplers - 1)));
        gain.ShouldBeInRange(0.9 * expected, 1.1 * expected);
    }

    [Fact]
    public void WithoutAcceptancesAllSamplersCount() => (Time(1, 0) / Time(10, 0)).ShouldBeInRange(9.9, 10);

    [Fact]
    public void WhereEveryTrialIsAcceptedMoreSamplersGainNothing() => (Time(1, 1) / Time(4, 1)).ShouldBeInRange(0.9, 1.1);

    /// <summary>The time of some thousand trials with so many samplers.</summary>
    private static double Time(int samplers, double acceptance)
    {
        const long Trials = 4000;
        var judge = new CountingJudge(acceptance);
        double now = 0;
        for (long next = 1; next <= Trials;)
        {
            var window = new TrialWindow(Version, judge, next, Trials);
            var running = new PriorityQueue<TrialAssignment, (double End, long Trial)>();
            bool ended = false;
            while (!ended && next <= Trials)
            {
                while (running.Count < samplers && window.TryAssign(out TrialAssignment work))
                {
                    running.Enqueue(work, (now + Duration(work.Trial), work.Trial));
                }

                running.TryDequeue(out TrialAssignment done, out (double End, long Trial) at).ShouldBeTrue();
                now = at.End;
                var outcome = new PairOutcome { Pair = done.Pair, Outcome = TrialOutcome.Converged, Evaluations = 1 };
                TrialDecision decision = judge.Judge(Version, outcome, done.Trial);
                window.Complete(done.Trial, outcome, decision, decision.Accepted ? [1] : null);

                // Canceled samplers are free at once: they look at every force evaluation.
                TrialAssignment[] under = [.. running.UnorderedItems.Select(item => item.Element)];
                if (under.Any(item => item.Cancel.IsCancellationRequested))
                {
                    var left = running.UnorderedItems.Where(item => !item.Element.Cancel.IsCancellationRequested).ToArray();
                    running.Clear();
                    running.EnqueueRange(left);
                }

                while (window.TryCommit(out WindowSlot? slot))
                {
                    next = slot!.Trial + 1;
                    ended |= slot.Decision.Accepted;
                }
            }

            now += ended ? Preparation : 0;
        }

        return now;
    }

    private static double Duration(long trial) => 0.5 + RandomStreams.Uniform(Seed, RandomStream.SelfTest, 3, trial, 0);

    /// <summary>Pairs that never repeat, decisions by the trial's number.</summary>
    private sealed class CountingJudge(double acceptance) : ITrialJudge
    {
        public AtomPair Draw(ChainVersion version, long trial) => new((int)trial, (int)trial + 1);

        public bool Dismisses(ChainVersion version, PairEstimate estimate, long trial) => false;

        public TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial) =>
            new(RandomStreams.Uniform(Seed, RandomStream.SelfTest, 4, trial, 0) < acceptance, TrialOutcome.Converged, null);
    }
}
