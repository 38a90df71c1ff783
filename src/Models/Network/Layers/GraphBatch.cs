using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Glasses, or pieces of them, joined to one graph, as the layers read it: rows of edges sorted by atom i, the edges that point at an
/// atom, the Gaussian features of every edge, and fixed blocks of atoms with the edges they own.
/// <code>
/// Offsets [N + 1]   Neighbors [E]   Features [E, e]   Species [N]   ReverseOffsets [N + 1]   ReverseEdges [E]
/// </code>
/// </summary>
internal sealed unsafe class GraphBatch
{
    /// <summary>Atoms of a block: what a thread takes at a time. Part of the numerics.</summary>
    public const int BlockNodes = 32;

    /// <summary>Atoms of a strip of a block. Part of the numerics.</summary>
    public const int StripNodes = 8;

    private readonly GaussianBasis _gaussian;
    private readonly int _width;
    private readonly LayerBuffer<int> _offsets = new();
    private readonly LayerBuffer<int> _neighbors = new();
    private readonly LayerBuffer<int> _species = new();
    private readonly LayerBuffer<int> _reverseOffsets = new();
    private readonly LayerBuffer<int> _reverseEdges = new();
    private readonly LayerBuffer<int> _edgeGlass = new();
    private readonly LayerBuffer<int> _edgeKeys = new();
    private readonly LayerBuffer<int> _nodeGlass = new();
    private readonly LayerBuffer<int> _nodeKeys = new();
    private readonly LayerBuffer<bool> _isCore = new();
    private int[] _places = [];
    private readonly LayerBuffer<double> _distances = new();
    private readonly LayerBuffer<float> _features = new();
    private readonly Action<int> _fillFeatures;

    /// <summary>Creates an empty batch for an architecture.</summary>
    public GraphBatch(Architecture architecture)
    {
        _gaussian = architecture.Gaussian;
        _width = MatrixKernels.Padded(architecture.EdgeWidth);
        _fillFeatures = FillFeatures;
    }

    /// <summary>N.</summary>
    public int NodeCount { get; private set; }

    /// <summary>E.</summary>
    public int EdgeCount { get; private set; }

    /// <summary>Number of blocks.</summary>
    public int BlockCount => (NodeCount + BlockNodes - 1) / BlockNodes;

    /// <summary>The edges of atom i are Offsets[i] … Offsets[i+1]-1.</summary>
    public int* Offsets => _offsets.Pointer;

    /// <summary>Atom j of an edge.</summary>
    public int* Neighbors => _neighbors.Pointer;

    /// <summary>One-hot component of an atom.</summary>
    public int* Species => _species.Pointer;

    /// <summary>The edges that point at atom j are ReverseEdges[ReverseOffsets[j] … ReverseOffsets[j+1]-1], in order.</summary>
    public int* ReverseOffsets => _reverseOffsets.Pointer;

    /// <summary>Edges by the atom they point at.</summary>
    public int* ReverseEdges => _reverseEdges.Pointer;

    /// <summary>The glass of an edge, as its owner numbers it.</summary>
    public int* EdgeGlass => _edgeGlass.Pointer;

    /// <summary>The number of an edge in its glass, the same in every epoch.</summary>
    public int* EdgeKeys => _edgeKeys.Pointer;

    /// <summary>The glass of an atom.</summary>
    public int* NodeGlass => _nodeGlass.Pointer;

    /// <summary>The number of an atom in its glass.</summary>
    public int* NodeKeys => _nodeKeys.Pointer;

    /// <summary>The number of an atom in its glass.</summary>
    public int Key(int node) => NodeKeys[node];

    /// <summary>Whether the loss runs over an atom.</summary>
    public bool* IsCore => _isCore.Pointer;

    /// <summary>Gaussians of the distance, padded columns zero.</summary>
    public float* Features => _features.Pointer;

    /// <summary>First atom and number of atoms of a block.</summary>
    public (int Start, int Count) Nodes(int block)
    {
        int start = block * BlockNodes;
        return (start, Math.Min(BlockNodes, NodeCount - start));
    }

    /// <summary>First edge and number of edges of a block.</summary>
    public (int First, int Count) Edges(int block)
    {
        (int start, int count) = Nodes(block);
        return (Offsets[start], Offsets[start + count] - Offsets[start]);
    }

    /// <summary>Number of strips of a block.</summary>
    public int Strips(int block) => (Nodes(block).Count + StripNodes - 1) / StripNodes;

    /// <summary>A strip of a block.</summary>
    public Strip Strip(int block, int strip)
    {
        (int start, int count) = Nodes(block);
        int node = start + (strip * StripNodes);
        int nodes = Math.Min(StripNodes, start + count - node);
        return new Strip(block, node, nodes, Offsets[node], Offsets[node + nodes] - Offsets[node]);
    }

    /// <summary>Joins glasses in the given order.</summary>
    /// <param name="graphs">All graphs there are.</param>
    /// <param name="order">Which of them, in which order; a graph's index is the name of its glass in random numbers.</param>
    /// <param name="dropout">Which edges are left out, each directed edge for itself.</param>
    /// <param name="team">Threads for the features.</param>
    public void Assemble(IReadOnlyList<NeighborGraph> graphs, ReadOnlySpan<int> order, Dropout dropout, IBlockRunner team)
    {
        GraphPiece[] pieces = new GraphPiece[order.Length];
        for (int k = 0; k < pieces.Length; k++)
        {
            pieces[k] = GraphPiece.Whole(order[k]);
        }

        Assemble(graphs, pieces, dropout, team);
    }

    /// <summary>Joins pieces of glasses in the given order.</summary>
    /// <param name="graphs">All graphs there are.</param>
    /// <param name="pieces">What of them, in which order.</param>
    /// <param name="dropout">Which edges are left out.</param>
    /// <param name="team">Threads for the features.</param>
    public void Assemble(IReadOnlyList<NeighborGraph> graphs, ReadOnlySpan<GraphPiece> pieces, Dropout dropout, IBlockRunner team)
    {
        long nodes = 0;
        long edges = 0;
        foreach (GraphPiece piece in pieces)
        {
            NeighborGraph graph = graphs[piece.Glass];
            nodes += piece.Nodes?.Length ?? graph.NodeCount;
            edges += EdgesOf(graph, piece);
        }

        Reserve(checked((int)nodes), checked((int)edges));
        int node = 0;
        int edge = 0;
        foreach (GraphPiece piece in pieces)
        {
            int glass = piece.Glass;
            NeighborGraph graph = graphs[glass];
            int firstNode = node;
            Place(graph, piece);
            for (int n = 0; n < (piece.Nodes?.Length ?? graph.NodeCount); n++, node++)
            {
                int i = piece.Nodes?[n] ?? n;
                _offsets.Pointer[node] = edge;
                _species.Pointer[node] = graph.Species[i];
                _nodeGlass.Pointer[node] = glass;
                _nodeKeys.Pointer[node] = i;
                _isCore.Pointer[node] = piece.IsCore?[n] ?? true;
                for (int k = graph.Offsets[i]; k < graph.Offsets[i + 1]; k++)
                {
                    int place = piece.Nodes is null ? graph.Neighbors[k] : _places[graph.Neighbors[k]];
                    if (place < 0 || !dropout.Keeps(glass, k))
                    {
                        continue;
                    }

                    _neighbors.Pointer[edge] = firstNode + place;
                    _distances.Pointer[edge] = graph.Distances[k];
                    _edgeGlass.Pointer[edge] = glass;
                    _edgeKeys.Pointer[edge] = k;
                    edge++;
                }
            }
        }

        _offsets.Pointer[node] = edge;
        NodeCount = node;
        EdgeCount = edge;
        Reverse();
        team.Run(BlockCount, _fillFeatures);
    }

    private static long EdgesOf(NeighborGraph graph, GraphPiece piece)
    {
        if (piece.Nodes is null)
        {
            return graph.EdgeCount;
        }

        long edges = 0;
        foreach (int node in piece.Nodes)
        {
            edges += graph.Offsets[node + 1] - graph.Offsets[node];
        }

        return edges;
    }

    /// <summary>Place of every atom of the glass in the piece, -1 outside.</summary>
    private void Place(NeighborGraph graph, GraphPiece piece)
    {
        if (piece.Nodes is null)
        {
            return;
        }

        if (_places.Length < graph.NodeCount)
        {
            _places = new int[graph.NodeCount];
        }

        Array.Fill(_places, -1);
        for (int place = 0; place < piece.Nodes.Length; place++)
        {
            _places[piece.Nodes[place]] = place;
        }
    }

    private void Reserve(int nodes, int edges)
    {
        _isCore.Reserve(nodes);
        _offsets.Reserve(nodes + 1);
        _reverseOffsets.Reserve(nodes + 2);
        _species.Reserve(nodes);
        _nodeGlass.Reserve(nodes);
        _nodeKeys.Reserve(nodes);
        _neighbors.Reserve(edges);
        _reverseEdges.Reserve(edges);
        _distances.Reserve(edges);
        _edgeGlass.Reserve(edges);
        _edgeKeys.Reserve(edges);
        _features.Reserve((long)edges * _width);
    }

    private void Reverse()
    {
        // Counted two places ahead, so that filling moves each start to its final place.
        _reverseOffsets.Clear(NodeCount + 2);
        int* starts = _reverseOffsets.Pointer;
        for (int edge = 0; edge < EdgeCount; edge++)
        {
            starts[Neighbors[edge] + 2]++;
        }

        for (int i = 2; i <= NodeCount; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (int edge = 0; edge < EdgeCount; edge++)
        {
            int to = Neighbors[edge] + 1;
            _reverseEdges.Pointer[starts[to]++] = edge;
        }
    }

    private void FillFeatures(int block)
    {
        (int first, int edges) = Edges(block);
        double inverse = 1 / _gaussian.Sigma;
        double* centers = stackalloc double[_width];
        for (int c = 0; c < _width; c++)
        {
            centers[c] = _gaussian.Center(c);
        }

        var scale = Vector256.Create(inverse);
        for (int edge = first; edge < first + edges; edge++)
        {
            float* row = _features.Pointer + ((nint)edge * _width);
            var distance = Vector256.Create(_distances.Pointer[edge]);
            for (int c = 0; c < _width; c += MatrixKernels.Lanes)
            {
                Vector256<float> x = Vector256.Narrow(
                    (distance - Vector256.Load(centers + c)) * scale, (distance - Vector256.Load(centers + c + 4)) * scale);
                Elementary.Exp(-(x * x)).Store(row + c);
            }

            for (int c = _gaussian.Count; c < _width; c++)
            {
                row[c] = 0;
            }
        }
    }
}
