using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Radial pair distribution functions, total and partial:
/// <code>
/// g_ab(r) = V n_ab(r) / (N_a (N_b - δ_ab) · 4π/3 (r₊³ - r₋³))
/// </code>
/// where n_ab counts the b at distances r₋ &lt; d ≤ r₊ from all a, over all periodic images, and V is the volume. Without any order g = 1.
/// </summary>
/// <remarks>Whole numbers are counted, so neither threads nor the order of the atoms change a bit. Cost is linear in the atoms.</remarks>
internal sealed class PairDistribution
{
    private const int BlockSize = 256;
    private readonly long[][] _counts;
    private readonly int[] _atoms;
    private readonly double _volume;

    private PairDistribution(AtomicStructure structure, double step, long[][] counts)
    {
        Step = step;
        Species = structure.SpeciesNames.Count;
        Bins = counts[0].Length;
        _counts = counts;
        _volume = structure.Cell.Volume;
        _atoms = new int[Species];
        foreach (int species in structure.Species)
        {
            _atoms[species]++;
        }
    }

    /// <summary>Width of a bin, Å.</summary>
    public double Step { get; }

    /// <summary>Number of bins; bin k holds distances from k to k + 1 steps.</summary>
    public int Bins { get; }

    /// <summary>Number of species.</summary>
    public int Species { get; }

    /// <summary>Atoms of each species.</summary>
    public ReadOnlySpan<int> Atoms => _atoms;

    /// <summary>ρ = N/V, Å⁻³.</summary>
    public double NumberDensity => Total(_atoms) / _volume;

    /// <summary>Counts pairs up to a range.</summary>
    /// <param name="structure">At least one atom.</param>
    /// <param name="range">Å; may be longer than the cell, whose images then repeat themselves.</param>
    /// <param name="step">Width of a bin, Å.</param>
    /// <param name="runner">Whose threads to use.</param>
    public static PairDistribution Compute(AtomicStructure structure, double range, double step, IBlockRunner runner)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        int bins = Math.Max(1, (int)Math.Round(range / step)), species = structure.SpeciesNames.Count;
        var search = new ImageSearch(structure, bins * step);
        var blocks = new long[(structure.Count + BlockSize - 1) / BlockSize][][];
        runner.Run(blocks.Length, block =>
        {
            long[][] counts = NewCounts(species, bins);
            var near = new List<NeighborImage>();
            int end = Math.Min(structure.Count, (block + 1) * BlockSize);
            for (int i = block * BlockSize; i < end; i++)
            {
                search.Collect(i, near);
                foreach (NeighborImage image in near)
                {
                    // A distance on an edge belongs to the bin below, so that a count within r includes r.
                    int bin = Math.Clamp((int)Math.Ceiling(image.Separation.Length / step) - 1, 0, bins - 1);
                    counts[(structure.Species[i] * species) + structure.Species[image.Neighbor]][bin]++;
                }
            }

            blocks[block] = counts;
        });
        long[][] sum = NewCounts(species, bins);
        foreach (long[][] block in blocks)
        {
            for (int pair = 0; pair < sum.Length; pair++)
            {
                for (int k = 0; k < bins; k++)
                {
                    sum[pair][k] += block[pair][k];
                }
            }
        }

        return new PairDistribution(structure, step, sum);
    }

    /// <summary>Middle of a bin, Å, without the digits that multiplication adds.</summary>
    public double Radius(int bin) => Math.Round((bin + 0.5) * Step, 9);

    /// <summary>Lower edge of a bin, Å.</summary>
    public double Edge(int bin) => Math.Round(bin * Step, 9);

    /// <summary>g_ab; NaN where there is no such pair.</summary>
    public double[] Partial(int a, int b) => Divide(Counts(a, b), Expected(a, b));

    /// <summary>g of all atoms, whatever their species.</summary>
    public double[] Total() => Divide(Counts(null, null), Expected(null, null));

    /// <summary>Ordered pairs (a, b) that a gas would have in every bin; of all atoms where both are null.</summary>
    public double[] Expected(int? a, int? b)
    {
        int first = a is { } s ? _atoms[s] : Total(_atoms), second = b is { } t ? _atoms[t] : Total(_atoms);
        double pairs = (double)first * (second - (a == b ? 1 : 0));
        var expected = new double[Bins];
        for (int k = 0; k < Bins; k++)
        {
            double low = k * Step, high = (k + 1) * Step;
            expected[k] = pairs * (4 * Math.PI / 3 * ((high * high * high) - (low * low * low))) / _volume;
        }

        return expected;
    }

    /// <summary>Mean number of b within a distance of an a; of all atoms where a species is null. NaN without an a.</summary>
    /// <param name="a">Around which.</param>
    /// <param name="b">Which are counted.</param>
    /// <param name="radius">Å, taken to the nearest edge of a bin.</param>
    public double Coordination(int? a, int? b, double radius) => (double)CountWithin(a, b, radius) / (a is { } s ? _atoms[s] : Total(_atoms));

    /// <summary>Ordered pairs (a, b) within a distance.</summary>
    public long CountWithin(int? a, int? b, double radius)
    {
        long sum = 0;
        long[] counts = Counts(a, b);
        int end = Math.Clamp((int)Math.Round(radius / Step), 0, Bins);
        for (int k = 0; k < end; k++)
        {
            sum += counts[k];
        }

        return sum;
    }

    /// <summary>Ordered pairs (a, b) in every bin; null stands for all species.</summary>
    public long[] Counts(int? a, int? b)
    {
        var sum = new long[Bins];
        for (int p = 0; p < _counts.Length; p++)
        {
            if ((a ?? (p / Species)) == p / Species && (b ?? (p % Species)) == p % Species)
            {
                for (int k = 0; k < Bins; k++)
                {
                    sum[k] += _counts[p][k];
                }
            }
        }

        return sum;
    }

    private static long[][] NewCounts(int species, int bins)
    {
        var counts = new long[species * species][];
        for (int p = 0; p < counts.Length; p++)
        {
            counts[p] = new long[bins];
        }

        return counts;
    }

    private static int Total(int[] atoms)
    {
        int sum = 0;
        foreach (int count in atoms)
        {
            sum += count;
        }

        return sum;
    }

    private static double[] Divide(long[] counts, double[] expected)
    {
        var g = new double[counts.Length];
        for (int k = 0; k < g.Length; k++)
        {
            g[k] = expected[k] > 0 ? counts[k] / expected[k] : double.NaN;
        }

        return g;
    }
}
