using Glasswright.Kernels.Memory;
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
internal sealed unsafe class InferenceEngine : IPredictor
{
    private readonly FoldedNetwork _network;
    private readonly bool _ownsNetwork;
    private readonly Architecture _shape;
    private readonly ModelGraph _builder;
    private readonly NeighborGraph _graph = new();
    private readonly Convolution _convolution;
    private readonly NodeMaps _maps;
    private readonly AlignedBuffer<float> _states = new();
    private readonly AlignedBuffer<float> _parts = new();
    private readonly AlignedBuffer<nint> _partRows = new();
    private readonly AlignedBuffer<float> _pooled = new();
    private readonly AlignedBuffer<float> _edges = new();
    private readonly AlignedBuffer<double> _outputs = new();
    private int[] _places = [];

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
        _shape = network.Architecture;
        _builder = new ModelGraph(_shape.Cutoff, model);
        _convolution = new Convolution(network);
        _maps = new NodeMaps(network);
    }

    /// <summary>The network's shape.</summary>
    public Architecture Architecture => _shape;

    /// <summary>The graph of the structure predicted last.</summary>
    public NeighborGraph Graph => _graph;

    /// <summary>The folded weights.</summary>
    public FoldedNetwork Network => _network;

    /// <summary>The graph of a structure, with the bits that <see cref="Predict(AtomicStructure, Span{double})"/> works on.</summary>
    public void BuildGraph(AtomicStructure structure, NeighborGraph graph) => _builder.Build(structure, graph);

    /// <inheritdoc/>
    public void Predict(AtomicStructure structure, Span<double> values)
    {
        BuildGraph(structure, _graph);
        Predict(_graph, values);
    }

    /// <summary>Predicts the de-normalized value of every node of a graph.</summary>
    /// <param name="graph">Nodes and edges.</param>
    /// <param name="values">One value per node.</param>
    /// <param name="observe">As in <see cref="Evaluate(NeighborGraph, Span{double}, Action{int})"/>.</param>
    public void Predict(NeighborGraph graph, Span<double> values, Action<int>? observe = null)
    {
        Evaluate(graph, values, observe);
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

        RequireWithinCutoff(graph);

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
        new(_states.Pointer + ((nint)_places[node] * _network.NodeStride), _shape.NodeWidth);

    /// <summary>The whole row of a node, padding and the cell of a recurrent network included; valid as <see cref="NodeState"/>.</summary>
    internal ReadOnlySpan<float> StateRow(int node) =>
        new(_states.Pointer + ((nint)_places[node] * _network.NodeStride), _network.NodeStride);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsNetwork)
        {
            _network.Dispose();
        }

        _convolution.Dispose();
        _maps.Dispose();
        _states.Dispose();
        _parts.Dispose();
        _partRows.Dispose();
        _pooled.Dispose();
        _edges.Dispose();
        _outputs.Dispose();
    }

    /// <summary>The table of the first layer ends at the cutoff.</summary>
    private void RequireWithinCutoff(NeighborGraph graph)
    {
        foreach (double distance in graph.Distances)
        {
            if (!(distance >= 0 && distance <= _shape.Cutoff))
            {
                throw new ArgumentException($"An edge of {distance} Å does not belong into a graph with a cutoff of {_shape.Cutoff} Å.", nameof(graph));
            }
        }
    }

    private void Evaluate<TActivation>(NeighborGraph graph, Span<double> outputs, Action<int>? observe)
        where TActivation : struct, IActivationLanes
    {
        Reserve(graph);
        Embed(graph);
        if (_network.FirstLayer is null)
        {
            _convolution.ExpandDistances(graph, graph.Order, _edges.Pointer);
        }

        observe?.Invoke(0);
        for (int index = 0; index < _network.Layers.Length; index++)
        {
            FoldedLayer layer = _network.Layers[index];
            if (index > 0 || _network.FirstLayer is null)
            {
                layer.FillParts(_states.Pointer, _network.NodeStride, graph.NodeCount, _parts.Pointer);
            }

            _convolution.Run<TActivation>(
                index, graph, graph.Order, (float**)_partRows.Pointer, _edges.Pointer, _pooled.Pointer);
            _maps.Remember<TActivation>(
                layer, _pooled.Pointer, _convolution.PooledStride, _states.Pointer, _states.Pointer, graph.NodeCount);
            observe?.Invoke(index + 1);
        }

        _maps.ReadOut<TActivation>(_states.Pointer, graph.NodeCount, _outputs.Span(graph.NodeCount));
        for (int place = 0; place < graph.NodeCount; place++)
        {
            outputs[graph.Order[place]] = _outputs.Pointer[place];
        }
    }

    private void Reserve(NeighborGraph graph)
    {
        int nodes = PanelMatrix.PaddedRows(graph.NodeCount), partStride = 2 * _network.Layers[0].PartStride;
        _states.EnsureCapacity(checked(nodes * _network.NodeStride));
        _pooled.EnsureCapacity(checked(nodes * _convolution.PooledStride));
        _edges.EnsureCapacity(_convolution.EdgeCapacity(graph.EdgeCount));
        _parts.EnsureCapacity(checked(nodes * partStride));
        _partRows.EnsureCapacity(nodes);
        _outputs.EnsureCapacity(nodes);
        if (_places.Length < graph.NodeCount)
        {
            _places = new int[graph.NodeCount];
        }

        for (int place = 0; place < graph.NodeCount; place++)
        {
            int node = graph.Order[place];
            _places[node] = place;
            _partRows.Pointer[node] = (nint)(_parts.Pointer + ((nint)place * partStride));
        }
    }

    private void Embed(NeighborGraph graph)
    {
        int stride = _network.NodeStride;
        for (int place = 0; place < graph.NodeCount; place++)
        {
            new ReadOnlySpan<float>(_network.Embedding.Pointer + (graph.Species[graph.Order[place]] * stride), stride)
                .CopyTo(new Span<float>(_states.Pointer + ((nint)place * stride), stride));
        }
    }
}
