using Glasswright.Kernels.Memory;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Inference;

/// <summary>
/// What the full evaluation of a committed structure leaves for its trials: graph, values and, per layer, node states with their
/// parts W₁h and W₂h. Written once by <see cref="Evaluate"/>, then read-only and shared by any number of
/// <see cref="IncrementalInference"/>; the owner evaluates again when the chain commits and nobody reads.
/// </summary>
/// <remarks>
/// At 16,000 atoms and the default size 16 MB of states and 90 MB of parts. Edge states are not kept (146 MB): a node that becomes
/// due recomputes those of its edges.
/// </remarks>
internal sealed unsafe class BaseStates : IDisposable
{
    private readonly AlignedBuffer<float>[] _states;
    private readonly AlignedBuffer<float>[] _parts;
    private double[] _values = [];

    /// <summary>Empty states for a network.</summary>
    public BaseStates(FoldedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network = network;
        _states = [.. Enumerable.Range(0, network.Layers.Length + 1).Select(_ => new AlignedBuffer<float>())];
        _parts = [.. network.Layers.Select(_ => new AlignedBuffer<float>())];
    }

    /// <summary>The weights the states belong to.</summary>
    public FoldedNetwork Network { get; }

    /// <summary>The committed structure's graph.</summary>
    public NeighborGraph Graph { get; } = new();

    /// <summary>De-normalized value of every atom: the bits of the full evaluation.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Graph.NodeCount);

    /// <summary>Evaluates a structure in full and keeps what its trials need.</summary>
    /// <param name="engine">An engine of the same network.</param>
    /// <param name="structure">The committed structure.</param>
    public void Evaluate(InferenceEngine engine, AtomicStructure structure)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(structure);
        if (!ReferenceEquals(engine.Network, Network))
        {
            throw new ArgumentException("The engine runs another network.", nameof(engine));
        }

        engine.BuildGraph(structure, Graph);
        int nodes = Graph.NodeCount, stride = Network.NodeStride, partStride = 2 * Network.Layers[0].PartStride;
        if (_values.Length < nodes)
        {
            _values = new double[nodes];
        }

        engine.Predict(Graph, _values.AsSpan(0, nodes), layer =>
        {
            _states[layer].EnsureCapacity(checked(PanelMatrix.PaddedRows(nodes) * stride));
            bool isUsed = layer < _parts.Length && (layer > 0 || Network.FirstLayer is null);
            for (int i = 0; i < nodes; i++)
            {
                engine.StateRow(i).CopyTo(new Span<float>(State(layer, i), stride));
            }

            if (isUsed)
            {
                _parts[layer].EnsureCapacity(checked(PanelMatrix.PaddedRows(nodes) * partStride));
                Network.Layers[layer].FillParts(_states[layer].Pointer, stride, nodes, _parts[layer].Pointer);
            }
        });
    }

    /// <summary>State of a node before layer <paramref name="layer"/>, [NodeStride].</summary>
    internal float* State(int layer, int node) => _states[layer].Pointer + ((nint)node * Network.NodeStride);

    /// <summary>W₁h and W₂h of a node for a layer; null for layer 0 if it is a table.</summary>
    internal float* Parts(int layer, int node) =>
        _parts[layer].Pointer == null ? null : _parts[layer].Pointer + ((nint)node * 2 * Network.Layers[0].PartStride);

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_states, buffer => buffer.Dispose());
        Array.ForEach(_parts, buffer => buffer.Dispose());
    }
}
