using BenchmarkDotNet.Attributes;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Training;

namespace Glasswright.Benchmarks;

/// <summary>Forward pass in training mode, backward pass and Adam for the paper's network on one glass; one thread.</summary>
[MemoryDiagnoser]
public class TrainingStep
{
    private readonly TrainingSettings _settings = new();
    private ParameterSet _parameters = null!;
    private TrainableNetwork _network = null!;
    private GraphBatch _batch = null!;
    private Adam _optimizer = null!;
    private float[] _gradient = [];
    private long _epoch;

    /// <summary>Number of atoms.</summary>
    [Params(864, 4000)]
    public int Atoms { get; set; }

    /// <summary>Assembles the batch; its edges stay the same.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var architecture = new Architecture();
        _parameters = Sample.Model().Parameters;
        _network = TrainableNetwork.Create(_parameters, SerialRunner.Instance);
        _optimizer = new Adam(_settings, _parameters.Layout);
        NeighborGraph graph = new NeighborGraphBuilder(architecture.Cutoff).Build(Sample.Glass(Atoms), [0, 1]);
        _batch = new GraphBatch(architecture);
        _batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
        _gradient = new float[Atoms];
    }

    /// <summary>One step toward the target 0; the prediction of the first atom.</summary>
    [Benchmark]
    public float Step()
    {
        ReadOnlySpan<float> prediction = _network.Forward(_batch, NormMode.Batch, _settings.Dropout, _settings.Seed, ++_epoch);
        for (int i = 0; i < prediction.Length; i++)
        {
            _gradient[i] = 2 * prediction[i] / prediction.Length;
        }

        float first = prediction[0];
        _network.Backward(_gradient);
        _optimizer.Step(_parameters, _network.Gradients, _settings.LearningRate);
        return first;
    }
}
