namespace Glasswright.Models.Graphs;

/// <summary>
/// Atoms and their neighbors as compressed rows: the edges i→j of node i are entries <c>Offsets[i] … Offsets[i+1]-1</c> of
/// <see cref="Neighbors"/> and <see cref="Distances"/>, sorted by j and, for several periodic images of one j, by image
/// (n₁, n₂, n₃), so the order depends on nothing but the structure. An edge and its reverse carry the same bits.
/// The buffers are reused by whoever fills the graph again; the spans show their filled part.
/// </summary>
internal sealed class NeighborGraph
{
    private int[] _species = [];
    private int[] _order = [];
    private int[] _offsets = [0];
    private int[] _neighbors = [];
    private double[] _distances = [];

    /// <summary>N: number of nodes.</summary>
    public int NodeCount { get; private set; }

    /// <summary>E: number of directed edges.</summary>
    public int EdgeCount { get; private set; }

    /// <summary>Component of each node's one-hot species, [N].</summary>
    public ReadOnlySpan<int> Species => _species.AsSpan(0, NodeCount);

    /// <summary>
    /// The nodes in an order in which neighbors lie near each other, [N]: for whoever wants near caches to hold what comes next.
    /// No result depends on it.
    /// </summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, NodeCount);

    /// <summary>Where each row begins, [N+1].</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, NodeCount + 1);

    /// <summary>j of each edge, [E].</summary>
    public ReadOnlySpan<int> Neighbors => _neighbors.AsSpan(0, EdgeCount);

    /// <summary>Length of each edge, Å, [E].</summary>
    public ReadOnlySpan<double> Distances => _distances.AsSpan(0, EdgeCount);

    /// <summary>Largest number of neighbors of one node.</summary>
    public int MaxDegree
    {
        get
        {
            int degree = 0;
            for (int i = 0; i < NodeCount; i++)
            {
                degree = Math.Max(degree, _offsets[i + 1] - _offsets[i]);
            }

            return degree;
        }
    }

    /// <summary>Wraps rows that were made elsewhere; the arguments are copied.</summary>
    /// <exception cref="ArgumentException">The arrays contradict each other.</exception>
    public static NeighborGraph FromRows(
        ReadOnlySpan<int> species, ReadOnlySpan<int> offsets, ReadOnlySpan<int> neighbors, ReadOnlySpan<double> distances)
    {
        int nodes = species.Length, edges = neighbors.Length;
        bool sound = offsets.Length == nodes + 1 && distances.Length == edges && offsets[0] == 0 && offsets[^1] == edges;
        for (int i = 0; sound && i < nodes; i++)
        {
            sound = offsets[i] <= offsets[i + 1];
        }

        for (int e = 0; sound && e < edges; e++)
        {
            sound = neighbors[e] >= 0 && neighbors[e] < nodes;
        }

        if (!sound)
        {
            throw new ArgumentException("The rows of the graph contradict each other.", nameof(offsets));
        }

        return new NeighborGraph
        {
            NodeCount = nodes,
            EdgeCount = edges,
            _species = species.ToArray(),
            _order = [.. Enumerable.Range(0, nodes)],
            _offsets = offsets.ToArray(),
            _neighbors = neighbors.ToArray(),
            _distances = distances.ToArray(),
        };
    }

    /// <summary>
    /// Several graphs side by side as one, without an edge between them: a batch. Nodes of graph g follow those of g-1.
    /// </summary>
    public static NeighborGraph Batch(IReadOnlyList<NeighborGraph> graphs)
    {
        NeighborGraph batch = new();
        batch.Join(graphs);
        return batch;
    }

    /// <summary>Fills this graph as <see cref="Batch"/> does.</summary>
    public void Join(IReadOnlyList<NeighborGraph> graphs)
    {
        ArgumentNullException.ThrowIfNull(graphs);
        Begin(0, 0);
        foreach (NeighborGraph graph in graphs)
        {
            int firstNode = NodeCount, firstEdge = EdgeCount;
            Begin(firstNode + graph.NodeCount, firstEdge);
            EnsureEdges(firstEdge + graph.EdgeCount);
            graph.Species.CopyTo(_species.AsSpan(firstNode));
            for (int i = 0; i < graph.NodeCount; i++)
            {
                _order[firstNode + i] = graph._order[i] + firstNode;
            }

            graph.Distances.CopyTo(_distances.AsSpan(firstEdge));
            for (int e = 0; e < graph.EdgeCount; e++)
            {
                _neighbors[firstEdge + e] = graph._neighbors[e] + firstNode;
            }

            for (int i = 0; i < graph.NodeCount; i++)
            {
                EndRow(firstNode + i, firstEdge + graph._offsets[i + 1]);
            }
        }
    }

    /// <summary>Starts filling: room for so many nodes, of which the first <paramref name="edges"/> edges are kept.</summary>
    internal void Begin(int nodes, int edges)
    {
        if (_species.Length < nodes)
        {
            Array.Resize(ref _species, nodes);
            Array.Resize(ref _order, nodes);
            Array.Resize(ref _offsets, nodes + 1);
        }

        NodeCount = nodes;
        EdgeCount = edges;
    }

    /// <summary>The buffer of species, for the one who fills the graph.</summary>
    internal Span<int> WritableSpecies => _species.AsSpan(0, NodeCount);

    /// <summary>The buffer of the order, for the one who fills the graph.</summary>
    internal Span<int> WritableOrder => _order.AsSpan(0, NodeCount);

    /// <summary>Room for at least so many edges; the buffers keep what they hold.</summary>
    internal void EnsureEdges(int edges)
    {
        if (_neighbors.Length < edges)
        {
            int capacity = Math.Max(edges, _neighbors.Length + (_neighbors.Length / 2));
            Array.Resize(ref _neighbors, capacity);
            Array.Resize(ref _distances, capacity);
        }
    }

    /// <summary>Appends the row of the next node; rows come in order.</summary>
    internal void AppendRow(int node, ReadOnlySpan<int> neighbors, ReadOnlySpan<double> distances)
    {
        EnsureEdges(EdgeCount + neighbors.Length);
        neighbors.CopyTo(_neighbors.AsSpan(EdgeCount));
        distances.CopyTo(_distances.AsSpan(EdgeCount));
        EndRow(node, EdgeCount + neighbors.Length);
    }

    /// <summary>Closes the row of a node; rows are closed in order.</summary>
    private void EndRow(int node, int edges)
    {
        _offsets[node + 1] = edges;
        EdgeCount = edges;
    }
}
