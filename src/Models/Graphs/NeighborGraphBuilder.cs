using System.Numerics;
using System.Runtime.Intrinsics;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Vector3 = Glasswright.Kernels.Structure.Vector3;

namespace Glasswright.Models.Graphs;

/// <summary>
/// Finds all neighbors within a cutoff, d ≤ R_c, over as many periodic images as the cell needs, by a cell list in time
/// linear in the number of atoms. Positions are brought into the cell by <see cref="Cell.Wrap"/> first, so a structure and its
/// wrapped copy give the same bits. Allocates only when a structure is larger than any before. Not for concurrent use.
/// </summary>
internal sealed class NeighborGraphBuilder
{
    /// <summary>A cell that needs more images than this to each side is a mistake.</summary>
    private const int MaxReach = 16;

    /// <summary>More neighbors than any solid has: atoms on top of each other.</summary>
    private const int MaxDegree = 1024;

    /// <summary>Bins are wider than the cutoff by this factor: round-off in a fraction must not lose a pair.</summary>
    private const double Slack = 1 + 1e-9;

    /// <summary>Images are packed into a sort key as n + ImageBias in 8 bits each.</summary>
    private const int ImageBias = 64;

    private const long SelfImage = (ImageBias << 16) | (ImageBias << 8) | ImageBias;

    private readonly double _cutoff;
    private readonly double _cutoffSquared;
    private readonly int[] _bins = new int[3];
    private readonly int[] _reach = new int[3];
    private readonly BinCurve _curve = new();
    private readonly Candidates _candidates = new();
    private double[] _x = [];
    private double[] _y = [];
    private double[] _z = [];
    private int[] _atomBin = [];
    private int[] _binned = [];
    private int[] _binStart = [];
    private int[] _rowStart = [];
    private int[] _rowDegree = [];
    private int[] _neighbors = [];
    private double[] _distances = [];
    private long[] _keys = new long[64];
    private double[] _squares = new double[64];
    private int _edges;

    /// <summary>Creates a builder for one cutoff.</summary>
    /// <param name="cutoff">R_c, Å.</param>
    public NeighborGraphBuilder(double cutoff)
    {
        if (!double.IsFinite(cutoff) || cutoff <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(cutoff), cutoff, "The cutoff must be a length above 0.");
        }

        _cutoff = cutoff;
        _cutoffSquared = cutoff * cutoff;
    }

    /// <summary>A new graph of a structure.</summary>
    /// <param name="structure">Atoms; positions need not be wrapped.</param>
    /// <param name="speciesMap">The one-hot component of each species of the structure.</param>
    public NeighborGraph Build(AtomicStructure structure, ReadOnlySpan<int> speciesMap)
    {
        NeighborGraph graph = new();
        Build(structure, speciesMap, graph);
        return graph;
    }

    /// <summary>Fills a graph, reusing its buffers.</summary>
    /// <exception cref="InputException">A position is not finite, or the cell is far too small for the cutoff.</exception>
    public void Build(AtomicStructure structure, ReadOnlySpan<int> speciesMap, NeighborGraph graph)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(graph);
        graph.Begin(structure.Count, 0);
        Span<int> species = graph.WritableSpecies;
        for (int i = 0; i < structure.Count; i++)
        {
            species[i] = speciesMap[structure.Species[i]];
        }

        ChooseBins(structure);
        FillBins(structure);
        FindRows(structure, graph.WritableOrder);
        graph.EnsureEdges(_edges);
        for (int i = 0; i < structure.Count; i++)
        {
            graph.AppendRow(
                i, _neighbors.AsSpan(_rowStart[i], _rowDegree[i]), _distances.AsSpan(_rowStart[i], _rowDegree[i]));
        }
    }

    /// <summary>
    /// Bins along each cell vector: as many as fit with a perpendicular width of at least R_c, but no more in all than a few
    /// per atom; and how many bins to each side a sphere of R_c reaches.
    /// </summary>
    private void ChooseBins(AtomicStructure structure)
    {
        Vector3 widths = structure.Cell.PerpendicularWidths;
        double limit = (4.0 * structure.Count) + 64;
        Span<double> width = [widths.X, widths.Y, widths.Z];
        Span<double> bins = stackalloc double[3];
        for (int k = 0; k < 3; k++)
        {
            bins[k] = Math.Min(Math.Max(1, Math.Floor(width[k] / (_cutoff * Slack))), limit);
        }

        while (bins[0] * bins[1] * bins[2] > limit)
        {
            int largest = bins[0] >= bins[1] && bins[0] >= bins[2] ? 0 : bins[1] >= bins[2] ? 1 : 2;
            bins[largest] = Math.Ceiling(bins[largest] / 2);
        }

        for (int k = 0; k < 3; k++)
        {
            double reach = Math.Ceiling(_cutoff * Slack * bins[k] / width[k]);
            if (reach > MaxReach)
            {
                throw new InputException(
                    "the cell is far too small for the cutoff of the model",
                    expected: FormattableString.Invariant($"a perpendicular width of at least {_cutoff / MaxReach} Å"),
                    found: FormattableString.Invariant($"{width[k]} Å"));
            }

            _bins[k] = (int)bins[k];
            _reach[k] = (int)reach;
        }
    }

    private void FillBins(AtomicStructure structure)
    {
        int count = structure.Count, bins = _bins[0] * _bins[1] * _bins[2];
        if (_x.Length < count)
        {
            _x = new double[count];
            _y = new double[count];
            _z = new double[count];
            _atomBin = new int[count];
            _binned = new int[count];
            _rowStart = new int[count];
            _rowDegree = new int[count];
        }

        if (_binStart.Length < bins + 1)
        {
            _binStart = new int[bins + 1];
        }

        Span<int> start = _binStart.AsSpan(0, bins + 1);
        start.Clear();
        Cell cell = structure.Cell;
        for (int i = 0; i < count; i++)
        {
            Vector3 position = cell.Wrap(structure.Position(i));
            if (!position.IsFinite)
            {
                throw new InputException($"the position of atom {structure.Ids[i]} is not finite");
            }

            (_x[i], _y[i], _z[i]) = (position.X, position.Y, position.Z);
            Vector3 s = cell.ToFractional(position);
            int bin = (((Bin(s.X, _bins[0]) * _bins[1]) + Bin(s.Y, _bins[1])) * _bins[2]) + Bin(s.Z, _bins[2]);
            _atomBin[i] = bin;
            start[bin]++;
        }

        for (int b = 1; b <= bins; b++)
        {
            start[b] += start[b - 1];
        }

        // start[b] is the end of bin b here; filling from the last atom down leaves its beginning, and ascending atoms.
        for (int i = count - 1; i >= 0; i--)
        {
            _binned[--start[_atomBin[i]]] = i;
        }

        // Wrapping may round a fraction to 1; such an atom belongs to the last bin.
        static int Bin(double s, int n) => Math.Clamp((int)(s * n), 0, n - 1);
    }

    /// <summary>
    /// Finds the rows of all atoms, bin by bin along a curve that stays near where it was, and leaves them in that order in
    /// <c>_neighbors</c> and <c>_distances</c>.
    /// </summary>
    private void FindRows(AtomicStructure structure, Span<int> order)
    {
        _edges = 0;
        int place = 0;
        foreach (int bin in _curve.Through(_bins))
        {
            if (_binStart[bin] == _binStart[bin + 1])
            {
                continue;
            }

            Collect(structure.Cell, bin);
            for (int k = _binStart[bin]; k < _binStart[bin + 1]; k++)
            {
                int i = _binned[k];
                order[place++] = i;
                FindRow(i, structure.Ids[i]);
            }
        }

        // Roots of all rows at once; the row of each atom is sorted and complete.
        Span<double> distances = _distances.AsSpan(0, _edges);
        for (int e = 0; e < distances.Length; e++)
        {
            distances[e] = Math.Sqrt(distances[e]);
        }
    }

    /// <summary>All atoms in the bins that a sphere around an atom of a bin can reach, with the shift of the image each is met in.</summary>
    private void Collect(Cell cell, int bin)
    {
        int b3 = bin % _bins[2], b2 = bin / _bins[2] % _bins[1], b1 = bin / _bins[2] / _bins[1];
        _candidates.Clear();
        for (int t1 = b1 - _reach[0]; t1 <= b1 + _reach[0]; t1++)
        {
            (int n1, int c1) = Image(t1, _bins[0]);
            for (int t2 = b2 - _reach[1]; t2 <= b2 + _reach[1]; t2++)
            {
                (int n2, int c2) = Image(t2, _bins[1]);
                for (int t3 = b3 - _reach[2]; t3 <= b3 + _reach[2]; t3++)
                {
                    (int n3, int c3) = Image(t3, _bins[2]);
                    int target = (((c1 * _bins[1]) + c2) * _bins[2]) + c3;
                    long image = ((long)(n1 + ImageBias) << 16) | ((long)(n2 + ImageBias) << 8) | (long)(n3 + ImageBias);
                    Vector3 shift = (n1 | n2 | n3) == 0 ? default : cell.Translation(n1, n2, n3);
                    for (int k = _binStart[target]; k < _binStart[target + 1]; k++)
                    {
                        int j = _binned[k];
                        _candidates.Add(((long)j << 24) | image, _x[j], _y[j], _z[j], shift);
                    }
                }
            }
        }

        _candidates.Pad();
    }

    /// <summary>Appends the neighbors of atom i among the candidates, sorted.</summary>
    private void FindRow(int i, long id)
    {
        int found = _candidates.Within(_x[i], _y[i], _z[i], _cutoffSquared, ref _keys, ref _squares);
        long self = ((long)i << 24) | SelfImage;
        int degree = 0;
        if (_neighbors.Length < _edges + found)
        {
            int capacity = Math.Max(_edges + found, _neighbors.Length * 3 / 2);
            Array.Resize(ref _neighbors, capacity);
            Array.Resize(ref _distances, capacity);
        }

        for (int k = 0; k < found; k++)
        {
            if (_keys[k] != self)
            {
                (_keys[degree], _squares[degree]) = (_keys[k], _squares[k]);
                degree++;
            }
        }

        if (degree > MaxDegree)
        {
            throw new InputException(
                $"atom {id} has too many neighbors within the cutoff of the model (overlapping atoms?)",
                expected: $"at most {MaxDegree}");
        }

        WriteSorted(degree);
        _rowStart[i] = _edges;
        _rowDegree[i] = degree;
        _edges += degree;
    }

    /// <summary>
    /// Puts the first <paramref name="degree"/> entries where they belong: the place of a key is the number of smaller ones, counted
    /// without a branch that depends on them.
    /// </summary>
    private void WriteSorted(int degree)
    {
        Span<long> keys = _keys.AsSpan(0, (degree + 3) & ~3);
        keys[degree..].Fill(long.MaxValue);
        Span<int> neighbors = _neighbors.AsSpan(_edges, degree);
        Span<double> squares = _distances.AsSpan(_edges, degree);
        for (int k = 0; k < degree; k++)
        {
            Vector256<long> key = Vector256.Create(keys[k]);
            int place = 0;
            for (int m = 0; m < keys.Length; m += 4)
            {
                place += BitOperations.PopCount(
                    Vector256.GreaterThan(key, Vector256.Create<long>(keys.Slice(m, 4))).ExtractMostSignificantBits());
            }

            neighbors[place] = (int)(keys[k] >> 24);
            squares[place] = _squares[k];
        }
    }

    /// <summary>Bin t of a row of bins repeated without end: the image it lies in and its number there.</summary>
    private static (int Image, int Bin) Image(int t, int bins)
    {
        int image = t >= 0 ? t / bins : -((bins - 1 - t) / bins);
        return (image, t - (image * bins));
    }
}
