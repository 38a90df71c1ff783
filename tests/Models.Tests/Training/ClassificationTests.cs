using Glasswright.Kernels;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

public sealed class ClassificationTests
{
    [Fact]
    public void ALabelsClassIsTheNumberOfBoundsThatItReaches()
    {
        double[] bounds = [-1, 2];
        new[] { -1.5, -1, 0, 1.999, 2, 5 }.Select(label => TrainingLoss.ClassOf(label, bounds)).ShouldBe([0, 1, 1, 1, 2, 2]);
    }

    [Fact]
    public void BoundsAreQuantilesOfTheValidTrainingTargets()
    {
        TrainingSet set = SyntheticGlass.Set(2, 1, invalidEvery: 5);
        IReadOnlyList<double> bounds = set.Bounds([0.1, 0.9]);
        double[] targets = [.. set.Part(DataPart.Training).SelectMany(g => g.Targets.Where((_, i) => g.Valid[i])).Order()];
        bounds.ShouldBe([Quantiles.OfSorted(targets, 0.1), Quantiles.OfSorted(targets, 0.9)]);
    }

    [Fact]
    public void TargetsThatDoNotSeparateAreRefused()
    {
        GlassSample glass = SyntheticGlass.Sample(1);
        TrainingSet set = new();
        set.Add(new GlassSample("steps", glass.Graph, [.. glass.Targets.Select((_, i) => i % 2 == 0 ? 0.0 : 1.0)], glass.Valid), DataPart.Training);
        Should.Throw<InputException>(() => set.Bounds([0.2, 0.4])).Problem.ShouldContain("class-levels");
        Should.Throw<InputException>(() => set.Bounds([0.2])).Problem.ShouldContain("class-levels");
        set.Bounds([0.6]).ShouldBe([1]);
    }

    /// <summary>Two atoms by hand: scores (0, ln 3) give p = (1/4, 3/4), scores (0, 0) halves.</summary>
    [Fact]
    public void LossIsTheNegativeLogLikelihood()
    {
        Architecture network = SyntheticGlass.Network with { ClassLevels = [0.5], ClassBounds = [0] };
        var graph = Models.Graphs.NeighborGraph.FromRows([0, 1, 0], [0, 0, 0, 0], [], []);
        GlassSample sample = new("three", graph, [1, -1, 9], [true, true, false]);
        GraphBatch batch = new(network);
        batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
        TrainingLoss loss = new(network);
        float[] outputs = [0, MathF.Log(3), 0, 0, 7, 8];
        (double sum, int valid) = loss.Compute(outputs, batch, [sample]);
        valid.ShouldBe(2);
        sum.ShouldBe(-Math.Log(0.75) - Math.Log(0.5), 1e-7);
        float[] gradient = loss.Gradient[..6].ToArray();
        float[] expected = [0.125f, -0.125f, -0.25f, 0.25f, 0, 0];
        gradient.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-7);
        loss.Value(outputs, 0).ShouldBe(Math.Log(3), 1e-6);
    }

    [Fact]
    public void LearnsToFindTheSoftestAtoms()
    {
        TrainingSettings settings = new()
        {
            Epochs = 12,
            LearningRate = 1e-2,
            WeightDecay = 0,
            Dropout = DropoutRates.None,
        };
        Architecture network = SyntheticGlass.Network with { ClassLevels = [0.1, 0.9], Pooling = Pooling.Mean };
        using ThreadTeam team = new(2);
        TrainingResult result = Trainer.Train(settings, network, SyntheticGlass.Set(3, 1), team);
        result.Model!.Architecture.ClassBounds!.Count.ShouldBe(2);
        result.Model.Architecture.Target.ShouldBe(TargetNormalization.None);

        // Without any knowledge the loss is the entropy of (0.1, 0.8, 0.1): 0.639.
        result.BestValidationLoss.ShouldBeLessThan(0.5);
        GlassSample unseen = SyntheticGlass.Sample(9);
        using Models.Inference.InferenceEngine engine = new(result.Model);
        double[] values = new double[unseen.Graph.NodeCount];
        engine.Predict(unseen.Graph, values);
        Ranking.OfExtreme(unseen.Targets, values, 0.1, Extreme.Softest).Auc.ShouldBeGreaterThan(0.9);
    }
}
