using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// Three atoms of one species and two of another on five sites: ten configurations with rugged targets, and every swap between them
/// with the Hastings factor of the biased choice.
/// </summary>
internal sealed class EnumerableSystem
{
    private const double Exponent = 2;
    private static readonly ToyLandscape.Options Options = new() { Atoms = 5, Key = 3, FailingShare = 0, ValueScale = 1.5 };

    public EnumerableSystem()
    {
        Versions = [.. Configurations().Select((s, n) => Search.Versions.Of(Options, s, Targets, Exponent, n))];
        foreach ((ChainVersion x, int from) in Versions.Select((v, i) => (v, i)))
        {
            foreach (AtomPair pair in Pairs(x.Structure))
            {
                AtomicStructure trial = x.Structure.Clone();
                trial.SwapSpecies(pair.A, pair.B);
                int to = Versions.Index().First(v => v.Item.Structure.Species.SequenceEqual(trial.Species)).Index;
                ChainVersion y = Versions[to];
                Moves[(from, pair)] = (to, new PairOutcome
                {
                    Pair = pair,
                    Outcome = TrialOutcome.Converged,
                    Evaluations = 1,
                    Energy = y.Evaluation.Energy,
                    Objectives = y.Objectives,
                    LogHastings = x.Proposal.LogHastings(pair, x.Structure, trial, y.Evaluation.Values),
                });
            }
        }
    }

    public static TargetSet Targets { get; } = new([Target.Maximum(), Target.Mean(), Target.Energy()]);

    public IReadOnlyList<ChainVersion> Versions { get; }

    public Dictionary<(int State, AtomPair Pair), (int Next, PairOutcome Outcome)> Moves { get; } = [];

    /// <summary>exp(-Σ_k F_k/C_k), normalized.</summary>
    public double[] Stationary(MultiTargetRule rule)
    {
        double[] weights = [.. Versions.Select(v => Math.Exp(-rule.Score(v.Objectives)))];
        double total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }

    private static IEnumerable<AtomicStructure> Configurations()
    {
        for (int a = 0; a < 5; a++)
        {
            for (int b = a + 1; b < 5; b++)
            {
                AtomicStructure structure = ToyLandscape.Start(Options);
                Array.Clear(structure.Species);
                structure.Species[a] = structure.Species[b] = 1;
                yield return structure;
            }
        }
    }

    private static IEnumerable<AtomPair> Pairs(AtomicStructure structure) =>
        from a in Enumerable.Range(0, 5)
        from b in Enumerable.Range(0, 5)
        where structure.Species[a] == 0 && structure.Species[b] == 1
        select new AtomPair(a, b);
}

/// <summary>Visits of the states of a small system, in blocks, so that their scatter gives the error of the mean.</summary>
internal sealed class Visits(int states, int trials)
{
    private const int Blocks = 100;
    private readonly double[,] _blocks = new double[Blocks, states];

    public void Add(int trial, int state) => _blocks[(int)((long)trial * Blocks / trials), state] += (double)Blocks / trials;

    /// <summary>The largest |visits - expected| over all states, in standard errors.</summary>
    public double LargestDeviation(ReadOnlySpan<double> expected)
    {
        double largest = 0;
        for (int s = 0; s < states; s++)
        {
            double mean = Enumerable.Range(0, Blocks).Average(b => _blocks[b, s]);
            double variance = Enumerable.Range(0, Blocks).Sum(b => Math.Pow(_blocks[b, s] - mean, 2)) / (Blocks - 1);

            // A state that was never met has no scatter: what was expected of it is the error that was made.
            double error = Math.Sqrt(Math.Max(variance / Blocks, expected[s] / trials));
            largest = Math.Max(largest, Math.Abs(mean - expected[s]) / error);
        }

        return largest;
    }
}
