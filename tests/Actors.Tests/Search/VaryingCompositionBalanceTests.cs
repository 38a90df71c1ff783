using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// All 81 configurations of three species on four sites, with rugged targets and the composition as one more. Swaps by the biased
/// proposal with Hastings and transmutations together must visit them by exp(-Σ_k F_k/C_k); the same check must catch three wrong rules.
/// </summary>
public class VaryingCompositionBalanceTests
{
    private const int Sites = 4, Trials = 400_000;
    private const double Share = 0.4, Exponent = 2;
    private const ulong Seed = 12;

    private static readonly ToyLandscape.Options Options = new() { Atoms = Sites, Key = 3, FailingShare = 0, ValueScale = 1.5 };
    private static readonly TargetSet Targets = new(
    [
        Target.Maximum(), Target.Mean(), Target.Energy(),
        Target.Composition(CompositionTerm.SemiGrand(new Dictionary<string, double> { ["Cu"] = 0.3, ["Zr"] = 0, ["Al"] = -0.4 })),
    ]);

    private static readonly MultiTargetRule Rule = new(Targets, [1.2, 0.8, 0.9, 0.7]);

    private readonly IReadOnlyList<ChainVersion> _versions =
        [.. Enumerable.Range(0, 81).Select(code => Versions.Of(Options, Configuration(code), Targets, Exponent, code))];

    private readonly Dictionary<(int State, AtomPair Change), (int Next, PairOutcome Outcome)> _moves = [];
    private readonly double[] _stationary;

    public VaryingCompositionBalanceTests()
    {
        for (int x = 0; x < _versions.Count; x++)
        {
            foreach (AtomPair change in Changes(_versions[x].Structure))
            {
                AtomicStructure trial = _versions[x].Structure.Clone();
                change.Apply(trial);
                ChainVersion y = _versions[Code(trial)];
                _moves[(x, change)] = (Code(trial), new PairOutcome
                {
                    Pair = change,
                    Outcome = TrialOutcome.Converged,
                    Evaluations = 1,
                    Objectives = y.Objectives,
                    LogHastings = _versions[x].Proposal.LogHastings(change, _versions[x].Structure, trial, y.Evaluation.Values),
                });
            }
        }

        double[] weights = [.. _versions.Select(v => Math.Exp(-Rule.Score(v.Objectives)))];
        _stationary = [.. weights.Select(w => w / weights.Sum())];
    }

    private static ChainJudge Judge => new(Seed, 0, Rule, transmutations: Share);

    [Fact]
    public void EveryFlowIsBalancedByItsReverse()
    {
        foreach (((int x, AtomPair change), (int y, PairOutcome outcome)) in _moves)
        {
            AtomPair back = change.Inverse(_versions[x].Structure);
            back = back.IsTransmutation ? back : new AtomPair(back.B, back.A);
            Flow(x, change, outcome).ShouldBe(Flow(y, back, _moves[(y, back)].Outcome), 1e-15);
        }
    }

    [Fact]
    public void VisitsFollowTheWantedDistribution() =>
        LargestDeviation(Judge.Judge, (version, trial) => Judge.Draw(version, trial)).ShouldBeLessThan(5);

    [Fact]
    public void WithTransmutationsInPlaceOfSwapsThatAreImpossibleTheCheckFails() =>
        LargestDeviation(Judge.Judge, (version, trial) =>
        {
            AtomPair change = Judge.Draw(version, trial);
            return change.IsNone ? Transmuted(version, trial, draw: 9) : change;
        }).ShouldBeGreaterThan(7);

    [Fact]
    public void WithTheAtomDrawnByTheBiasOfSwapsTheCheckFails() =>
        LargestDeviation(Judge.Judge, (version, trial) =>
        {
            AtomPair change = Judge.Draw(version, trial);
            return change.IsTransmutation ? Biased(version, change, trial) : change;
        }).ShouldBeGreaterThan(10);

    [Fact]
    public void WithoutTheCompositionAmongTheTargetsTheCheckFails() =>
        LargestDeviation(
            (version, outcome, trial) => Judge.Judge(
                version,
                outcome.Pair.IsNone ? outcome : outcome with { Objectives = [.. outcome.Objectives[..^1], version.Objectives[^1]] },
                trial),
            (version, trial) => Judge.Draw(version, trial)).ShouldBeGreaterThan(10);

    private static AtomicStructure Configuration(int code)
    {
        AtomicStructure structure = ToyLandscape.Start(Options);
        for (int i = 0; i < Sites; i++, code /= 3)
        {
            structure.Species[i] = code % 3;
        }

        return structure;
    }

    private static int Code(AtomicStructure structure)
    {
        int code = 0;
        for (int i = Sites - 1; i >= 0; i--)
        {
            code = (3 * code) + structure.Species[i];
        }

        return code;
    }

    private static IEnumerable<AtomPair> Changes(AtomicStructure structure)
    {
        int[] species = structure.Species;
        for (int a = 0; a < Sites; a++)
        {
            foreach (int other in Enumerable.Range(0, 3).Where(s => s != species[a]))
            {
                yield return AtomPair.Transmutation(a, other);
            }

            foreach (int b in Enumerable.Range(0, Sites).Where(b => species[a] < species[b]))
            {
                yield return new AtomPair(a, b);
            }
        }
    }

    private static AtomPair Transmuted(ChainVersion version, long trial, int draw)
    {
        int atom = (int)(Sites * RandomStreams.Uniform(Seed, RandomStream.SelfTest, 0, trial, draw));
        int step = RandomStreams.Uniform(Seed, RandomStream.SelfTest, 1, trial, draw) < 0.5 ? 1 : 2;
        return AtomPair.Transmutation(atom, (version.Structure.Species[atom] + step) % 3);
    }

    private static AtomPair Biased(ChainVersion version, AtomPair change, long trial)
    {
        double[] weights = [.. version.Evaluation.Values.Select(z => Math.Exp(Exponent * z))];
        double wanted = weights.Sum() * RandomStreams.Uniform(Seed, RandomStream.SelfTest, 2, trial, 0);
        int atom = 0;
        for (double passed = weights[0]; passed < wanted; passed += weights[atom])
        {
            atom++;
        }

        int step = (change.NewSpecies - version.Structure.Species[change.A] + 3) % 3;
        return AtomPair.Transmutation(atom, (version.Structure.Species[atom] + step) % 3);
    }

    private double Flow(int x, AtomPair change, PairOutcome outcome)
    {
        AtomicStructure structure = _versions[x].Structure;
        int[] counts = CompositionTerm.Count(structure);
        double pairs = (counts[0] * counts[1]) + (counts[0] * counts[2]) + (counts[1] * counts[2]);
        double proposed = change.IsTransmutation
            ? Share / (Sites * 2)
            : (1 - Share) * counts[structure.Species[change.A]] * counts[structure.Species[change.B]] / pairs
                * Math.Exp(_versions[x].Proposal.LogProbability(change, structure));
        return _stationary[x] * proposed * Math.Exp(-Rule.Cost(_versions[x].Objectives, outcome.Objectives) + Math.Min(0, outcome.LogHastings));
    }

    private double LargestDeviation(Func<ChainVersion, PairOutcome, long, TrialDecision> rule, Func<ChainVersion, long, AtomPair> draw)
    {
        var visits = new Visits(_versions.Count, Trials);
        int state = 0;
        for (int t = 0; t < Trials; t++)
        {
            AtomPair change = draw(_versions[state], t + 1);
            (int next, PairOutcome outcome) = change.IsNone ? (state, PairOutcome.NoPair) : _moves[(state, change)];
            state = rule(_versions[state], outcome, t + 1).Accepted ? next : state;
            visits.Add(t, state);
        }

        return visits.LargestDeviation(_stationary);
    }
}
