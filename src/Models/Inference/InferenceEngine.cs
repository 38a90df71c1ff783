using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference;

/// <summary>
/// Predicts the property of every atom, in the caller's thread and in single precision, fused edge by edge: node parts
/// once per atom, then for a block of atoms edge update, attention, messages and pooling while their rows are in cache.
/// </summary>
/// <remarks>
/// The order of every sum is written: matrix products over inputs in ascending order (<see cref="PanelMatrix"/>), softmax
/// and pooling over the neighbors in the graph's order. An atom's numbers depend on its graph alone: not on vector width,
/// blocks, what shares a batch, or what the engine did before. After the first call of a size nothing is allocated.
/// Not for concurrent use: one engine a thread, the <see cref="FoldedNetwork"/> shared.
/// </remarks>
internal sealed unsafe class InferenceEngine : IDisposable
{
    /// <summary>Edges of a block of atoms: their rows (edge state, pre-activation, heads) fill about 100 kB.</summary>
    private const int BlockEdges = 96;

    /// <summary>Gaussians below e⁻⁸⁰ are taken as 0, since subnormal numbers would slow the products down.</summary>
    private const float LargestExponent = 80;

    private readonly FoldedNetwork _network;
    private readonly bool _ownsNetwork;
    private readonly PropertyModel? _model;
    private readonly Architecture _shape;
    private readonly NeighborGraphBuilder _builder;
    private readonly NeighborGraph _graph = new();
    private readonly int _edgeStride;
    private readonly int _headStride;
    private readonly int _pooledStride;
    private readonly int _attentionStride;
    private readonly AlignedBuffer<float> _states = new();
    private readonly AlignedBuffer<float> _own = new();
    private readonly AlignedBuffer<float> _other = new();
    private readonly AlignedBuffer<float> _pooled = new();
    private readonly AlignedBuffer<float> _merged = new();
    private readonly AlignedBuffer<float> _edges = new();
    private readonly AlignedBuffer<float> _update = new();
    private readonly AlignedBuffer<float> _heads = new();
    private readonly AlignedBuffer<float> _scores = new();
    private readonly AlignedBuffer<float> _attention = new();
    private readonly AlignedBuffer<float>[] _readout;
    private IReadOnlyList<string>? _mappedNames;
    private int[] _speciesMap = [];

    /// <summary>An engine of its own for a model.</summary>
    public InferenceEngine(PropertyModel model)
        : this(new FoldedNetwork((model ?? throw new ArgumentNullException(nameof(model))).Parameters), model)
    {
        _ownsNetwork = true;
    }

    /// <summary>An engine that shares the folded weights with others.</summary>
    /// <param name="network">The weights; the caller disposes of them.</param>
    /// <param name="model">The model they come from, needed to predict structures; graphs can do without.</param>
    public InferenceEngine(FoldedNetwork network, PropertyModel? model = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _model = model;
        _shape = network.Architecture;
        _builder = new NeighborGraphBuilder(_shape.Cutoff);
        _edgeStride = FoldedLayer.PaddedWidth(_shape.EdgeWidth);
        _headStride = FoldedLayer.PaddedWidth(2 * _shape.ConcatenatedWidth);
        _pooledStride = FoldedLayer.PaddedWidth(_shape.ConcatenatedWidth);

        // Vectors of heads are stored at every feature, so the last one may spill over the row by less than their width.
        _attentionStride = _pooledStride + network.Layers[0].ScoreStride;
        _readout = [.. network.ReadoutMaps.Select(_ => new AlignedBuffer<float>())];
    }

    /// <summary>The network's shape.</summary>
    public Architecture Architecture => _shape;

    /// <summary>The graph of the structure predicted last.</summary>
    public NeighborGraph Graph => _graph;

    /// <summary>Predicts the de-normalized value of every atom of a structure; positions need not be wrapped.</summary>
    /// <param name="structure">Atoms of species that the model knows.</param>
    /// <param name="values">One value per atom, in the structure's order.</param>
    /// <exception cref="Kernels.InputException">The structure's species or cell do not suit the model.</exception>
    public void Predict(AtomicStructure structure, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(structure);
        MapSpecies(structure);
        _builder.Build(structure, _speciesMap, _graph);
        Predict(_graph, values);
    }

    /// <summary>Predicts the de-normalized value of every node of a graph.</summary>
    public void Predict(NeighborGraph graph, Span<double> values)
    {
        Evaluate(graph, values);
        TargetNormalization target = _shape.Target;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = target.Mean + (target.Std * values[i]);
        }
    }

    /// <summary>The network's output of every node, not de-normalized.</summary>
    /// <param name="graph">Nodes and edges.</param>
    /// <param name="outputs">One number per node.</param>
    /// <param name="observe">Is called after the embedding (0) and after each layer (1 … N), see <see cref="NodeState"/>.</param>
    public void Evaluate(NeighborGraph graph, Span<double> outputs, Action<int>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (outputs.Length != graph.NodeCount)
        {
            throw new ArgumentException($"{graph.NodeCount} nodes need as many outputs, not {outputs.Length}.", nameof(outputs));
        }

        switch (_shape.Activation)
        {
            case Activation.Softplus:
                Evaluate<SoftplusLanes>(graph, outputs, observe);
                break;
            case Activation.Sigmoid:
                Evaluate<SigmoidLanes>(graph, outputs, observe);
                break;
            case Activation.Relu:
                Evaluate<ReluLanes>(graph, outputs, observe);
                break;
            case Activation.LeakyRelu:
                Evaluate<LeakyReluLanes>(graph, outputs, observe);
                break;
            default:
                throw new InvalidOperationException($"Activation {_shape.Activation} has no lanes.");
        }

        // Memory of the buffers and of the shared weights is freed by finalizers.
        GC.KeepAlive(this);
    }

    /// <summary>The current state of a node, [n]; valid inside the observer and until the next evaluation.</summary>
    public ReadOnlySpan<float> NodeState(int node) =>
        new(_states.Pointer + ((nint)node * _network.NodeStride), _shape.NodeWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsNetwork)
        {
            _network.Dispose();
        }

        _states.Dispose();
        _own.Dispose();
        _other.Dispose();
        _pooled.Dispose();
        _merged.Dispose();
        _edges.Dispose();
        _update.Dispose();
        _heads.Dispose();
        _scores.Dispose();
        _attention.Dispose();
        Array.ForEach(_readout, buffer => buffer.Dispose());
    }

    private void MapSpecies(AtomicStructure structure)
    {
        // The names are replaced as a whole when they change; an unknown species maps to -1 and is refused here.
        bool known = ReferenceEquals(_mappedNames, structure.SpeciesNames);
        for (int i = 0; known && i < structure.Count; i++)
        {
            known = _speciesMap[structure.Species[i]] >= 0;
        }

        if (!known)
        {
            _mappedNames = null;
            _speciesMap = (_model ?? throw new InvalidOperationException("An engine without a model predicts graphs only."))
                .RequireSpecies(structure);
            _mappedNames = structure.SpeciesNames;
        }
    }

    private void Evaluate<TActivation>(NeighborGraph graph, Span<double> outputs, Action<int>? observe)
        where TActivation : struct, IActivationLanes
    {
        Reserve(graph);
        Embed(graph);
        ExpandDistances(graph);
        observe?.Invoke(0);
        for (int layer = 0; layer < _network.Layers.Length; layer++)
        {
            Convolve<TActivation>(_network.Layers[layer], graph);
            observe?.Invoke(layer + 1);
        }

        ReadOut<TActivation>(graph.NodeCount, outputs);
    }

    private void Reserve(NeighborGraph graph)
    {
        int nodes = PanelMatrix.PaddedRows(graph.NodeCount);
        _states.EnsureCapacity(nodes * _network.NodeStride);
        _own.EnsureCapacity(nodes * (_edgeStride + _headStride));
        _other.EnsureCapacity(nodes * (_edgeStride + _headStride));
        _pooled.EnsureCapacity(nodes * _pooledStride);
        _merged.EnsureCapacity(nodes * _network.NodeStride);
        for (int map = 0; map < _readout.Length; map++)
        {
            _readout[map].EnsureCapacity(nodes * _network.ReadoutMaps[map].Width);
        }

        // A block may begin at any edge, so a whole tile must fit behind the last one.
        _edges.EnsureCapacity(checked((graph.EdgeCount + PanelMatrix.TileRows) * _edgeStride));
        int rows = PanelMatrix.PaddedRows(Math.Max(BlockEdges, graph.MaxDegree));
        _update.EnsureCapacity(rows * _edgeStride);
        _heads.EnsureCapacity(rows * _headStride);
        _scores.EnsureCapacity(rows * _network.Layers[0].ScoreStride);
        _attention.EnsureCapacity(rows * _attentionStride);
    }

    private void Embed(NeighborGraph graph)
    {
        int stride = _network.NodeStride;
        for (int i = 0; i < graph.NodeCount; i++)
        {
            new ReadOnlySpan<float>(_network.Embedding.Pointer + (graph.Species[i] * stride), stride)
                .CopyTo(new Span<float>(_states.Pointer + ((nint)i * stride), stride));
        }
    }

    /// <summary>e_ij,m = exp(-((d - μ_m)/σ)²), the bracket in double.</summary>
    private void ExpandDistances(NeighborGraph graph)
    {
        ReadOnlySpan<double> distances = graph.Distances;
        double* centers = _network.Centers.Pointer;
        Vector256<double> inverse = Vector256.Create(1 / _shape.Gaussian.Sigma);
        Vector256<float> largest = Vector256.Create(LargestExponent);
        float* row = _edges.Pointer;
        for (int e = 0; e < distances.Length; e++)
        {
            Vector256<double> d = Vector256.Create(distances[e]);
            for (int m = 0; m < _edgeStride; m += 8)
            {
                Vector256<float> t = Vector256.Narrow(
                    (d - Vector256.Load(centers + m)) * inverse, (d - Vector256.Load(centers + m + 4)) * inverse);
                Vector256<float> square = t * t;
                Vector256.BitwiseAnd(Elementary.Exp(-square), Vector256.LessThan(square, largest)).Store(row + m);
            }

            row += _edgeStride;
        }
    }

    private void Convolve<TActivation>(FoldedLayer layer, NeighborGraph graph)
        where TActivation : struct, IActivationLanes
    {
        int nodes = graph.NodeCount;
        FillRows(_own.Pointer, layer.NodeBias.Pointer, layer.NodeStride, nodes);
        _other.Span(nodes * layer.NodeStride).Clear();
        layer.Own.Accumulate(_states.Pointer, _network.NodeStride, nodes, _own.Pointer, layer.NodeStride);
        layer.Other.Accumulate(_states.Pointer, _network.NodeStride, nodes, _other.Pointer, layer.NodeStride);

        ReadOnlySpan<int> offsets = graph.Offsets;
        for (int first = 0; first < nodes;)
        {
            int end = first + 1;
            while (end < nodes && offsets[end + 1] - offsets[first] <= BlockEdges)
            {
                end++;
            }

            UpdateEdges<TActivation>(layer, graph, first, end);
            for (int i = first; i < end; i++)
            {
                Pool<TActivation>(layer, i, offsets[i] - offsets[first], offsets[i + 1] - offsets[i]);
            }

            first = end;
        }

        Remember<TActivation>(layer, nodes);
    }

    /// <summary>
    /// e'_ij = act(e_ij + W₁h_i + W₂h_j + W₃e_ij) in place for the edges of nodes first … end-1, and from it their hidden
    /// attention features and values, left in the block's rows of <c>_heads</c>.
    /// </summary>
    private void UpdateEdges<TActivation>(FoldedLayer layer, NeighborGraph graph, int first, int end)
        where TActivation : struct, IActivationLanes
    {
        ReadOnlySpan<int> offsets = graph.Offsets, neighbors = graph.Neighbors;
        int edgeStride = _edgeStride, headStride = _headStride;
        float* update = _update.Pointer;
        float* heads = _heads.Pointer;
        for (int i = first; i < end; i++)
        {
            float* own = _own.Pointer + ((nint)i * layer.NodeStride);
            for (int edge = offsets[i]; edge < offsets[i + 1]; edge++)
            {
                float* other = _other.Pointer + ((nint)neighbors[edge] * layer.NodeStride);
                Add(own, other, update, edgeStride);
                Add(own + edgeStride, other + edgeStride, heads, headStride);
                update += edgeStride;
                heads += headStride;
            }
        }

        int rows = offsets[end] - offsets[first];
        float* edges = _edges.Pointer + ((nint)offsets[first] * edgeStride);
        layer.Edge.Accumulate(edges, edgeStride, rows, _update.Pointer, edgeStride);
        float* pre = _update.Pointer;
        for (nint k = 0; k < (nint)rows * edgeStride; k += 8)
        {
            TActivation.Apply(Vector256.Load(edges + k) + Vector256.Load(pre + k)).Store(edges + k);
        }

        layer.Heads.Accumulate(edges, edgeStride, rows, _heads.Pointer, headStride);
    }

    /// <summary>Attention, messages and their sum for one node whose rows begin at <paramref name="row"/> of the block.</summary>
    private void Pool<TActivation>(FoldedLayer layer, int node, int row, int degree)
        where TActivation : struct, IActivationLanes
    {
        int width = _shape.ConcatenatedWidth, stride = _attentionStride;
        float* heads = _heads.Pointer + ((nint)row * _headStride);
        AttentionKernel.Softmax(
            heads, _headStride, degree, _shape.Heads, _shape.HeadWidth, layer.ScoreWeights.Pointer, layer.ScoreStride,
            _scores.Pointer);
        AttentionKernel.Spread(
            _scores.Pointer, layer.ScoreStride, degree, _shape.Heads, _shape.HeadWidth, _attention.Pointer, stride);
        float* pooled = _pooled.Pointer + ((nint)node * _pooledStride);
        for (int k = 0; k < width; k += 8)
        {
            Vector256<float> shift = Vector256.Load(layer.MessageShift.Pointer + k);
            Vector256<float> sum = Vector256<float>.Zero;
            float* attention = _attention.Pointer + k;
            float* value = heads + width + k;
            for (int j = 0; j < degree; j++)
            {
                sum += TActivation.Apply(
                    Vector256.FusedMultiplyAdd(Vector256.Load(attention), Vector256.Load(value), shift));
                attention += stride;
                value += _headStride;
            }

            sum.Store(pooled + k);
        }
    }

    /// <summary>h_i := h_i + scale·p_i + shift, with p_i mapped to width n where needed.</summary>
    private void Remember<TActivation>(FoldedLayer layer, int nodes)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.NodeStride;
        float* merged = _merged.Pointer;
        if (layer.Concatenation is not null)
        {
            FillRows(merged, layer.ConcatenationBias!.Pointer, stride, nodes);
            layer.Concatenation.Accumulate(_pooled.Pointer, _pooledStride, nodes, merged, stride);
            for (nint k = 0; k < (nint)nodes * stride; k += 8)
            {
                TActivation.Apply(Vector256.Load(merged + k)).Store(merged + k);
            }
        }
        else
        {
            for (int i = 0; i < nodes; i++)
            {
                AttentionKernel.ConcatenateHeads(
                    _pooled.Pointer + ((nint)i * _pooledStride), merged + ((nint)i * stride), _shape.Heads, _shape.HeadWidth);
            }
        }

        float* state = _states.Pointer;
        for (int i = 0; i < nodes; i++)
        {
            for (int c = 0; c < stride; c += 8)
            {
                Vector256<float> change = Vector256.FusedMultiplyAdd(
                    Vector256.Load(merged + c),
                    Vector256.Load(layer.OutputScale.Pointer + c),
                    Vector256.Load(layer.OutputShift.Pointer + c));
                (Vector256.Load(state + c) + change).Store(state + c);
            }

            merged += stride;
            state += stride;
        }
    }

    private void ReadOut<TActivation>(int nodes, Span<double> outputs)
        where TActivation : struct, IActivationLanes
    {
        float* x = _states.Pointer;
        int xStride = _network.NodeStride;
        for (int map = 0; map < _readout.Length; map++)
        {
            PanelMatrix matrix = _network.ReadoutMaps[map];
            float* y = _readout[map].Pointer;
            FillRows(y, _network.ReadoutBiases[map].Pointer, matrix.Width, nodes);
            matrix.Accumulate(x, xStride, nodes, y, matrix.Width);
            for (nint k = 0; map < _readout.Length - 1 && k < (nint)nodes * matrix.Width; k += 8)
            {
                TActivation.Apply(Vector256.Load(y + k)).Store(y + k);
            }

            x = y;
            xStride = matrix.Width;
        }

        for (int i = 0; i < nodes; i++)
        {
            outputs[i] = x[(nint)i * xStride];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* a, float* b, float* sum, int length)
    {
        for (int k = 0; k < length; k += 8)
        {
            (Vector256.Load(a + k) + Vector256.Load(b + k)).Store(sum + k);
        }
    }

    private static void FillRows(float* rows, float* row, int stride, int count)
    {
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(row, stride).CopyTo(new Span<float>(rows + ((nint)i * stride), stride));
        }
    }
}
