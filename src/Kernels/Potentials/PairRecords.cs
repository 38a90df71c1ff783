using Glasswright.Kernels.Memory;

namespace Glasswright.Kernels.Potentials;

/// <summary>
/// The pair functions of a potential laid out for lanes: for every pair of elements and every grid point the value and the slope of
/// each function side by side, so that one grid point and the next are neighbors in memory and one look-up gives all that a pair needs.
/// </summary>
/// <remarks>
/// <para>If f_{a→b} = f_{b→a} for all elements (<see cref="Shared"/>; always so among equal ones), a record is <c>rφ v, rφ s, f v, f s</c>
/// and one table serves the pair (a, b) and the pair (b, a). Otherwise it is <c>rφ v, rφ s, f_{b→a} v, f_{b→a} s, f_{a→b} v,
/// f_{a→b} s</c>, a table for each order. Values and slopes are the file's, unchanged.</para>
/// <para>The record of interval m of the pair (a, b) is number <see cref="Center"/>(a) + <see cref="Neighbor"/>(b) + m. For shared
/// tables both are marks of a Golomb ruler times the number of grid points, whose sums are distinct; otherwise row and column.</para>
/// </remarks>
internal sealed unsafe class PairRecords : IDisposable
{
    /// <summary>Doubles of a record of shared tables.</summary>
    public const int SharedWidth = 4;

    /// <summary>Doubles of a record otherwise.</summary>
    public const int OrderedWidth = 6;

    private readonly AlignedBuffer<double> _records;
    private readonly int[] _centers;
    private readonly int[] _neighbors;

    /// <summary>Lays the tables out.</summary>
    public PairRecords(EamTables tables)
    {
        int elements = tables.Elements.Count;
        int points = tables.RadiusTimesPair[0][0].Length;
        Shared = IsShared(tables);
        int width = Shared ? SharedWidth : OrderedWidth;
        _centers = new int[elements];
        _neighbors = new int[elements];
        int slots = Shared ? MarkWithSharedSlots() : MarkWithOrderedSlots();
        if (((long)slots * points) + 4 > int.MaxValue / width)
        {
            throw new InputException("tables too large", expected: "fewer elements or grid points", found: $"{elements} elements, {points} points");
        }

        for (int a = 0; a < elements; a++)
        {
            _centers[a] *= points;
            _neighbors[a] *= points;
        }

        _records = new AlignedBuffer<double>(((slots * points) + 4) * width);
        for (int a = 0; a < elements; a++)
        {
            for (int b = 0; b < elements; b++)
            {
                Fill(tables, a, b, _records.Pointer + ((long)width * (_centers[a] + _neighbors[b])), width);
            }
        }

        LastInterval = points - 2;
        PerRadius = 1 / tables.RadiusStep;
        Nothing = slots * points;
        Cutoff2 = tables.Cutoff * tables.Cutoff;
    }

    /// <summary>Whether one density function serves both atoms of every pair.</summary>
    public bool Shared { get; }

    /// <summary>The last interval between grid points.</summary>
    public int LastInterval { get; }

    /// <summary>Grid points per Å.</summary>
    public double PerRadius { get; }

    /// <summary>The first of two records of zeros.</summary>
    public int Nothing { get; }

    /// <summary>Square of the distance from which on pairs do not interact, Å².</summary>
    public double Cutoff2 { get; }

    /// <summary>All records.</summary>
    public double* Records => _records.Pointer;

    /// <summary>What element <paramref name="a"/> of the atom that looks contributes to the number of a record.</summary>
    public int Center(int a) => _centers[a];

    /// <summary>What element <paramref name="b"/> of its neighbor contributes.</summary>
    public int Neighbor(int b) => _neighbors[b];

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();

    private static bool IsShared(EamTables tables)
    {
        for (int a = 0; a < tables.Elements.Count; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (!tables.IsSymmetric(a, b))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void Fill(EamTables tables, int a, int b, double* records, int width)
    {
        var rPhi = new HermiteTable(tables.RadiusTimesPair[a][b], tables.RadiusStep);
        var toA = new HermiteTable(tables.Density[b][a], tables.RadiusStep);
        var toB = new HermiteTable(tables.Density[a][b], tables.RadiusStep);
        for (int m = 0; m < rPhi.Values.Length; m++)
        {
            double* record = records + (m * width);
            (record[0], record[1]) = (rPhi.Values[m], rPhi.Slopes[m]);
            (record[2], record[3]) = (toA.Values[m], toA.Slopes[m]);
            if (width == OrderedWidth)
            {
                (record[4], record[5]) = (toB.Values[m], toB.Slopes[m]);
            }
        }
    }

    private int MarkWithOrderedSlots()
    {
        int elements = _centers.Length;
        for (int a = 0; a < elements; a++)
        {
            (_centers[a], _neighbors[a]) = (elements * a, a);
        }

        return elements * elements;
    }

    /// <summary>The greedy ruler 0, 1, 3, 7, 12, …: the next mark is the least that keeps all sums of two marks distinct.</summary>
    private int MarkWithSharedSlots()
    {
        var sums = new HashSet<int>();
        for (int a = 0, mark = 0; a < _centers.Length; mark++)
        {
            int candidate = mark;
            IEnumerable<int> next = _centers.Take(a).Append(candidate).Select(other => other + candidate);
            if (!next.Any(sums.Contains))
            {
                sums.UnionWith(next);
                (_centers[a], _neighbors[a]) = (mark, mark);
                a++;
            }
        }

        return (2 * _centers[^1]) + 1;
    }
}
