using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

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

    private readonly double _cutoff;
    private readonly double _cutoffSquared;
    private readonly int[] _bins = new int[3];
    private readonly int[] _reach = new int[3];
    private double[] _x = [];
    private double[] _y = [];
    private double[] _z = [];
    private int[] _atomBin = [];
    private int[] _binned = [];
    private int[] _binStart = [];
    private long[] _keys = new long[64];
    private double[] _rowSquares = new double[64];

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
        int edges = 0;
        for (int i = 0; i < structure.Count; i++)
        {
            int degree = FindRow(structure.Cell, i, structure.Ids[i]);
            graph.EnsureEdges(edges + degree);
            for (int e = 0; e < degree; e++)
            {
                graph.SetEdge(edges + e, (int)(_keys[e] >> 24), Math.Sqrt(_rowSquares[e]));
            }

            edges += degree;
            graph.EndRow(i, edges);
        }
    }

    /// <summary>
    /// d² between atom i and the image n of atom j, evaluated for i &lt; j (for i = j: the image above 0) whichever
    /// direction is asked, so that both directions have the same bits.
    /// </summary>
    private double SquaredDistance(Cell cell, int i, int j, int n1, int n2, int n3)
    {
        if (i > j || (i == j && (n1 < 0 || (n1 == 0 && (n2 < 0 || (n2 == 0 && n3 < 0))))))
        {
            (i, j, n1, n2, n3) = (j, i, -n1, -n2, -n3);
        }

        double dx = _x[j] - _x[i], dy = _y[j] - _y[i], dz = _z[j] - _z[i];
        if ((n1 | n2 | n3) != 0)
        {
            Vector3 shift = cell.Translation(n1, n2, n3);
            dx += shift.X;
            dy += shift.Y;
            dz += shift.Z;
        }

        return (dx * dx) + (dy * dy) + (dz * dz);
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

    /// <summary>Leaves the neighbors of atom i in <c>_keys</c> and <c>_rowSquares</c>, sorted; returns their number.</summary>
    private int FindRow(Cell cell, int i, long id)
    {
        int bin = _atomBin[i];
        int b3 = bin % _bins[2], b2 = bin / _bins[2] % _bins[1], b1 = bin / _bins[2] / _bins[1];
        int degree = 0;
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
                    bool home = (n1 | n2 | n3) == 0;
                    for (int k = _binStart[target]; k < _binStart[target + 1]; k++)
                    {
                        int j = _binned[k];
                        if (home && j == i)
                        {
                            continue;
                        }

                        double square = SquaredDistance(cell, i, j, n1, n2, n3);
                        if (square <= _cutoffSquared)
                        {
                            RequireRoom(degree, id);
                            Insert(degree, ((long)j << 24) | image, square);
                            degree++;
                        }
                    }
                }
            }
        }

        return degree;
    }

    private static void RequireRoom(int degree, long id)
    {
        if (degree == MaxDegree)
        {
            throw new InputException(
                $"atom {id} has too many neighbors within the cutoff of the model (overlapping atoms?)",
                expected: $"at most {MaxDegree}");
        }
    }

    /// <summary>Puts an entry at its place among the first <paramref name="count"/> sorted ones.</summary>
    private void Insert(int count, long key, double square)
    {
        if (count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * count);
            Array.Resize(ref _rowSquares, 2 * count);
        }

        int place = count;
        while (place > 0 && _keys[place - 1] > key)
        {
            _keys[place] = _keys[place - 1];
            _rowSquares[place] = _rowSquares[place - 1];
            place--;
        }

        _keys[place] = key;
        _rowSquares[place] = square;
    }

    /// <summary>Bin t of a row of bins repeated without end: the image it lies in and its number there.</summary>
    private static (int Image, int Bin) Image(int t, int bins)
    {
        int image = t >= 0 ? t / bins : -((bins - 1 - t) / bins);
        return (image, t - (image * bins));
    }
}
