using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// One layer over rows of edges, in the caller's thread: edge update, attention, messages and their sum per node, as a stream of
/// blocks of edges whose rows stay in the near caches. Blocks are cut anywhere; the heads of a node that a block does not finish
/// are carried to the next, so no tile of a product is wasted on a node's end.
/// </summary>
/// <remarks>
/// A node's sums depend on its edges and on the rows they point at alone, in the graph's order: not on blocks, not on which other
/// nodes are computed. The full evaluation and the incremental one run this code.
/// </remarks>
internal sealed unsafe class Convolution : IDisposable
{
    /// <summary>Edges of a block: whole tiles of a product; its edge rows and one panel fit the first cache.</summary>
    private const int BlockRows = 4 * PanelMatrix.TileRows;

    /// <summary>Gaussians below e⁻⁸⁰ are taken as 0, since subnormal numbers would slow the products down.</summary>
    private const float LargestExponent = 80;

    private readonly FoldedNetwork _network;
    private readonly Architecture _shape;
    private readonly int _edgeStride;
    private readonly int _headStride;
    private readonly int _messageStride;
    private EdgeBlock _block = new(BlockRows);
    private EdgeBlock _following = new(BlockRows);
    private readonly AlignedBuffer<float> _update;
    private readonly AlignedBuffer<float> _lastEdges;
    private readonly AlignedBuffer<float> _heads = new();
    private readonly AlignedBuffer<float> _scores = new();
    private readonly AlignedBuffer<float> _messages = new();
    private readonly AlignedBuffer<int> _picks;
    private readonly SetQueries? _queries;

    /// <summary>Buffers for a network.</summary>
    public Convolution(FoldedNetwork network)
    {
        _network = network;
        _shape = network.Architecture;
        FoldedLayer layer = network.Layers[0];
        _edgeStride = layer.EdgeStride;
        _headStride = layer.HeadStride;
        _update = new AlignedBuffer<float>(BlockRows * _edgeStride);
        _lastEdges = new AlignedBuffer<float>(BlockRows * _edgeStride);

        // Vectors of more than eight heads are stored at every feature, so the last one may spill over the row by their width.
        int width = PanelMatrix.PaddedWidth(_shape.ConcatenatedWidth);
        _queries = _shape.Pooling == Pooling.Set2set ? new SetQueries(_shape) : null;
        PooledStride = _queries is null ? width : 2 * width;
        _messageStride = (_shape.ConcatenatedWidth + 7) / 8 * 8;
        if (_shape.Heads > 8)
        {
            _messageStride += layer.ScoreStride;
        }

        _picks = new AlignedBuffer<int>(width);
        for (int lane = 0; lane < width; lane++)
        {
            _picks.Pointer[lane] = lane % _shape.Heads % 8;
        }
    }

    /// <summary>Floats of a row of pooled messages.</summary>
    public int PooledStride { get; }

    /// <summary>Floats of an edge row.</summary>
    public int EdgeStride => _edgeStride;

    /// <summary>Room needed for so many edge rows: a block may end anywhere, and a whole tile is read behind it.</summary>
    public int EdgeCapacity(int edges) => checked((edges + PanelMatrix.TileRows) * _edgeStride);

    /// <summary>
    /// The edge states before layer 0, e_ij,m = exp(-((d - μ_m)/σ)²) with the bracket in double; of use where there is no table.
    /// </summary>
    public void ExpandDistances(NeighborGraph graph, ReadOnlySpan<int> nodes, float* edges)
    {
        double* centers = _network.Centers.Pointer;
        Vector256<double> inverse = Vector256.Create(1 / _shape.Gaussian.Sigma);
        Vector256<float> largest = Vector256.Create(LargestExponent);
        foreach (int node in nodes)
        {
            foreach (double distance in graph.Distances[graph.Offsets[node]..graph.Offsets[node + 1]])
            {
                Vector256<double> d = Vector256.Create(distance);
                for (int m = 0; m < _edgeStride; m += 8)
                {
                    Vector256<float> t = Vector256.Narrow(
                        (d - Vector256.Load(centers + m)) * inverse, (d - Vector256.Load(centers + m + 4)) * inverse);
                    Vector256<float> square = t * t;
                    Vector256.BitwiseAnd(Elementary.Exp(-square), Vector256.LessThan(square, largest)).Store(edges + m);
                }

                edges += _edgeStride;
            }
        }
    }

    /// <summary>Runs a layer for some nodes of a graph.</summary>
    /// <typeparam name="TActivation">The network's activation.</typeparam>
    /// <param name="index">The layer; with a <see cref="FoldedNetwork.FirstLayer"/> layer 0 needs neither parts nor edges.</param>
    /// <param name="graph">The whole structure.</param>
    /// <param name="nodes">The nodes to compute, best with neighbors near each other.</param>
    /// <param name="parts">Where W₁h and, behind it, W₂h of every node of the graph lie, for this layer.</param>
    /// <param name="edges">Edge states of the layer before, node after node as listed; replaced by this layer's, except by the last.</param>
    /// <param name="pooled">Receives the pooled messages, one row of <see cref="PooledStride"/> a listed node.</param>
    public void Run<TActivation>(
        int index, NeighborGraph graph, ReadOnlySpan<int> nodes, float** parts, float* edges, float* pooled)
        where TActivation : struct, IActivationLanes
    {
        FoldedLayer layer = _network.Layers[index];
        Reserve(graph, nodes);
        ReadOnlySpan<int> offsets = graph.Offsets;
        int carried = 0, next = 0;
        _block.Begin(graph, nodes, parts, layer.PartStride);
        do
        {
            _following.Follow(_block, graph, nodes, parts, layer.PartStride);
            int count = _block.Count;
            float* heads = _heads.Pointer + ((nint)carried * _headStride);
            if (index == 0 && _network.FirstLayer is FirstLayerTable table)
            {
                for (int e = 0; e < count; e++)
                {
                    (int own, int other, double distance) = _block.Edge(graph, e);
                    table.Heads(own, other, distance, heads + ((nint)e * _headStride));
                }
            }
            else
            {
                float* updated = index == _network.Layers.Length - 1 ? _lastEdges.Pointer : edges;
                UpdateEdges<TActivation>(index, graph, edges, updated);
                layer.Heads.Multiply(
                    updated, _edgeStride, count, heads, _headStride,
                    new PairStart(_block.Own, _block.Other, _edgeStride, _following.Other, _following.Count));
            }

            edges += (nint)count * _edgeStride;
            int rows = carried + count, row = 0, first = next;
            for (; next < nodes.Length && row + Degree(offsets, nodes[next]) <= rows; next++)
            {
                row += Degree(offsets, nodes[next]);
            }

            Pool<TActivation>(layer, offsets, nodes[first..next], row, pooled + ((nint)first * PooledStride));
            carried = rows - row;
            new ReadOnlySpan<float>(_heads.Pointer + ((nint)row * _headStride), carried * _headStride)
                .CopyTo(new Span<float>(_heads.Pointer, carried * _headStride));
            (_block, _following) = (_following, _block);
        }
        while (next < nodes.Length);
    }

    /// <summary>Only the edge update of a layer, for nodes that are not due yet; see <see cref="Run"/>.</summary>
    public void RunEdges<TActivation>(int index, NeighborGraph graph, ReadOnlySpan<int> nodes, float** parts, float* edges)
        where TActivation : struct, IActivationLanes
    {
        FoldedLayer layer = _network.Layers[index];
        _block.Begin(graph, nodes, parts, layer.PartStride);
        while (_block.Count > 0)
        {
            _following.Follow(_block, graph, nodes, parts, layer.PartStride);
            UpdateEdges<TActivation>(index, graph, edges, edges);
            edges += (nint)_block.Count * _edgeStride;
            (_block, _following) = (_following, _block);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _block.Dispose();
        _following.Dispose();
        _update.Dispose();
        _lastEdges.Dispose();
        _heads.Dispose();
        _scores.Dispose();
        _messages.Dispose();
        _picks.Dispose();
        _queries?.Dispose();
    }

    private static int Degree(ReadOnlySpan<int> offsets, int node) => offsets[node + 1] - offsets[node];

    private void Reserve(NeighborGraph graph, ReadOnlySpan<int> nodes)
    {
        int maxDegree = 1;
        ReadOnlySpan<int> offsets = graph.Offsets;
        foreach (int node in nodes)
        {
            maxDegree = Math.Max(maxDegree, Degree(offsets, node));
        }

        int rows = BlockRows + maxDegree + PanelMatrix.TileRows;
        _heads.EnsureCapacity(rows * _headStride);
        _scores.EnsureCapacity(rows * _network.Layers[0].ScoreStride);
        _messages.EnsureCapacity(rows * _messageStride);
    }

    /// <summary>e'_ij = act(e_ij + W₁h_i + W₂h_j + W₃e_ij); the second layer finds its e_ij in the first's table.</summary>
    private void UpdateEdges<TActivation>(int index, NeighborGraph graph, float* edges, float* updated)
        where TActivation : struct, IActivationLanes
    {
        FoldedLayer layer = _network.Layers[index];
        int count = _block.Count;
        if (index == 1 && _network.FirstLayer is FirstLayerTable table)
        {
            for (int e = 0; e < count; e++)
            {
                (int own, int other, double distance) = _block.Edge(graph, e);
                table.Edges(own, other, distance, edges + ((nint)e * _edgeStride));
            }
        }

        float* pre = _update.Pointer;
        layer.Edge.Multiply(
            edges, _edgeStride, count, pre, _edgeStride,
            new PairStart(_block.Own, _block.Other, 0, _following.Other, _following.Count));
        ActivateSum<TActivation>(edges, pre, updated, (nint)count * _edgeStride);
    }

    /// <summary>Attention, messages and their pool for the nodes whose heads begin at row 0 and are complete.</summary>
    private void Pool<TActivation>(FoldedLayer layer, ReadOnlySpan<int> offsets, ReadOnlySpan<int> nodes, int rows, float* pooled)
        where TActivation : struct, IActivationLanes
    {
        int width = _shape.ConcatenatedWidth, scoreStride = layer.ScoreStride;
        float* heads = _heads.Pointer;
        float* scores = _scores.Pointer;
        AttentionKernel.Score(
            heads, _headStride, rows, _shape.Heads, _shape.HeadWidth, layer.ScoreWeights.Pointer, scoreStride, scores);
        float* node = scores;
        foreach (int i in nodes)
        {
            AttentionKernel.SubtractLargest(node, scoreStride, Degree(offsets, i));
            node += Degree(offsets, i) * scoreStride;
        }

        AttentionKernel.Exponentiate(scores, (nint)rows * scoreStride);
        node = scores;
        foreach (int i in nodes)
        {
            AttentionKernel.Normalize(node, scoreStride, Degree(offsets, i));
            node += Degree(offsets, i) * scoreStride;
        }

        if (_shape.Heads <= 8)
        {
            AttentionKernel.Message<TActivation>(
                scores, heads + width, _headStride, rows, _picks.Pointer, layer.MessageShift.Pointer, _messages.Pointer, _messageStride);
        }
        else
        {
            AttentionKernel.Spread(scores, scoreStride, rows, _shape.Heads, _shape.HeadWidth, _messages.Pointer, _messageStride);
            AttentionKernel.MessageSpread<TActivation>(
                _messages.Pointer, _messageStride, heads + width, _headStride, rows, layer.MessageShift.Pointer, width);
        }

        if (_queries is not null)
        {
            _queries.Pool(layer.PoolingCell!, _messages.Pointer, _messageStride, offsets, nodes, pooled);
            return;
        }

        float* message = _messages.Pointer;
        foreach (int i in nodes)
        {
            int degree = Degree(offsets, i);
            if (_shape.Pooling == Pooling.Max)
            {
                AttentionKernel.LargestMessages(message, _messageStride, degree, width, pooled);
            }
            else
            {
                AttentionKernel.AddMessages(message, _messageStride, degree, width, pooled);
            }

            if (_shape.Pooling == Pooling.Mean)
            {
                AttentionKernel.DivideByDegree(pooled, degree, width);
            }

            message += degree * _messageStride;
            pooled += PooledStride;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ActivateSum<TActivation>(float* a, float* b, float* result, nint length)
        where TActivation : struct, IActivationLanes
    {
        nint k = 0;
        for (; k <= length - 32; k += 32)
        {
            Vector256<float> x0 = Vector256.Load(a + k) + Vector256.Load(b + k);
            Vector256<float> x1 = Vector256.Load(a + k + 8) + Vector256.Load(b + k + 8);
            Vector256<float> x2 = Vector256.Load(a + k + 16) + Vector256.Load(b + k + 16);
            Vector256<float> x3 = Vector256.Load(a + k + 24) + Vector256.Load(b + k + 24);
            TActivation.Apply(ref x0, ref x1, ref x2, ref x3);
            x0.Store(result + k);
            x1.Store(result + k + 8);
            x2.Store(result + k + 16);
            x3.Store(result + k + 24);
        }

        for (; k < length; k += 8)
        {
            TActivation.Apply(Vector256.Load(a + k) + Vector256.Load(b + k)).Store(result + k);
        }
    }
}
