using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference.Devices;

/// <summary>
/// The network of <see cref="ReferenceNetwork"/> on an OpenCL device, in single precision: all nodes and edges of a graph, or of a batch of graphs,
/// layer by layer. An atom's numbers depend on its graph alone, not on what shares the batch. Belongs to one thread.
/// </summary>
internal sealed class OpenClInference : IDisposable
{
    private const int Group = 64;

    private readonly DeviceQueue _queue;
    private readonly OpenClNetwork _network;
    private readonly Architecture _shape;
    private readonly DeviceProgram _program;
    private readonly DeviceKernel _embed;
    private readonly DeviceKernel _gaussians;
    private readonly DeviceKernel _parts;
    private readonly DeviceKernel _convolve;
    private readonly DeviceKernel _remember;
    private readonly DeviceKernel _readout;
    private Buffers? _on;
    private float[] _results = [];

    /// <summary>Compiles the network's kernels for a device.</summary>
    /// <exception cref="InputException">The network has a part that the device path lacks.</exception>
    public OpenClInference(DeviceQueue queue, ParameterSet parameters)
    {
        _queue = queue;
        _network = new OpenClNetwork(queue, parameters);
        _shape = _network.Architecture;
        _program = new DeviceProgram(
            queue,
            Sources,
            typeof(OpenClInference).Assembly,
            ("GROUP", $"{Group}"),
            ("NODE", $"{_shape.NodeWidth}"),
            ("EDGE", $"{_shape.EdgeWidth}"),
            ("HEADS", $"{_shape.Heads}"),
            ("FEATURES", $"{_shape.HeadWidth}"),
            ("HAS_MAP", _shape.HasConcatenationMap ? "1" : "0"),
            ("ACTIVATION", _shape.Activation switch
            {
                Activation.Softplus => "SOFTPLUS",
                Activation.Sigmoid => "SIGMOID",
                Activation.Relu => "RELU",
                _ => "LEAKY_RELU",
            }),
            ("POOLING", _shape.Pooling switch
            {
                Pooling.Mean => "POOL_MEAN",
                Pooling.Max => "POOL_MAX",
                _ => "POOL_SUM",
            }));
        _embed = _program.Kernel("embed");
        _gaussians = _program.Kernel("gaussians");
        _parts = _program.Kernel("parts");
        _convolve = _program.Kernel("convolve");
        _remember = _program.Kernel("remember");
        _readout = _program.Kernel("readout");
    }

    /// <summary>The files in their order.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        ["network.cl", "embed.cl", "gaussians.cl", "parts.cl", "convolve.cl", "remember.cl", "readout.cl"];

    /// <summary>The de-normalized value of every node of a graph.</summary>
    public void Predict(NeighborGraph graph, Span<double> values)
    {
        Evaluate(graph, values);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _shape.Target.Mean + (_shape.Target.Std * values[i]);
        }
    }

    /// <summary>The network's output of every node, not de-normalized.</summary>
    /// <param name="graph">Nodes and edges.</param>
    /// <param name="outputs">One number a node.</param>
    /// <param name="observe">Is shown the node states [N·n] after the embedding (0) and after each layer (1 … N); for tests, since it waits each time.</param>
    /// <exception cref="InputException">A node has more neighbors than the device's local memory holds.</exception>
    public void Evaluate(NeighborGraph graph, Span<double> outputs, Action<int, float[]>? observe = null)
    {
        if (outputs.Length != graph.NodeCount)
        {
            throw new ArgumentException($"{graph.NodeCount} nodes need as many outputs, not {outputs.Length}.", nameof(outputs));
        }

        if (graph.NodeCount == 0)
        {
            return;
        }

        Buffers on = Reserve(graph);
        int degree = Math.Max(1, graph.MaxDegree), joined = _shape.ConcatenatedWidth;
        on.Species.Write(graph.Species);
        on.Offsets.Write(graph.Offsets);
        on.Neighbors.Write(graph.Neighbors);
        on.Distances.Write(graph.Distances);
        _embed.Set(0, on.Species).Set(1, _network.Embedding).Set(2, on.States).Set(3, graph.NodeCount).Enqueue(Group, Groups((long)graph.NodeCount * _shape.NodeWidth));
        _gaussians.Set(0, on.Distances).Set(1, _network.Centers).Set(2, on.Edges).Set(3, graph.EdgeCount).Set(4, 1 / _shape.Gaussian.Sigma);
        if (graph.EdgeCount > 0)
        {
            _gaussians.Enqueue(Group, Groups((long)graph.EdgeCount * _shape.EdgeWidth));
        }

        Show(0);
        _convolve.SetLocal<float>(9, degree * joined).SetLocal<float>(10, degree * _shape.Heads);
        for (int index = 0; index < _network.Layers.Count; index++)
        {
            OpenClLayer layer = _network.Layers[index];
            _parts.Set(0, on.States).Set(1, layer.Parts).Set(2, layer.PartBias).Set(3, on.Parts).Enqueue(Group, Groups(2L * PartWidth), graph.NodeCount);
            _convolve.Set(0, on.Offsets).Set(1, on.Neighbors).Set(2, on.Parts).Set(3, on.Edges).Set(4, layer.Edge).Set(5, layer.Heads)
                .Set(6, layer.Scores).Set(7, layer.MessageShift).Set(8, on.Pooled).Set(11, index == _network.Layers.Count - 1 ? 1 : 0)
                .Enqueue(Group, graph.NodeCount);
            _remember.Set(0, on.Pooled).Set(1, layer.Concatenation).Set(2, layer.ConcatenationBias).Set(3, layer.OutputScale).Set(4, layer.OutputShift)
                .Set(5, on.States).Set(6, graph.NodeCount).Enqueue(Group, Groups((long)graph.NodeCount * _shape.NodeWidth));
            Show(index + 1);
        }

        _readout.Set(0, on.States).Set(1, _network.Readout).Set(2, _network.ReadoutWidths).Set(3, on.Outputs)
            .SetLocal<float>(4, _network.Widest).SetLocal<float>(5, _network.Widest).Set(6, _network.ReadoutMaps).Enqueue(Group, graph.NodeCount);
        if (_results.Length < graph.NodeCount)
        {
            _results = new float[graph.NodeCount];
        }

        on.Outputs.Read(_results.AsSpan(0, graph.NodeCount));
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = _results[i];
        }

        void Show(int layer)
        {
            if (observe is not null)
            {
                float[] states = new float[graph.NodeCount * _shape.NodeWidth];
                on.States.Read(states);
                observe(layer, states);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Finish();
        _on?.Dispose();
        _program.Dispose();
        _network.Dispose();
    }

    private int PartWidth => _shape.EdgeWidth + (2 * _shape.ConcatenatedWidth);

    private static int Groups(long items) => checked((int)((items + Group - 1) / Group));

    private Buffers Reserve(NeighborGraph graph)
    {
        // Rows of one node stay in the device's local memory, beside what the kernel has of its own.
        long local = 4L * graph.MaxDegree * (_shape.ConcatenatedWidth + _shape.Heads);
        long own = 4L * 8 * ((2 * _shape.EdgeWidth) + _shape.ConcatenatedWidth);
        if (local + own > _queue.Device.LocalMemory)
        {
            throw new InputException(
                "an atom has too many neighbors for the device's local memory", expected: $"at most {(_queue.Device.LocalMemory - own) / (4L * (_shape.ConcatenatedWidth + _shape.Heads))}",
                found: $"{graph.MaxDegree}");
        }

        if (_on is null || _on.Nodes < graph.NodeCount || _on.EdgeCount < graph.EdgeCount)
        {
            _on?.Dispose();
            _on = null;
            _on = new Buffers(_queue, _shape, PartWidth, graph.NodeCount, Math.Max(1, graph.EdgeCount * 9L / 8));
        }

        return _on;
    }

    /// <summary>What one graph needs on the device.</summary>
    private sealed class Buffers(DeviceQueue queue, Architecture shape, int partWidth, int nodes, long edges) : IDisposable
    {
        public int Nodes { get; } = nodes;

        public long EdgeCount { get; } = edges;

        public DeviceBuffer<int> Species { get; } = new(queue, nodes);

        public DeviceBuffer<int> Offsets { get; } = new(queue, nodes + 1);

        public DeviceBuffer<int> Neighbors { get; } = new(queue, edges);

        public DeviceBuffer<double> Distances { get; } = new(queue, edges);

        public DeviceBuffer<float> States { get; } = new(queue, (long)nodes * shape.NodeWidth);

        public DeviceBuffer<float> Parts { get; } = new(queue, 2L * nodes * partWidth);

        public DeviceBuffer<float> Edges { get; } = new(queue, edges * shape.EdgeWidth);

        public DeviceBuffer<float> Pooled { get; } = new(queue, (long)nodes * shape.ConcatenatedWidth);

        public DeviceBuffer<float> Outputs { get; } = new(queue, nodes);

        public void Dispose()
        {
            foreach (IDisposable buffer in (IDisposable[])[Species, Offsets, Neighbors, Distances, States, Parts, Edges, Pooled, Outputs])
            {
                buffer.Dispose();
            }
        }
    }
}
