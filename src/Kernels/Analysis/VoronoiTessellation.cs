using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Analysis;

/// <summary>A face between two cells.</summary>
/// <param name="Image">The neighbor and its image; its separation goes from the cell's atom to the neighbor.</param>
/// <param name="Area">Å², the mean of what the two cells say (they differ by rounding).</param>
/// <param name="Order">Number of edges that count; 0 of a face that does not count.</param>
/// <param name="Counts">Whether the face is above the thresholds.</param>
internal readonly record struct VoronoiFace(NeighborImage Image, double Area, int Order, bool Counts);

/// <summary>
/// The Voronoi tessellation of a periodic structure, unweighted or radical: volume, surface and faces of every cell.
/// </summary>
/// <remarks>
/// <para>Which faces count does not depend on the order of atoms or planes: all cells are cut completely first, a face is judged by the mean of its two
/// areas against a least area a that both cells share. A face that is dropped shrinks to a point, or to a line if it is a sliver: an edge does not
/// count where one of the three faces that meet in it (in the cell of i, at the planes of j and k: ij, ik and jk) is dropped and the edge is shorter
/// than 2√a. All cells around an edge see the same three faces.</para>
/// <para>Cost is linear in the number of atoms. Atoms are cut in blocks of fixed size; every number belongs to one cell, so threads change nothing.</para>
/// </remarks>
internal sealed class VoronoiTessellation
{
    private const int BlockSize = 64;
    private readonly AtomicStructure _structure;
    private readonly VoronoiFace[][] _faces;
    private readonly (int Face, double Length)[][][] _edges;
    private readonly double[] _volumes;
    private readonly double[] _surfaces;

    private VoronoiTessellation(AtomicStructure structure)
    {
        _structure = structure;
        _faces = new VoronoiFace[structure.Count][];
        _edges = new (int Face, double Length)[structure.Count][][];
        _volumes = new double[structure.Count];
        _surfaces = new double[structure.Count];
    }

    /// <summary>Number of cells.</summary>
    public int Count => _volumes.Length;

    /// <summary>Volume of every cell, Å³; with radii a cell can be empty.</summary>
    public ReadOnlySpan<double> Volumes => _volumes;

    /// <summary>Area of all faces of every cell, Å².</summary>
    public ReadOnlySpan<double> Surfaces => _surfaces;

    /// <summary>All faces of a cell, those that do not count too, by distance of the neighbor.</summary>
    public ReadOnlySpan<VoronoiFace> Faces(int atom) => _faces[atom];

    /// <summary>How many faces of a cell count.</summary>
    public int FaceCount(int atom)
    {
        int count = 0;
        foreach (VoronoiFace face in _faces[atom])
        {
            count += face.Counts ? 1 : 0;
        }

        return count;
    }

    /// <summary>How many faces of a cell that count have so many edges.</summary>
    public int FacesOfOrder(int atom, int order)
    {
        int count = 0;
        foreach (VoronoiFace face in _faces[atom])
        {
            count += face.Counts && face.Order == order ? 1 : 0;
        }

        return count;
    }

    /// <summary>⟨n₃, n₄, n₅, n₆⟩ of a cell.</summary>
    public VoronoiIndex Index(int atom) =>
        new(FacesOfOrder(atom, 3), FacesOfOrder(atom, 4), FacesOfOrder(atom, 5), FacesOfOrder(atom, 6));

    /// <summary>Divides the cell among the atoms of a structure.</summary>
    /// <param name="structure">At least one atom.</param>
    /// <param name="settings">Radii and thresholds.</param>
    /// <param name="runner">Whose threads to use.</param>
    public static VoronoiTessellation Compute(AtomicStructure structure, VoronoiSettings settings, IBlockRunner runner)
    {
        ArgumentNullException.ThrowIfNull(structure);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(runner);
        var tessellation = new VoronoiTessellation(structure);
        tessellation.CutAll(settings, runner);
        int blocks = (structure.Count + BlockSize - 1) / BlockSize;

        // Areas are settled into new rows only when all cells are cut, and edges are judged when all areas are settled.
        var settled = new VoronoiFace[structure.Count][];
        runner.Run(blocks, block => tessellation.ForBlock(block, i => settled[i] = tessellation.Settle(i, settings)));
        settled.CopyTo(tessellation._faces, 0);
        runner.Run(blocks, block => tessellation.ForBlock(block, i => settled[i] = tessellation.CountEdges(i, settings)));
        settled.CopyTo(tessellation._faces, 0);
        Array.Clear(tessellation._edges);
        return tessellation;
    }

    private void ForBlock(int block, Action<int> body)
    {
        int end = Math.Min(Count, (block + 1) * BlockSize);
        for (int i = block * BlockSize; i < end; i++)
        {
            body(i);
        }
    }

    /// <summary>Cuts all cells with the neighbors within a reach; those that it does not close again with a longer one.</summary>
    private void CutAll(VoronoiSettings settings, IBlockRunner runner)
    {
        int[] open = [.. Enumerable.Range(0, Count)];
        double reach = 2.4 * Root3(_structure.Cell.Volume / Math.Max(1, Count));
        while (open.Length > 0)
        {
            var search = new ImageSearch(_structure, reach);
            var closed = new bool[open.Length];
            int[] atoms = open;
            double within = reach;
            runner.Run((atoms.Length + BlockSize - 1) / BlockSize, block =>
            {
                var cutter = new VoronoiCutter(_structure, settings, search, within);
                int end = Math.Min(atoms.Length, (block + 1) * BlockSize);
                for (int k = block * BlockSize; k < end; k++)
                {
                    int atom = atoms[k];
                    if (cutter.TryCut(atom))
                    {
                        closed[k] = true;
                        (_volumes[atom], _surfaces[atom]) = (cutter.Volume, cutter.Surface);
                        (_faces[atom], _edges[atom]) = cutter.TakeFaces();
                    }
                }
            });
            open = [.. atoms.Where((_, k) => !closed[k])];
            reach *= 1.5;
        }
    }

    /// <summary>The faces of a cell with the areas and the judgement that both sides share.</summary>
    private VoronoiFace[] Settle(int atom, VoronoiSettings settings) => Array.ConvertAll(_faces[atom], face =>
    {
        if (Find(face.Image.Neighbor, Reverse(atom, face.Image)) is not { } other)
        {
            // The neighbor sees no more than a corner within the tolerance.
            return face with { Area = 0, Counts = false };
        }

        double area = 0.5 * (face.Area + other.Area);
        return face with { Area = area, Counts = area >= LeastArea(atom, face.Image.Neighbor, settings) };
    });

    private double LeastArea(int i, int j, VoronoiSettings settings) =>
        Math.Max(settings.AbsoluteThreshold, settings.RelativeThreshold * 0.5 * (_surfaces[i] + _surfaces[j]));

    private VoronoiFace[] CountEdges(int atom, VoronoiSettings settings)
    {
        VoronoiFace[] faces = _faces[atom];
        var counted = new VoronoiFace[faces.Length];
        for (int f = 0; f < faces.Length; f++)
        {
            NeighborImage j = faces[f].Image;
            int order = 0;
            foreach ((int other, double length) in faces[f].Counts ? _edges[atom][f] : [])
            {
                NeighborImage k = faces[other].Image;
                var between = new NeighborImage(k.Neighbor, k.N1 - j.N1, k.N2 - j.N2, k.N3 - j.N3, default);
                double least = 0;
                if (!faces[other].Counts)
                {
                    least = LeastArea(atom, k.Neighbor, settings);
                }

                if (Find(j.Neighbor, between) is { Counts: false })
                {
                    least = Math.Max(least, LeastArea(j.Neighbor, k.Neighbor, settings));
                }

                order += length >= 2 * Math.Sqrt(least) ? 1 : 0;
            }

            counted[f] = faces[f] with { Order = order };
        }

        return counted;
    }

    private static NeighborImage Reverse(int atom, NeighborImage image) => new(atom, -image.N1, -image.N2, -image.N3, default);

    private VoronoiFace? Find(int atom, NeighborImage image)
    {
        foreach (VoronoiFace face in _faces[atom])
        {
            if (face.Image.Neighbor == image.Neighbor && face.Image.N1 == image.N1 && face.Image.N2 == image.N2 && face.Image.N3 == image.N3)
            {
                return face;
            }
        }

        return null;
    }

    /// <summary>∛x by Newton's steps; a guess of a length needs no more than a few digits.</summary>
    private static double Root3(double x)
    {
        double root = Math.Max(1, x);
        for (int k = 0; k < 200; k++)
        {
            root -= (root - (x / (root * root))) / 3;
        }

        return root;
    }
}
