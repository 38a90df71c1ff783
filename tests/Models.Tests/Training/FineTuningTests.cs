using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

/// <summary>
/// Fine-tuning with frozen statistics. That gradients hold in that mode is the business of <c>GradientTests</c>, that its forward pass is PyTorch's
/// evaluation mode that of <c>TrainingReferenceTests</c>.
/// </summary>
public sealed class FineTuningTests(FineTuningTests.Started started) : IClassFixture<FineTuningTests.Started>
{
    private static readonly ModelProvenance Origin = new() { Program = "test", Numerics = "test" };

    [Fact]
    public void WithFrozenStatisticsTheTrainedPassIsTheOneThatInferenceMakes()
    {
        GlassSample glass = SyntheticGlass.Sample(7);
        Architecture architecture = started.Model.Architecture;
        TrainableNetwork network = TrainableNetwork.Create(started.Model.Parameters.Clone(), SerialRunner.Instance);
        GraphBatch batch = new(architecture);
        batch.Assemble([glass.Graph], [0], Dropout.None, SerialRunner.Instance);

        double[] trained = Values(network.Forward(batch, NormMode.Running, DropoutRates.None, 0, 0));
        double[] inferred = Predict(started.Model, glass.Graph);
        Gap(trained, inferred).ShouldBeLessThan(1e-4 * architecture.Target.Std);
        Gap(Values(network.Forward(batch, NormMode.Batch, DropoutRates.None, 0, 0)), inferred).ShouldBeGreaterThan(
            0.01 * architecture.Target.Std, "the batch's own statistics are another network");

        double[] Values(ReadOnlySpan<float> outputs)
        {
            double[] values = new double[outputs.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (outputs[i] * architecture.Target.Std) + architecture.Target.Mean;
            }

            return values;
        }

        static double Gap(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
    }

    [Fact]
    public void EveryNumberOfThreadsGivesTheSameBytes()
    {
        byte[][] models = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using ThreadTeam team = new(threads);
            return ModelFile.ToBytes(Tune(FineTuning.Settings(9, 3, 1e-3), team, 1, 2, 3)!);
        })];
        models[1].ShouldBe(models[0]);
        models[2].ShouldBe(models[0]);
    }

    [Fact]
    public void TheSeedAndTheGlassesDecideTheResultAndItsStatisticsStay()
    {
        PropertyModel one = Tune(FineTuning.Settings(9, 2, 1e-3), SerialRunner.Instance, 1, 2, 3)!;
        one.Sha256.ShouldNotBe(Tune(FineTuning.Settings(10, 2, 1e-3), SerialRunner.Instance, 1, 2, 3)!.Sha256);
        one.Sha256.ShouldNotBe(Tune(FineTuning.Settings(9, 2, 1e-3), SerialRunner.Instance, 1, 2)!.Sha256);
        one.Architecture.ShouldBe(started.Model.Architecture);
        one.Label.ShouldBe(started.Model.Label);
        foreach (Parameter before in started.Model.Parameters.Parameters.Where(parameter => !parameter.Descriptor.IsTrainable))
        {
            one.Parameters[before.Name].ShouldBe(before.Values, before.Name);
        }
    }

    [Fact]
    public void AModelComesNearerToGlassesThatItDidNotKnow()
    {
        GlassSample[] glasses = [SyntheticGlass.Sample(11), SyntheticGlass.Sample(12)];
        PropertyModel tuned = FineTuning.Tune(started.Model, glasses, FineTuning.Settings(1, 10, 3e-3), SerialRunner.Instance, Origin)!;
        foreach (GlassSample glass in glasses)
        {
            Error(tuned, glass).ShouldBeLessThan(0.9 * Error(started.Model, glass));
        }

        // What was kept is what the best epoch was judged by: the loss over the glasses as inference sees them.
        double squares = 0;
        foreach (GlassSample glass in glasses)
        {
            squares += Predict(tuned, glass.Graph).Zip(glass.Targets, (x, y) => Math.Pow((x - y) / tuned.Architecture.Target.Std, 2)).Sum();
        }

        tuned.Provenance!.Metrics["validation/loss"].ShouldBe(squares / (glasses[0].ValidCount + glasses[1].ValidCount), 1e-4);

        static double Error(PropertyModel model, GlassSample glass) =>
            Correlation.MeanAbsoluteError(Predict(model, glass.Graph), glass.Targets);
    }

    [Fact]
    public void CanceledItGivesNothing()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        FineTuning.Tune(started.Model, [SyntheticGlass.Sample(1)], FineTuning.Settings(1, 2, 1e-3), SerialRunner.Instance, Origin, source.Token)
            .ShouldBeNull();
    }

    private static double[] Predict(PropertyModel model, NeighborGraph graph)
    {
        using InferenceEngine engine = new(model);
        double[] values = new double[graph.NodeCount];
        engine.Predict(graph, values);
        return values;
    }

    private PropertyModel? Tune(TrainingSettings settings, IBlockRunner runner, params int[] seeds) =>
        FineTuning.Tune(started.Model, [.. seeds.Select(seed => SyntheticGlass.Sample(seed, invalidEvery: 10))], settings, runner, Origin);

    /// <summary>A model that was trained on one glass.</summary>
    public sealed class Started
    {
        internal PropertyModel Model { get; } = Trainer.Train(
            new TrainingSettings { Seed = 5, Epochs = 3, LearningRate = 5e-3 },
            SyntheticGlass.Network,
            SyntheticGlass.Set(1, 1),
            SerialRunner.Instance,
            new LabelDefinition { Quantity = "synthetic" },
            provenance: Origin).Model!;
    }
}
