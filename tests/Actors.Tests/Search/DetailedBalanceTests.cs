using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// A system small enough to enumerate: three atoms of one species and two of another on five sites, ten configurations, pairs
/// drawn by the biased proposal. With Hastings on the visits must follow exp(-Σ_k F_k/C_k), with and without delayed acceptance; the
/// same check must catch two wrong rules of either, or it would prove nothing.
/// </summary>
public class DetailedBalanceTests
{
    private const int Trials = 300_000;

    private static readonly MultiTargetRule Rule = new(EnumerableSystem.Targets, [0.8, 0.5, 0.9]);

    private readonly EnumerableSystem _system = new();
    private readonly IReadOnlyList<ChainVersion> _versions;
    private readonly double[] _stationary;
    private readonly Dictionary<(int State, AtomPair Pair), (int Next, PairOutcome Outcome)> _moves;

    public DetailedBalanceTests()
    {
        _versions = _system.Versions;
        _stationary = _system.Stationary(Rule);
        _moves = _system.Moves.ToDictionary(
            move => move.Key,
            move => (move.Value.Next, move.Value.Outcome with
            {
                Estimate = Estimate(move.Key.State, move.Value.Next),
                Back = Estimate(move.Value.Next, move.Key.State),
            }));
    }

    private static ChainJudge Delayed => new(11, 0, Rule, new ScreeningSettings { Mode = ScreeningMode.DelayedAcceptance });

    [Fact]
    public void TheLandscapeIsTheOneThatIsEnumerated()
    {
        _versions.Count.ShouldBe(10);
        _stationary.Max().ShouldBeLessThan(0.5);
        _stationary.Min().ShouldBeGreaterThan(0.001);

        // The proposal must be biased, or the wrong rules would be right.
        _moves.Values.Max(m => Math.Abs(m.Outcome.LogHastings)).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void EveryFlowIsBalancedByItsReverse()
    {
        foreach (((int x, AtomPair pair), (int y, PairOutcome outcome)) in _moves)
        {
            var back = new AtomPair(pair.B, pair.A);
            PairOutcome reverse = _moves[(y, back)].Outcome;
            Flow(x, pair, outcome).ShouldBe(Flow(y, back, reverse), 1e-14);
        }
    }

    [Fact]
    public void VisitsFollowTheWantedDistribution() =>
        LargestDeviation(new ChainJudge(11, 0, Rule).Judge).ShouldBeLessThan(5);

    [Fact]
    public void WithoutHastingsTheCheckFails() =>
        LargestDeviation((version, outcome, trial) =>
            new ChainJudge(11, 0, Rule).Judge(version, outcome with { LogHastings = 0 }, trial)).ShouldBeGreaterThan(10);

    [Fact]
    public void WithTheClippedProductTimesRTheCheckFails() =>
        LargestDeviation((version, outcome, trial) =>
        {
            double product = Math.Exp(-Rule.Cost(version.Objectives, outcome.Objectives));
            double u = RandomStreams.Uniform(11, RandomStream.Acceptance, 0, trial, 0);
            return new TrialDecision(u <= product * Math.Exp(outcome.LogHastings), outcome.Outcome, null);
        }).ShouldBeGreaterThan(10);

    [Fact]
    public void WithDelayedAcceptanceEveryFlowIsBalancedByItsReverse()
    {
        foreach (((int x, AtomPair pair), (int y, PairOutcome outcome)) in _moves)
        {
            var back = new AtomPair(pair.B, pair.A);
            DelayedFlow(x, pair, outcome).ShouldBe(DelayedFlow(y, back, _moves[(y, back)].Outcome), 1e-14);
        }
    }

    [Fact]
    public void WithDelayedAcceptanceVisitsFollowTheWantedDistribution() => LargestDeviation(Delayed.Judge).ShouldBeLessThan(5);

    [Fact]
    public void WithASecondRatioNotDividedByTheFirstStageTheCheckFails() =>
        LargestDeviation((version, outcome, trial) => Delayed.Judge(
            version, outcome with { Back = outcome.Estimate! with { Objectives = Mirrored(version, outcome) } }, trial)).ShouldBeGreaterThan(10);

    [Fact]
    public void WithTheFirstRandomNumberUsedTwiceTheCheckFails() =>
        LargestDeviation((version, outcome, trial) =>
        {
            double u = RandomStreams.Uniform(11, RandomStream.Acceptance, 0, trial, 0);
            ReadOnlySpan<double> estimate = outcome.Estimate!.Objectives;
            bool first = Rule.Screens(version.Objectives, estimate, 0, u) is null;
            bool second = Rule.DecideSecond(
                version.Objectives, outcome.Objectives, estimate, outcome.Back!.Objectives, outcome.LogHastings, u).Accepted;
            return new TrialDecision(first && second, outcome.Outcome, null);
        }).ShouldBeGreaterThan(10);

    /// <summary>
    /// What is seen of a configuration on the way from another: off by up to a unit of C or so, otherwise from everywhere, and now
    /// and then nothing.
    /// </summary>
    private PairEstimate Estimate(int from, int to)
    {
        double Error(int k) => RandomStreams.Uniform(4, RandomStream.SelfTest, from, to, k) - 0.4;
        return Error(9) < -0.3
            ? PairEstimate.None
            : new PairEstimate([.. _versions[to].Objectives.Select((f, k) => f + (1.5 * Rule.Constants[k] * Error(k)))], 1);
    }

    /// <summary>An estimate of the way back whose cost is that of the way there, so that p₁ cancels from the second ratio.</summary>
    private static double[] Mirrored(ChainVersion version, PairOutcome outcome)
    {
        if (outcome.Estimate!.Objectives.Length == 0)
        {
            return [];
        }

        double[] mirrored = [.. outcome.Objectives];
        mirrored[0] += Rule.Constants[0] * Rule.Cost(version.Objectives, outcome.Estimate.Objectives);
        return mirrored;
    }

    private double Flow(int x, AtomPair pair, PairOutcome outcome) =>
        _stationary[x] *
        Math.Exp(_versions[x].Proposal.LogProbability(pair, _versions[x].Structure)) *
        Math.Exp(-Rule.Cost(_versions[x].Objectives, outcome.Objectives) + Math.Min(0, outcome.LogHastings));

    private double DelayedFlow(int x, AtomPair pair, PairOutcome outcome)
    {
        double First(int state, PairEstimate estimate) =>
            estimate.Objectives.Length == 0 ? 1 : Math.Exp(-Rule.Cost(_versions[state].Objectives, estimate.Objectives));
        int y = _moves[(x, pair)].Next;
        double ratio = _stationary[y] * First(y, outcome.Back!) * Math.Exp(outcome.LogHastings)
            / (_stationary[x] * First(x, outcome.Estimate!));

        // The rule must say the same on both sides of the bar.
        foreach (double u in new[] { ratio * (1 - 1e-9), ratio * (1 + 1e-9) }.Where(u => u < 1))
        {
            Rule.DecideSecond(
                _versions[x].Objectives, outcome.Objectives, outcome.Estimate!.Objectives, outcome.Back!.Objectives, outcome.LogHastings, u)
                .Accepted.ShouldBe(u < ratio);
        }

        return _stationary[x] * Math.Exp(_versions[x].Proposal.LogProbability(pair, _versions[x].Structure))
            * First(x, outcome.Estimate!) * Math.Min(1, ratio);
    }

    /// <summary>The largest |visits - expected| over all configurations, in standard errors from block averages.</summary>
    private double LargestDeviation(Func<ChainVersion, PairOutcome, long, TrialDecision> rule)
    {
        var draw = new ChainJudge(11, 0, Rule);
        var visits = new Visits(_versions.Count, Trials);
        int state = 0;
        for (int t = 0; t < Trials; t++)
        {
            AtomPair pair = draw.Draw(_versions[state], t + 1);
            (int next, PairOutcome outcome) = _moves[(state, pair)];
            if (rule(_versions[state], outcome, t + 1).Accepted)
            {
                state = next;
            }

            visits.Add(t, state);
        }

        return visits.LargestDeviation(_stationary);
    }
}
