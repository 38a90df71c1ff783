using Glasswright.Kernels;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingSettings Short = new()
    {
        Seed = 5,
        Epochs = 4,
        BatchGlasses = 2,
        LearningRate = 5e-3,
        Dropout = new DropoutRates(0.1, 0.1, 0.2),
    };

    [Fact]
    public void LearnsAKnownFunctionOfTheEnvironment()
    {
        TrainingSettings settings = new()
        {
            Epochs = 25,
            LearningRate = 1e-2,
            WeightDecay = 0,
            Dropout = DropoutRates.None,
            PlateauPatience = 3,
        };
        using ThreadTeam team = new(2);
        TrainingResult result = Trainer.Train(settings, SyntheticGlass.Network, SyntheticGlass.Set(3, 1), team);
        EpochReport best = result.History[result.BestEpoch - 1];
        best.ValidationPearson.ShouldBeGreaterThan(0.9);
        best.IsBest.ShouldBeTrue();
        result.Model!.Provenance!.Metrics["validation/pearson"].ShouldBe(best.ValidationPearson);
        result.BestValidationLoss.ShouldBe(result.History.Min(report => report.ValidationLoss));
    }

    [Fact]
    public void EveryNumberOfThreadsGivesTheSameBytes()
    {
        byte[][] models = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using ThreadTeam team = new(threads);
            return ModelFile.ToBytes(Trainer.Train(Short, SyntheticGlass.Network, SyntheticGlass.Set(3, 1), team).Model!);
        })];
        models[1].ShouldBe(models[0]);
        models[2].ShouldBe(models[0]);
    }

    [Fact]
    public void AnInterruptedTrainingGoesOnToTheSameBytes()
    {
        TrainingSet set = SyntheticGlass.Set(2, 1);
        TrainingResult whole = Trainer.Train(Short, SyntheticGlass.Network, set, SerialRunner.Instance);
        string folder = Directory.CreateTempSubdirectory("training-").FullName;
        try
        {
            TrainingSettings kept = Short with { Checkpoint = Path.Combine(folder, "state.safetensors") };
            for (int stop = 1; stop <= 3; stop += 2)
            {
                using CancellationTokenSource source = new();
                TrainingResult part = Trainer.Train(
                    kept,
                    SyntheticGlass.Network,
                    set,
                    SerialRunner.Instance,
                    progress: report =>
                    {
                        if (report.Epoch == stop)
                        {
                            source.Cancel();
                        }
                    },
                    cancel: source.Token);
                part.Outcome.ShouldBe(TrainingOutcome.Canceled);
                part.History.Count.ShouldBe(stop);
            }

            TrainingResult resumed = Trainer.Train(kept, SyntheticGlass.Network, set, SerialRunner.Instance);
            resumed.Outcome.ShouldBe(TrainingOutcome.EpochLimit);
            ModelFile.ToBytes(resumed.Model!).ShouldBe(ModelFile.ToBytes(whole.Model!));
            resumed.History.Select(report => report with { Seconds = 0 })
                .ShouldBe(whole.History.Select(report => report with { Seconds = 0 }));

            InputException refused = Should.Throw<InputException>(
                () => Trainer.Train(kept with { LearningRate = 1e-4 }, SyntheticGlass.Network, set, SerialRunner.Instance));
            refused.Message.ShouldContain("belongs to another training");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void CheckpointOfOtherNumericsIsNotGoneOnFrom()
    {
        TrainingSet set = SyntheticGlass.Set(1, 0);
        string folder = Directory.CreateTempSubdirectory("training-").FullName;
        try
        {
            TrainingSettings kept = Short with { Epochs = 1, Checkpoint = Path.Combine(folder, "state.safetensors") };
            ModelProvenance origin = new() { Numerics = "7:ab", LabelNumerics = "7:cd" };
            Train(origin).Model!.Provenance!.LabelNumerics.ShouldBe("7:cd");
            Train(origin with { Notes = "no part of the training" }).Outcome.ShouldBe(TrainingOutcome.EpochLimit);
            foreach (ModelProvenance other in new[] { origin with { Numerics = "8:ab" }, origin with { LabelNumerics = "8:cd" } })
            {
                Should.Throw<InputException>(() => Train(other)).Message.ShouldContain("numerics");
            }

            TrainingResult Train(ModelProvenance provenance) => Trainer.Train(
                kept, SyntheticGlass.Network, set, SerialRunner.Instance, provenance: provenance);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void AtomsThatAreNotValidChangeNothing()
    {
        TrainingSet set = SyntheticGlass.Set(1, 1, invalidEvery: 4);
        GlassSample glass = set.Part(DataPart.Training)[0];
        glass.ValidCount.ShouldBe(648);
        double[] valid = [.. glass.Targets.Where((_, i) => glass.Valid[i])];
        TargetNormalization normalization = set.Normalization();
        normalization.Mean.ShouldBe(valid.Average(), 1e-12);
        normalization.Std.ShouldBe(Math.Sqrt(valid.Average(t => (t - valid.Average()) * (t - valid.Average()))), 1e-12);

        // The same valid targets, other numbers at the rest: the same model.
        TrainingSet other = new();
        foreach ((GlassSample sample, DataPart part) in set.Glasses)
        {
            double[] targets = [.. sample.Targets.Select((t, i) => sample.Valid[i] ? t : 1e6)];
            other.Add(new GlassSample("other", sample.Graph, targets, sample.Valid), part);
        }

        TrainingSettings two = Short with { Epochs = 2 };
        TrainingResult first = Trainer.Train(two, SyntheticGlass.Network, set, SerialRunner.Instance);
        TrainingResult second = Trainer.Train(two, SyntheticGlass.Network, other, SerialRunner.Instance);
        ModelFile.ToBytes(second.Model!).ShouldBe(ModelFile.ToBytes(first.Model!));
        first.Model!.Architecture.Target.ShouldBe(normalization);
    }

    [Fact]
    public void LossIsTheMeanOverTheValidAtoms()
    {
        TrainingSet set = SyntheticGlass.Set(1, 1, invalidEvery: 4);
        TrainingResult result = Trainer.Train(Short with { Epochs = 1 }, SyntheticGlass.Network, set, SerialRunner.Instance);
        GlassSample glass = set.Part(DataPart.Validation)[0];
        double std = result.Model!.Architecture.Target.Std;
        var predicted = new double[glass.Targets.Length];
        using (var engine = new InferenceEngine(result.Model))
        {
            engine.Predict(glass.Graph, predicted);
        }

        double loss = Enumerable.Range(0, predicted.Length).Where(i => glass.Valid[i])
            .Average(i => Math.Pow((predicted[i] - glass.Targets[i]) / std, 2));
        result.History[0].ValidationLoss.ShouldBe(loss, 1e-4 * loss);
    }

    [Fact]
    public void AnExplosionHasANameAndKeepsTheBestWeights()
    {
        TrainingSettings wild = Short with { Epochs = 50, LearningRate = 1e30, Dropout = DropoutRates.None };
        TrainingResult result = Trainer.Train(wild, SyntheticGlass.Network, SyntheticGlass.Set(2, 0), SerialRunner.Instance);
        result.Outcome.ShouldBe(TrainingOutcome.NonFinite);
        result.History.Count.ShouldBeLessThan(50);
    }

    [Fact]
    public void StopsWhenValidationStallsAndReturnsTheBestEpoch()
    {
        TrainingSettings settings = Short with { Epochs = 40, LearningRate = 0.3, StopPatience = 2, PlateauPatience = 100 };
        TrainingResult result = Trainer.Train(settings, SyntheticGlass.Network, SyntheticGlass.Set(1, 1), SerialRunner.Instance);
        result.Outcome.ShouldBe(TrainingOutcome.Stalled);
        result.History.Count.ShouldBe(result.BestEpoch + 2);
        result.History[result.BestEpoch - 1].ValidationLoss.ShouldBe(result.BestValidationLoss);
    }

    /// <summary>
    /// One glass, learned from and validated on, without dropout: the loss with settled statistics after an epoch is the loss
    /// that the next epoch begins with. (The running variance is the unbiased one; hence not to the last digit.)
    /// </summary>
    [Fact]
    public void SettledStatisticsBelongToTheWeightsAsTheyAre()
    {
        TrainingSet one = new();
        GlassSample glass = SyntheticGlass.Set(1, 0).Part(DataPart.Training)[0];
        one.Add(glass, DataPart.Training);
        one.Add(new GlassSample("again", glass.Graph, glass.Targets, glass.Valid), DataPart.Validation);

        LargestGap(settle: true).ShouldBeLessThan(0.01);
        LargestGap(settle: false).ShouldBeGreaterThan(0.05);

        double LargestGap(bool settle)
        {
            TrainingSettings settings = Short with
            {
                Epochs = 6,
                LearningRate = 0.02,
                Dropout = DropoutRates.None,
                SettleNormalization = settle,
            };
            IReadOnlyList<EpochReport> history = Trainer.Train(settings, SyntheticGlass.Network, one, SerialRunner.Instance).History;
            return history.Zip(history.Skip(1), (now, next) => Math.Abs(now.ValidationLoss - next.TrainingLoss) / next.TrainingLoss).Max();
        }
    }

    [Fact]
    public void FineTuningStartsFromTheModelAndKeepsItsStatistics()
    {
        TrainingSet set = SyntheticGlass.Set(1, 1);
        PropertyModel start = Trainer.Train(Short, SyntheticGlass.Network, set, SerialRunner.Instance).Model!;
        TrainingSettings tune = Short with { Epochs = 1, FreezeNormalization = true, LearningRate = 1e-4 };
        PropertyModel tuned = Trainer.Train(tune, start.Architecture, set, SerialRunner.Instance, start: start).Model!;
        tuned.Architecture.ShouldBe(start.Architecture);
        bool moved = false;
        for (int p = 0; p < start.Parameters.Parameters.Count; p++)
        {
            Parameter before = start.Parameters.Parameters[p];
            float[] after = tuned.Parameters.Parameters[p].Values;
            if (before.Descriptor.IsTrainable)
            {
                moved |= !after.SequenceEqual(before.Values);
            }
            else
            {
                after.ShouldBe(before.Values, before.Name);
            }
        }

        moved.ShouldBeTrue();
    }

    [Fact]
    public void SettingsOutOfRangeAreNamed()
    {
        InputException error = Should.Throw<InputException>(() => (Short with { Beta2 = 1 }).Validate());
        error.Message.ShouldBe("training.beta2 cannot be used; expected a number from 0 to below 1; found 1");
        Should.Throw<InputException>(() => (Short with { LearningRate = double.NaN }).Validate());
        Should.Throw<InputException>(() => (Short with { Dropout = new DropoutRates(0, 0, 1) }).Validate());
        Should.Throw<InputException>(() => (Short with { Dropout = new DropoutRates(0, 0, 0, 1) }).Validate());
    }
}
