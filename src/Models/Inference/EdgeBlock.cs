using Glasswright.Kernels.Memory;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Inference;

/// <summary>
/// A block of a stream of edges, node after node as listed, cut anywhere: node and edge of each row and where the two node
/// parts it begins with lie. Rows up to a whole tile of a product repeat the last.
/// </summary>
internal sealed unsafe class EdgeBlock(int capacity) : IDisposable
{
    private readonly AlignedBuffer<int> _nodes = new(capacity);
    private readonly AlignedBuffer<int> _edges = new(capacity);
    private readonly AlignedBuffer<nint> _own = new(capacity);
    private readonly AlignedBuffer<nint> _other = new(capacity);

    // Where the next block begins: a place in the list of nodes and an edge of that node.
    private int _endPlace;
    private int _endEdge;

    /// <summary>Rows that matter; 0 behind the end of the stream.</summary>
    public int Count { get; private set; }

    /// <summary>W₁h_i of each row.</summary>
    public float** Own => (float**)_own.Pointer;

    /// <summary>W₂h_j of each row.</summary>
    public float** Other => (float**)_other.Pointer;

    /// <summary>Becomes the first block of a stream.</summary>
    public void Begin(NeighborGraph graph, ReadOnlySpan<int> nodes, float** parts, int partStride)
    {
        (_endPlace, _endEdge) = (0, 0);
        Fill(graph, nodes, parts, partStride);
    }

    /// <summary>Becomes the block after another of the same stream.</summary>
    public void Follow(EdgeBlock other, NeighborGraph graph, ReadOnlySpan<int> nodes, float** parts, int partStride)
    {
        (_endPlace, _endEdge) = (other._endPlace, other._endEdge);
        Fill(graph, nodes, parts, partStride);
    }

    /// <summary>Species of both ends and length of a row.</summary>
    public (int Own, int Other, double Distance) Edge(NeighborGraph graph, int row)
    {
        int edge = _edges.Pointer[row];
        return (graph.Species[_nodes.Pointer[row]], graph.Species[graph.Neighbors[edge]], graph.Distances[edge]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Dispose();
        _edges.Dispose();
        _own.Dispose();
        _other.Dispose();
    }

    private void Fill(NeighborGraph graph, ReadOnlySpan<int> nodes, float** parts, int partStride)
    {
        ReadOnlySpan<int> offsets = graph.Offsets, neighbors = graph.Neighbors;
        float** own = Own;
        float** other = Other;
        int count = 0;
        while (count < capacity && _endPlace < nodes.Length)
        {
            int node = nodes[_endPlace], first = offsets[node], degree = offsets[node + 1] - first;
            for (; count < capacity && _endEdge < degree; count++, _endEdge++)
            {
                _nodes.Pointer[count] = node;
                _edges.Pointer[count] = first + _endEdge;
                own[count] = parts[node];
                other[count] = parts[neighbors[first + _endEdge]] + partStride;
            }

            if (_endEdge == degree)
            {
                (_endPlace, _endEdge) = (_endPlace + 1, 0);
            }
        }

        Count = count;
        for (int row = count; count > 0 && row < PanelMatrix.PaddedRows(count); row++)
        {
            own[row] = own[count - 1];
            other[row] = other[count - 1];
        }
    }
}
