using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Analysis;

/// <summary>Cuts the cells of single atoms, one after the other, for one thread.</summary>
/// <remarks>
/// Planes are taken by distance of the neighbor, equal ones by the components of the separation, so that neither the order of the atoms nor a
/// translation changes a bit. The plane of a neighbor at distance d stands at t = (d² + R_i² - R_j²)/(2d); a cell is complete when no
/// neighbor beyond those taken can stand nearer than its farthest vertex.
/// </remarks>
internal sealed class VoronoiCutter(AtomicStructure structure, VoronoiSettings settings, ImageSearch search, double reach)
{
    private const int Attempts = 6;
    private readonly ConvexCell _cell = new();
    private readonly List<NeighborImage> _near = [];
    private readonly double _largestSquare = LargestSquare(structure, settings);

    /// <summary>Volume of the cell that was cut last, Å³.</summary>
    public double Volume { get; private set; }

    /// <summary>Its surface, Å².</summary>
    public double Surface { get; private set; }

    /// <summary>Cuts the cell of an atom; false if the neighbors within reach do not complete it.</summary>
    /// <exception cref="InvalidOperationException">Rounding defeats every tolerance that was tried.</exception>
    public bool TryCut(int atom)
    {
        search.Collect(atom, _near);
        _near.Sort(static (p, q) => Key(p).CompareTo(Key(q)));
        double tolerance = settings.Tolerance;
        for (int attempt = 0; attempt < Attempts; attempt++, tolerance *= 4)
        {
            if (Cut(atom, tolerance) is { } complete)
            {
                return complete;
            }
        }

        throw new InvalidOperationException(FormattableString.Invariant(
            $"The Voronoi cell of atom {structure.Ids[atom]} is no polyhedron at any tolerance up to {tolerance} Å."));
    }

    /// <summary>The faces of the cell with their own areas and, for each of their edges, the face beyond it and the length.</summary>
    public (VoronoiFace[] Faces, (int Face, double Length)[][] Edges) TakeFaces()
    {
        var faces = new VoronoiFace[_cell.FaceCount];
        var edges = new (int Face, double Length)[faces.Length][];
        for (int f = 0; f < faces.Length; f++)
        {
            edges[f] = _cell.EdgesOf(f);
            faces[f] = new(_near[_cell.Label(f)], _cell.Area(f).Length, edges[f].Length, true);
        }

        return (faces, edges);
    }

    private static (double Square, double X, double Y, double Z) Key(NeighborImage image) =>
        (Vector3.Dot(image.Separation, image.Separation), image.Separation.X, image.Separation.Y, image.Separation.Z);

    private static double LargestSquare(AtomicStructure structure, VoronoiSettings settings)
    {
        double largest = 0;
        for (int s = 0; s < settings.Radii.Count; s++)
        {
            if (structure.Species.AsSpan().Contains(s))
            {
                largest = Math.Max(largest, settings.Radii[s] * settings.Radii[s]);
            }
        }

        return largest;
    }

    /// <summary>Whether the cell is complete; null if it is no polyhedron at this tolerance.</summary>
    private bool? Cut(int atom, double tolerance)
    {
        double own = Square(atom);
        _cell.Begin(2 * reach, tolerance);
        double radius = _cell.Radius;
        for (int k = 0; k < _near.Count; k++)
        {
            NeighborImage image = _near[k];

            // Planes of neighbors farther than this one stand farther away, whatever their radii.
            double distance = image.Separation.Length;
            if (Nearest(distance, own) > radius)
            {
                break;
            }

            double height = ((distance * distance) + own - Square(image.Neighbor)) / (2 * distance);
            if (!_cell.Cut(1 / distance * image.Separation, height, k))
            {
                return null;
            }

            radius = _cell.Radius;
        }

        Volume = _cell.Volume();
        Surface = 0;
        for (int f = 0; f < _cell.FaceCount; f++)
        {
            Surface += _cell.Area(f).Length;
        }

        return !_cell.IsOpen && Nearest(reach, own) >= radius;
    }

    private double Nearest(double distance, double own) => ((distance * distance) + own - _largestSquare) / (2 * distance);

    private double Square(int atom) => settings.Radii.Count == 0 ? 0 : settings.Radii[structure.Species[atom]] * settings.Radii[structure.Species[atom]];
}
