using System.Runtime.InteropServices;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// A convex polyhedron around the origin from which half-spaces are cut away, one plane after the other: the cell of one atom. Every face is a ring
/// of vertices, counterclockwise seen from outside, and carries the label of the plane that made it. Buffers are reused.
/// </summary>
/// <remarks>
/// A vertex within a tolerance of a plane counts as lying on it: it is kept, and no sliver is cut off. So the vertices in which more than three
/// faces of a perfect lattice meet stay whole instead of being torn apart by rounding.
/// </remarks>
internal sealed class ConvexCell
{
    /// <summary>Label of the six faces that the cell begins with.</summary>
    public const int Bound = -1;

    private readonly List<Vector3> _vertices = [];
    private readonly List<double> _heights = [];
    private readonly List<(int A, int B, int Vertex)> _crossings = [];
    private readonly List<(int From, int To)> _rim = [];
    private List<int> _ring = [];
    private List<int> _nextRing = [];
    private List<Face> _faces = [];
    private List<Face> _nextFaces = [];
    private double _tolerance;

    private readonly record struct Face(int Label, int Start, int Count);

    /// <summary>Number of faces; 0 of a cell that was cut away entirely.</summary>
    public int FaceCount => _faces.Count;

    /// <summary>Whether a face of the beginning is left: the planes so far do not close the cell.</summary>
    public bool IsOpen => _faces.Exists(static face => face.Label == Bound);

    /// <summary>Largest distance of a vertex from the origin, Å; 0 of an empty cell.</summary>
    public double Radius
    {
        get
        {
            double largest = 0;
            foreach (int vertex in _ring)
            {
                largest = Math.Max(largest, Vector3.Dot(_vertices[vertex], _vertices[vertex]));
            }

            return Math.Sqrt(largest);
        }
    }

    /// <summary>Begins with a cube about the origin.</summary>
    /// <param name="half">Half of its edge, Å.</param>
    /// <param name="tolerance">How near to a plane a vertex counts as lying on it, Å.</param>
    public void Begin(double half, double tolerance)
    {
        _vertices.Clear();
        _ring.Clear();
        _faces.Clear();
        _tolerance = tolerance;
        for (int v = 0; v < 8; v++)
        {
            _vertices.Add(new((v & 1) == 0 ? -half : half, (v & 2) == 0 ? -half : half, (v & 4) == 0 ? -half : half));
        }

        ReadOnlySpan<int> rings = [0, 4, 6, 2, 1, 3, 7, 5, 0, 1, 5, 4, 2, 6, 7, 3, 0, 2, 3, 1, 4, 5, 7, 6];
        _ring.AddRange(rings);
        for (int f = 0; f < 6; f++)
        {
            _faces.Add(new(Bound, 4 * f, 4));
        }
    }

    /// <summary>Keeps the points with n·x ≤ h.</summary>
    /// <param name="normal">n, of length one.</param>
    /// <param name="height">h, Å.</param>
    /// <param name="label">Label of the new face; not negative.</param>
    /// <returns>Whether what is left is a polyhedron; if not, rounding and tolerance contradict each other.</returns>
    public bool Cut(Vector3 normal, double height, int label)
    {
        if (!Classify(normal, height))
        {
            return true;
        }

        _nextRing.Clear();
        _nextFaces.Clear();
        _crossings.Clear();
        _rim.Clear();
        foreach (Face face in _faces)
        {
            Clip(face);
        }

        (_ring, _nextRing) = (_nextRing, _ring);
        (_faces, _nextFaces) = (_nextFaces, _faces);
        return _faces.Count == 0 || Close(label);
    }

    /// <summary>The label of a face.</summary>
    public int Label(int face) => _faces[face].Label;

    /// <summary>The edges of a face in the order of its ring: the face on the other side of each, and its length in Å.</summary>
    public (int Face, double Length)[] EdgesOf(int face)
    {
        ReadOnlySpan<int> ring = RingOf(_faces[face]);
        var edges = new (int Face, double Length)[ring.Length];
        for (int k = 0; k < ring.Length; k++)
        {
            int here = ring[k], next = ring[(k + 1) % ring.Length];
            edges[k] = (FaceWithEdge(next, here), (_vertices[next] - _vertices[here]).Length);
        }

        return edges;
    }

    /// <summary>The vector area of a face, Å²: its length is the area, its direction that outward.</summary>
    public Vector3 Area(int face)
    {
        ReadOnlySpan<int> ring = RingOf(_faces[face]);
        Vector3 corner = _vertices[ring[0]], sum = default;
        for (int k = 1; k + 1 < ring.Length; k++)
        {
            sum += Vector3.Cross(_vertices[ring[k]] - corner, _vertices[ring[k + 1]] - corner);
        }

        return 0.5 * sum;
    }

    /// <summary>The volume, Å³: a third of (a point of the face)·(its vector area), over the faces in their order.</summary>
    public double Volume()
    {
        double sum = 0;
        for (int face = 0; face < _faces.Count; face++)
        {
            sum += Vector3.Dot(_vertices[_ring[_faces[face].Start]], Area(face));
        }

        return sum / 3;
    }

    private ReadOnlySpan<int> RingOf(Face face) => CollectionsMarshal.AsSpan(_ring).Slice(face.Start, face.Count);

    /// <summary>Heights of all vertices over the plane; whether one is cut off.</summary>
    private bool Classify(Vector3 normal, double height)
    {
        _heights.Clear();
        bool cuts = false;
        foreach (Vector3 vertex in _vertices)
        {
            _heights.Add(Vector3.Dot(normal, vertex) - height);
        }

        // Vertices that no face holds any more lie outside of earlier planes and count for nothing.
        foreach (int vertex in _ring)
        {
            cuts |= _heights[vertex] > _tolerance;
        }

        return cuts;
    }

    /// <summary>What a plane leaves of a face goes to the next rings; edges that lie on the plane go to the rim.</summary>
    private void Clip(Face face)
    {
        int start = _nextRing.Count;
        bool inside = false;
        for (int k = 0; k < face.Count; k++)
        {
            int here = _ring[face.Start + k], there = _ring[face.Start + ((k + 1) % face.Count)];
            double a = _heights[here], b = _heights[there];
            if (a <= _tolerance)
            {
                _nextRing.Add(here);
                inside |= a < -_tolerance;
            }

            if ((a < -_tolerance && b > _tolerance) || (a > _tolerance && b < -_tolerance))
            {
                _nextRing.Add(Crossing(here, there));
            }
        }

        int count = _nextRing.Count - start;

        // A face of which only an edge or a corner touches the plane from outside is gone.
        if (!inside || count < 3)
        {
            _nextRing.RemoveRange(start, count);
            return;
        }

        _nextFaces.Add(new(face.Label, start, count));
        for (int k = 0; k < count; k++)
        {
            int here = _nextRing[start + k], there = _nextRing[start + ((k + 1) % count)];
            if (IsOnPlane(here) && IsOnPlane(there))
            {
                _rim.Add((there, here));
            }
        }
    }

    private bool IsOnPlane(int vertex) => Math.Abs(_heights[vertex]) <= _tolerance;

    /// <summary>The vertex where an edge meets the plane, the same one for both faces of the edge.</summary>
    private int Crossing(int from, int to)
    {
        (int a, int b) = from < to ? (from, to) : (to, from);
        foreach ((int A, int B, int Vertex) known in _crossings)
        {
            if (known.A == a && known.B == b)
            {
                return known.Vertex;
            }
        }

        double t = _heights[a] / (_heights[a] - _heights[b]);
        int vertex = _vertices.Count;
        _vertices.Add(_vertices[a] + (t * (_vertices[b] - _vertices[a])));
        _heights.Add(0);
        _crossings.Add((a, b, vertex));
        return vertex;
    }

    /// <summary>Joins the rim to the ring of the new face.</summary>
    private bool Close(int label)
    {
        if (_rim.Count < 3)
        {
            return false;
        }

        int start = _ring.Count, first = _rim[0].From, here = first;
        for (int k = 0; k < _rim.Count; k++)
        {
            _ring.Add(here);
            here = Follow(here);
            if (here < 0 || (here == first && k + 1 < _rim.Count))
            {
                return false;
            }
        }

        _faces.Add(new(label, start, _rim.Count));
        return here == first;
    }

    private int Follow(int vertex)
    {
        foreach ((int from, int to) in _rim)
        {
            if (from == vertex)
            {
                return to;
            }
        }

        return -1;
    }

    private int FaceWithEdge(int from, int to)
    {
        for (int f = 0; f < _faces.Count; f++)
        {
            ReadOnlySpan<int> ring = RingOf(_faces[f]);
            for (int k = 0; k < ring.Length; k++)
            {
                if (ring[k] == from && ring[(k + 1) % ring.Length] == to)
                {
                    return f;
                }
            }
        }

        throw new InvalidOperationException("A face of a closed polyhedron has an edge that no other face shares.");
    }
}
