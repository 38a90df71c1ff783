using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Neighbors;

/// <summary>A neighbor in one periodic image.</summary>
/// <param name="Neighbor">Its index.</param>
/// <param name="N1">Cells along the first vector between the two positions as they stand.</param>
/// <param name="N2">Along the second.</param>
/// <param name="N3">Along the third.</param>
/// <param name="Separation">d = r_j - r_i + N₁a + N₂b + N₃c, Å.</param>
internal readonly record struct NeighborImage(int Neighbor, int N1, int N2, int N3, Vector3 Separation);

/// <summary>
/// Finds all periodic images of atoms within a cutoff of an atom, in cells of any size and shape: bins at least one cutoff wide, as linked
/// lists. Time and memory grow linearly with the number of atoms.
/// </summary>
internal sealed class ImageSearch
{
    private readonly AtomicStructure _structure;
    private readonly double _cutoff2;
    private readonly int[] _bins = new int[3];
    private readonly int[] _reach = new int[3];
    private readonly int[] _head;
    private readonly int[] _next;
    private readonly int[] _bin;
    private readonly int[] _wrap;

    /// <summary>Puts the atoms of a structure into bins.</summary>
    /// <param name="structure">Must not change as long as this is asked.</param>
    /// <param name="cutoff">Å; may be longer than the cell.</param>
    public ImageSearch(AtomicStructure structure, double cutoff)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        _structure = structure;
        _cutoff2 = cutoff * cutoff;
        Vector3 widths = structure.Cell.PerpendicularWidths;
        double[] width = [widths.X, widths.Y, widths.Z];

        // A hair wider than the cutoff, so that rounding in the fractional coordinates cannot lose a pair.
        double least = cutoff * (1 + 1e-9);
        for (int k = 0; k < 3; k++)
        {
            _bins[k] = (int)Math.Clamp(Math.Floor(width[k] / least), 1, 1 << 20);
        }

        // A nearly empty cell must not cost more bins than atoms.
        while ((double)_bins[0] * _bins[1] * _bins[2] > Math.Max(64, structure.Count))
        {
            int widest = _bins[0] >= _bins[1] && _bins[0] >= _bins[2] ? 0 : _bins[1] >= _bins[2] ? 1 : 2;
            _bins[widest] = (_bins[widest] + 1) / 2;
        }

        for (int k = 0; k < 3; k++)
        {
            _reach[k] = (int)Math.Ceiling(least * _bins[k] / width[k]);
        }

        _head = new int[_bins[0] * _bins[1] * _bins[2]];
        Array.Fill(_head, -1);
        _next = new int[structure.Count];
        _bin = new int[3 * structure.Count];
        _wrap = new int[3 * structure.Count];

        // Backwards, so that every bin lists its atoms in ascending order.
        for (int i = structure.Count - 1; i >= 0; i--)
        {
            Vector3 s = structure.Cell.ToFractional(structure.Position(i));
            Place(i, 0, s.X);
            Place(i, 1, s.Y);
            Place(i, 2, s.Z);
            int bin = BinIndex(_bin[3 * i], _bin[(3 * i) + 1], _bin[(3 * i) + 2]);
            _next[i] = _head[bin];
            _head[bin] = i;
        }
    }

    /// <summary>
    /// All images with 0 &lt; |d| ≤ cutoff around an atom, ordered by neighbor index, then by image; an atom is not its own neighbor, its
    /// images may be. Touches nothing but <paramref name="found"/>, so several threads may ask at a time.
    /// </summary>
    public void Collect(int atom, List<NeighborImage> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        found.Clear();
        CollectNeighborsOf(atom, found);
        found.Sort(static (p, q) => (p.Neighbor, p.N1, p.N2, p.N3).CompareTo((q.Neighbor, q.N1, q.N2, q.N3)));
    }

    private static (int Bin, int Image) Fold(int bin, int bins)
    {
        int image = bin >= 0 ? bin / bins : -((-bin + bins - 1) / bins);
        return (bin - (image * bins), image);
    }

    private void Place(int atom, int direction, double s)
    {
        double wrap = Math.Floor(s);
        if (!(Math.Abs(wrap) < 1e6))
        {
            throw new InputException($"atom {_structure.Ids[atom]} lies more than a million cells away");
        }

        _wrap[(3 * atom) + direction] = (int)wrap;
        _bin[(3 * atom) + direction] = Math.Min((int)((s - wrap) * _bins[direction]), _bins[direction] - 1);
    }

    private int BinIndex(int b0, int b1, int b2) => b0 + (_bins[0] * (b1 + (_bins[1] * b2)));

    private void CollectNeighborsOf(int i, List<NeighborImage> found)
    {
        for (int o2 = -_reach[2]; o2 <= _reach[2]; o2++)
        {
            (int b2, int n2) = Fold(_bin[(3 * i) + 2] + o2, _bins[2]);
            for (int o1 = -_reach[1]; o1 <= _reach[1]; o1++)
            {
                (int b1, int n1) = Fold(_bin[(3 * i) + 1] + o1, _bins[1]);
                for (int o0 = -_reach[0]; o0 <= _reach[0]; o0++)
                {
                    (int b0, int n0) = Fold(_bin[3 * i] + o0, _bins[0]);
                    for (int j = _head[BinIndex(b0, b1, b2)]; j >= 0; j = _next[j])
                    {
                        Consider(i, j, n0, n1, n2, found);
                    }
                }
            }
        }
    }

    private void Consider(int i, int j, int n0, int n1, int n2, List<NeighborImage> found)
    {
        // Images are counted between the positions as they stand, wrapped or not.
        int m0 = n0 - _wrap[3 * j] + _wrap[3 * i];
        int m1 = n1 - _wrap[(3 * j) + 1] + _wrap[(3 * i) + 1];
        int m2 = n2 - _wrap[(3 * j) + 2] + _wrap[(3 * i) + 2];
        if (i == j && m0 == 0 && m1 == 0 && m2 == 0)
        {
            return;
        }

        Vector3 d = _structure.Position(j) - _structure.Position(i) + _structure.Cell.Translation(m0, m1, m2);
        if (Vector3.Dot(d, d) <= _cutoff2)
        {
            found.Add(new(j, m0, m1, m2, d));
        }
    }
}
