using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Tempering;
using Glasswright.Actors.Tests.Search;

namespace Glasswright.Actors.Tests.Tempering;

/// <summary>
/// Parallel tempering on a system small enough to enumerate: every rung must visit exp(-Σ_k F_k/(s_r C_k)). The first rung is so
/// cold that alone it hardly leaves where it began; a missing exchange and two wrong rules must be caught.
/// </summary>
public class ExchangeRuleTests
{
    private const int Rounds = 60_000;
    private const int Every = 5;
    private const ulong Seed = 7;

    private static readonly double[] Constants = [0.05, 0.03, 0.06];
    private static readonly double[] Scales = [1, 2, 4, 9, 30];
    private static readonly ExchangeRule Ladder = new(EnumerableSystem.Targets, Constants, Scales);

    private readonly EnumerableSystem _system = new();

    /// <summary>Whether the rungs pair and pair + 1, holding x and y, exchange.</summary>
    private delegate bool Exchange(int pair, int round, ReadOnlySpan<double> x, ReadOnlySpan<double> y);

    [Fact]
    public void EveryRungFollowsItsOwnDistribution() =>
        LargestDeviation((pair, round, x, y) => Ladder.Decide(Seed, 0, round, pair, x, y).Accepted).ShouldBeLessThan(5);

    [Fact]
    public void WithoutExchangesTheCheckFails() => LargestDeviation((_, _, _, _) => false).ShouldBeGreaterThan(10);

    [Fact]
    public void WithTheSignTurnedTheCheckFails() =>
        LargestDeviation((pair, round, x, y) => Ladder.Decide(Seed, 0, round, pair, y, x).Accepted).ShouldBeGreaterThan(10);

    [Fact]
    public void WithAnExchangeAlwaysTheCheckFails() => LargestDeviation((_, _, _, _) => true).ShouldBeGreaterThan(10);

    [Fact]
    public void AnExchangeAndItsReverseBalance()
    {
        foreach (ChainVersion x in _system.Versions)
        {
            foreach (ChainVersion y in _system.Versions)
            {
                for (int pair = 0; pair + 1 < Scales.Length; pair++)
                {
                    double there = Weight(pair, x, y) * Ladder.Decide(Seed, 0, 1, pair, x.Objectives, y.Objectives).Probability;
                    double back = Weight(pair, y, x) * Ladder.Decide(Seed, 0, 1, pair, y.Objectives, x.Objectives).Probability;
                    there.ShouldBe(back, 1e-12 * Math.Max(there, back));
                }
            }
        }
    }

    [Fact]
    public void EachLadderRoundAndPairHasARandomNumberOfItsOwn()
    {
        // p = ½ for all: what differs is the number alone.
        double[] x = [0, 0, 0], y = [Math.Log(2) / ((1 / Constants[0]) - (1 / (Constants[0] * Scales[1]))), 0, 0];
        bool[] decisions =
        [
            .. from ladder in Enumerable.Range(0, 10) from round in Enumerable.Range(1, 40) select Ladder.Decide(Seed, ladder, round, 0, x, y).Accepted,
        ];
        decisions.Count(d => d).ShouldBeInRange(150, 250);
        decisions.Chunk(40).Select(chunk => string.Concat(chunk)).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public void ATargetThatIsNoNumberStaysWhereItIs() =>
        Ladder.Decide(Seed, 0, 1, 0, [double.NaN, 0, 0], [0, 0, 0]).ShouldBe((0.0, false));

    private static double Weight(int pair, ChainVersion low, ChainVersion high) =>
        Math.Exp(-Ladder.Rules[pair].Score(low.Objectives) - Ladder.Rules[pair + 1].Score(high.Objectives));

    /// <summary>The largest deviation over all rungs and configurations, in standard errors.</summary>
    private double LargestDeviation(Exchange exchange)
    {
        var plan = new TemperingPlan(new TemperingSettings { Scales = Scales, Every = Every }, Scales.Length, ((long)Rounds * Every) + 1);
        int[] state = new int[Scales.Length];
        int[] rung = [.. Enumerable.Range(0, Scales.Length).Select(plan.FirstRung)];
        Visits[] visits = [.. Scales.Select(_ => new Visits(_system.Versions.Count, Rounds * Every))];
        for (int round = 1; round <= Rounds; round++)
        {
            for (long trial = plan.TrialAfter(round - 1); trial < plan.TrialAfter(round); trial++)
            {
                for (int r = 0; r < state.Length; r++)
                {
                    var judge = new ChainJudge(Seed, r, Ladder.Rules[rung[r]]);
                    AtomPair pair = judge.Draw(_system.Versions[state[r]], trial);
                    (int next, PairOutcome outcome) = _system.Moves[(state[r], pair)];
                    state[r] = judge.Judge(_system.Versions[state[r]], outcome, trial).Accepted ? next : state[r];
                    visits[rung[r]].Add((int)trial - 1, state[r]);
                }
            }

            foreach (int pair in plan.Pairs(round))
            {
                int low = Array.IndexOf(rung, pair), high = Array.IndexOf(rung, pair + 1);
                if (exchange(pair, round, _system.Versions[state[low]].Objectives, _system.Versions[state[high]].Objectives))
                {
                    (rung[low], rung[high]) = (rung[high], rung[low]);
                }
            }
        }

        return Enumerable.Range(0, Scales.Length).Max(r => visits[r].LargestDeviation(_system.Stationary(Ladder.Rules[r])));
    }
}
