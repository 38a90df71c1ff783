using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;

namespace Glasswright.Benchmarks;

/// <summary>The paper's network on whole glasses, with the graph and without; one thread.</summary>
[MemoryDiagnoser]
public class NetworkInference : IDisposable
{
    private AtomicStructure _glass = null!;
    private InferenceEngine _engine = null!;
    private double[] _values = [];

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000, 16000)]
    public int Atoms { get; set; }

    /// <summary>One untimed pass, which reserves the buffers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _glass = Sample.Glass(Atoms);
        _engine = new InferenceEngine(Sample.Model());
        _values = new double[Atoms];
        _engine.Predict(_glass, _values);
    }

    /// <summary>A pass on a graph that stands.</summary>
    [Benchmark]
    public void Graph() => _engine.Predict(_engine.Graph, _values);

    /// <summary>The graph and a pass on it.</summary>
    [Benchmark]
    public void Structure() => _engine.Predict(_glass, _values);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _engine?.Dispose();
        GC.SuppressFinalize(this);
    }
}
