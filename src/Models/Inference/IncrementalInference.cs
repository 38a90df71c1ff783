using System.Runtime.Intrinsics;
using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// Values of a trial structure from those of its committed structure: only what changed is computed again.
/// </summary>
/// <remarks>
/// <para>
/// The trial's graph is built in full, from the trial's positions, by the code of the full evaluation. A node is due at the first
/// layer if its species, a neighbor's species, its set of neighbors or, beyond <see cref="IncrementalThresholds.Length"/>, the length
/// of an edge changed; at a later layer also if its own or a neighbor's state changed, beyond <see cref="IncrementalThresholds.State"/>,
/// at the layer before. A due node stays due. When it becomes due later, its edge states are made from the first layer on.
/// All arithmetic is the full evaluation's, so with thresholds of zero every value has its bits.
/// </para>
/// <para>
/// Nothing is kept from one trial to the next but the buffers; after the first trials nothing is allocated. Not for concurrent use:
/// one a thread, <see cref="BaseStates"/> shared.
/// </para>
/// </remarks>
internal sealed unsafe class IncrementalInference : IDisposable
{
    private readonly InferenceEngine _engine;
    private readonly FoldedNetwork _network;
    private readonly Convolution _convolution;
    private readonly NodeMaps _maps;
    private readonly NeighborGraph _graph = new();
    private readonly AlignedBuffer<float> _edges = new();
    private readonly AlignedBuffer<float> _states = new();
    private readonly AlignedBuffer<float> _pooled = new();
    private readonly AlignedBuffer<float>[] _changedStates;
    private readonly AlignedBuffer<float>[] _changedParts;
    private readonly AlignedBuffer<nint>[] _partRows;
    private readonly AlignedBuffer<double> _outputs = new();
    private int[] _due = [];
    private bool[] _isDue = [];
    private int[] _changed = [];
    private bool[] _hasMoved = [];
    private int _dueCount;
    private int _edgeRows;

    /// <summary>Buffers for trials of a model.</summary>
    /// <param name="engine">Gives graphs their species; the caller disposes of it.</param>
    public IncrementalInference(InferenceEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _network = engine.Network;
        _convolution = new Convolution(_network);
        _maps = new NodeMaps(_network);
        int layers = _network.Layers.Length;
        _changedStates = [.. Enumerable.Range(0, layers).Select(_ => new AlignedBuffer<float>())];
        _changedParts = [.. Enumerable.Range(0, layers).Select(_ => new AlignedBuffer<float>())];
        _partRows = [.. Enumerable.Range(0, layers).Select(_ => new AlignedBuffer<nint>())];
    }

    /// <summary>The graph of the last trial.</summary>
    public NeighborGraph Graph => _graph;

    /// <summary>Nodes whose values the last trial computed again.</summary>
    public ReadOnlySpan<int> Recomputed => _due.AsSpan(0, _dueCount);

    /// <summary>Node-layers computed over those of a full evaluation, in the last trial.</summary>
    public double Share { get; private set; }

    /// <summary>Predicts the de-normalized value of every atom of a trial.</summary>
    /// <param name="committed">The full evaluation of the structure that the trial comes from; is not written.</param>
    /// <param name="trial">As many atoms in the same order.</param>
    /// <param name="thresholds">What may be overlooked.</param>
    /// <param name="values">One value per atom.</param>
    public void Predict(BaseStates committed, AtomicStructure trial, IncrementalThresholds thresholds, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(committed);
        ArgumentNullException.ThrowIfNull(trial);
        int nodes = committed.Graph.NodeCount;
        if (!ReferenceEquals(committed.Network, _network) || trial.Count != nodes || values.Length != nodes)
        {
            throw new ArgumentException("The committed states belong to another network or another number of atoms.", nameof(committed));
        }

        _engine.BuildGraph(trial, _graph);
        switch (_network.Architecture.Activation)
        {
            case Activation.Softplus:
                Predict<SoftplusLanes>(committed, thresholds, values);
                break;
            case Activation.Sigmoid:
                Predict<SigmoidLanes>(committed, thresholds, values);
                break;
            case Activation.Relu:
                Predict<ReluLanes>(committed, thresholds, values);
                break;
            case Activation.LeakyRelu:
                Predict<LeakyReluLanes>(committed, thresholds, values);
                break;
            default:
                throw new InvalidOperationException($"Activation {_network.Architecture.Activation} has no lanes.");
        }

        GC.KeepAlive(this);
        GC.KeepAlive(committed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _convolution.Dispose();
        _maps.Dispose();
        _edges.Dispose();
        _states.Dispose();
        _pooled.Dispose();
        _outputs.Dispose();
        Array.ForEach(_changedStates, buffer => buffer.Dispose());
        Array.ForEach(_changedParts, buffer => buffer.Dispose());
        Array.ForEach(_partRows, buffer => buffer.Dispose());
    }

    private void Predict<TActivation>(BaseStates committed, IncrementalThresholds thresholds, Span<double> values)
        where TActivation : struct, IActivationLanes
    {
        int layers = _network.Layers.Length, first = _network.FirstLayer is null ? 0 : 1;
        long computed = 0;
        Begin(committed);
        if (first == 0)
        {
            PointAtSpecies();
        }

        MarkSeeds(committed, thresholds.Length);
        for (int layer = 0; layer < layers; layer++)
        {
            int before = _dueCount;
            if (layer == 0)
            {
                before = 0;
                AdmitSeeds();
            }
            else
            {
                AdmitChanged(committed, layer, thresholds.State);
            }

            EnterNew<TActivation>(committed, layer, before, first);
            ReadOnlySpan<int> due = _due.AsSpan(0, _dueCount);
            if (_dueCount == 0)
            {
                break;
            }

            _pooled.EnsureCapacity(checked(PanelMatrix.PaddedRows(_dueCount) * _convolution.PooledStride));
            _convolution.Run<TActivation>(
                layer, _graph, due, (float**)_partRows[layer].Pointer, _edges.Pointer, _pooled.Pointer);
            _maps.Remember<TActivation>(
                _network.Layers[layer], _pooled.Pointer, _convolution.PooledStride, _states.Pointer, _states.Pointer, _dueCount);
            computed += _dueCount;
        }

        committed.Values.CopyTo(values);
        Share = values.Length == 0 ? 0 : computed / ((double)layers * values.Length);
        _outputs.EnsureCapacity(PanelMatrix.PaddedRows(_dueCount));
        _maps.ReadOut<TActivation>(_states.Pointer, _dueCount, _outputs.Span(_dueCount));
        TargetNormalization target = _network.Architecture.Target;
        for (int place = 0; place < _dueCount; place++)
        {
            values[_due[place]] = target.Mean + (target.Std * _outputs.Pointer[place]);
        }
    }

    /// <summary>No node is due; all parts are those of the committed structure.</summary>
    private void Begin(BaseStates committed)
    {
        int nodes = _graph.NodeCount;
        if (_due.Length < nodes)
        {
            _due = new int[nodes];
            _isDue = new bool[nodes];
            _changed = new int[nodes];
            _hasMoved = new bool[nodes];
        }

        Array.Clear(_isDue, 0, nodes);
        _dueCount = _edgeRows = 0;
        for (int layer = 0; layer < _partRows.Length; layer++)
        {
            _partRows[layer].EnsureCapacity(nodes);
            for (int i = 0; i < nodes; i++)
            {
                _partRows[layer].Pointer[i] = (nint)committed.Parts(layer, i);
            }
        }
    }

    /// <summary>Without a table the first layer has parts too, one of each species: those of the nodes whose species changed.</summary>
    private void PointAtSpecies()
    {
        int stride = _network.NodeStride, partStride = 2 * _network.Layers[0].PartStride, species = _network.Architecture.Species.Count;
        _changedStates[0].EnsureCapacity(PanelMatrix.PaddedRows(species) * stride);
        _network.Embedding.Span(species * stride).CopyTo(_changedStates[0].Span(species * stride));
        _changedParts[0].EnsureCapacity(PanelMatrix.PaddedRows(species) * partStride);
        _network.Layers[0].FillParts(_changedStates[0].Pointer, stride, species, _changedParts[0].Pointer);
        for (int i = 0; i < _graph.NodeCount; i++)
        {
            _partRows[0].Pointer[i] = (nint)(_changedParts[0].Pointer + ((nint)_graph.Species[i] * partStride));
        }
    }

    /// <summary>Marks nodes that the trial's graph itself makes due, in <c>_hasMoved</c>.</summary>
    private void MarkSeeds(BaseStates committed, double threshold)
    {
        NeighborGraph before = committed.Graph;
        ReadOnlySpan<int> offsets = _graph.Offsets, oldOffsets = before.Offsets;
        ReadOnlySpan<int> neighbors = _graph.Neighbors, oldNeighbors = before.Neighbors;
        ReadOnlySpan<int> species = _graph.Species, oldSpecies = before.Species;
        ReadOnlySpan<double> distances = _graph.Distances, oldDistances = before.Distances;
        for (int i = 0; i < _graph.NodeCount; i++)
        {
            int e = offsets[i], old = oldOffsets[i], degree = offsets[i + 1] - e;
            bool moved = species[i] != oldSpecies[i] || degree != oldOffsets[i + 1] - old;
            for (int k = 0; !moved && k < degree; k++)
            {
                int j = neighbors[e + k];
                moved = j != oldNeighbors[old + k] || species[j] != oldSpecies[j]
                    || !(Math.Abs(distances[e + k] - oldDistances[old + k]) <= threshold);
            }

            _hasMoved[i] = moved;
        }
    }

    private void AdmitSeeds()
    {
        foreach (int i in _graph.Order)
        {
            if (_hasMoved[i])
            {
                Admit(i);
            }
        }
    }

    private void Admit(int node)
    {
        _isDue[node] = true;
        _due[_dueCount++] = node;
    }

    /// <summary>
    /// Finds the due nodes whose state before this layer differs from the committed one, makes their parts, and admits their
    /// neighbors.
    /// </summary>
    private void AdmitChanged(BaseStates committed, int layer, double threshold)
    {
        int stride = _network.NodeStride, partStride = 2 * _network.Layers[layer].PartStride, changed = 0;
        AlignedBuffer<float> states = _changedStates[layer], parts = _changedParts[layer];
        states.EnsureCapacity(checked(PanelMatrix.PaddedRows(_dueCount) * stride));
        for (int place = 0; place < _dueCount; place++)
        {
            float* state = _states.Pointer + ((nint)place * stride);
            if (Differs(state, committed.State(layer, _due[place]), stride, threshold))
            {
                new ReadOnlySpan<float>(state, stride).CopyTo(new Span<float>(states.Pointer + ((nint)changed * stride), stride));
                _changed[changed++] = _due[place];
            }
        }

        parts.EnsureCapacity(checked(PanelMatrix.PaddedRows(changed) * partStride));
        _network.Layers[layer].FillParts(states.Pointer, stride, changed, parts.Pointer);
        ReadOnlySpan<int> offsets = _graph.Offsets, neighbors = _graph.Neighbors;
        for (int k = 0; k < changed; k++)
        {
            int node = _changed[k];
            _partRows[layer].Pointer[node] = (nint)(parts.Pointer + ((nint)k * partStride));
            foreach (int j in neighbors[offsets[node]..offsets[node + 1]])
            {
                if (!_isDue[j])
                {
                    Admit(j);
                }
            }
        }
    }

    private static bool Differs(float* a, float* b, int length, double threshold)
    {
        Vector256<float> limit = Vector256.Create((float)threshold);
        for (int k = 0; k < length; k += 8)
        {
            // A NaN is a difference too.
            Vector256<float> change = Vector256.Abs(Vector256.Load(a + k) - Vector256.Load(b + k));
            if (!Vector256.LessThanOrEqualAll(change, limit))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>State and edge states before a layer for nodes that become due there.</summary>
    private void EnterNew<TActivation>(BaseStates committed, int layer, int before, int first)
        where TActivation : struct, IActivationLanes
    {
        int stride = _network.NodeStride;
        _states.EnsureCapacity(checked(PanelMatrix.PaddedRows(_dueCount) * stride));
        int rows = 0;
        for (int place = before; place < _dueCount; place++)
        {
            int node = _due[place];
            float* state = layer == 0
                ? _network.Embedding.Pointer + (_graph.Species[node] * stride)
                : committed.State(layer, node);
            new ReadOnlySpan<float>(state, stride).CopyTo(new Span<float>(_states.Pointer + ((nint)place * stride), stride));
            rows += _graph.Offsets[node + 1] - _graph.Offsets[node];
        }

        _edges.EnsureCapacity(_convolution.EdgeCapacity(_edgeRows + rows));
        float* edges = _edges.Pointer + ((nint)_edgeRows * _convolution.EdgeStride);
        ReadOnlySpan<int> entered = _due.AsSpan(before, _dueCount - before);
        if (first == 0)
        {
            _convolution.ExpandDistances(_graph, entered, edges);
        }

        for (int earlier = first; earlier < layer; earlier++)
        {
            _convolution.RunEdges<TActivation>(earlier, _graph, entered, (float**)_partRows[earlier].Pointer, edges);
        }

        _edgeRows += rows;
    }
}
