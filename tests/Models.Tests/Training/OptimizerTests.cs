using Glasswright.Kernels;
using Glasswright.Models.Network;
using Glasswright.Models.Tests.Network.Layers;
using Glasswright.Models.Training;

namespace Glasswright.Models.Tests.Training;

public sealed class OptimizerTests
{
    /// <summary>
    /// By hand, θ = 0.5, gradients 0.2 then -0.1, η = 0.1, λ = 0.01, β = (0.9, 0.999), ε = 1e-8:
    /// step 1: g = 0.205, m/(1-β₁) = 0.205, √(v/(1-β₂)) = 0.205, so θ = 0.5 - 0.1 = 0.4 (but for ε).
    /// step 2: g = -0.1 + 0.004 = -0.096; m = 0.9·0.0205 - 0.0096 = 0.00885, m̂ = 0.00885/0.19 = 0.0465789;
    /// v = 0.999·4.2025e-5 + 9.216e-6 = 5.1198975e-5, v̂ = v/0.001999 = 0.02561229, √v̂ = 0.1600384; θ = 0.4 - 0.0291048.
    /// </summary>
    [Fact]
    public void TwoStepsOfAdamAreThoseOfTheHand()
    {
        TrainingSettings settings = new() { WeightDecay = 0.01 };
        ParameterSet parameters = new(RandomNetworks.Small());
        ParameterSet gradients = new(parameters.Layout);
        Adam adam = new(settings, parameters.Layout);
        const string Name = "readout_layer.bias";
        parameters[Name][0] = 0.5f;
        gradients[Name][0] = 0.2f;
        adam.Step(parameters, gradients, 0.1);
        parameters[Name][0].ShouldBe(0.4f, 1e-6);
        gradients[Name][0] = -0.1f;
        adam.Step(parameters, gradients, 0.1);
        parameters[Name][0].ShouldBe(0.3708952f, 1e-6);
        adam.Steps.ShouldBe(2);
    }

    [Fact]
    public void RunningStatisticsAreNotTrained()
    {
        ParameterSet parameters = new(RandomNetworks.Small());
        ParameterSet gradients = RandomNetworks.Parameters(RandomNetworks.Small());
        new Adam(new TrainingSettings(), parameters.Layout).Step(parameters, gradients, 0.1);
        foreach (Parameter parameter in parameters.Parameters.Where(p => !p.Descriptor.IsTrainable))
        {
            float expected = parameter.Descriptor.Role == ParameterRole.RunningVariance ? 1 : 0;
            parameter.Values.ShouldAllBe(value => value == expected);
        }
    }

    [Fact]
    public void PowerIsRepeatedMultiplication() => Adam.Power(0.5, 10).ShouldBe(1.0 / 1024);

    [Fact]
    public void LearningRateFallsAfterMoreThanPatienceEpochsWithoutProgress()
    {
        TrainingSettings settings = new()
        {
            LearningRate = 1,
            PlateauFactor = 0.5,
            PlateauPatience = 2,
            PlateauThreshold = 0.1,
            MinLearningRate = 0.4,
        };
        PlateauSchedule schedule = new(settings);
        double[] rates = [.. new[] { 1.0, 0.95, 0.95, 0.95, 0.8, 0.8, 0.8, 0.8 }.Select(loss =>
        {
            schedule.Observe(loss);
            return schedule.LearningRate;
        })];

        // 0.95 is no progress against 1 with a threshold of 10 %: the third of them halves; 0.8 is; then the floor holds.
        rates.ShouldBe([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.4]);
    }

    [Fact]
    public void GlassesAreSplitWholeAndTheSameWay()
    {
        GlassSample[] samples = [.. Enumerable.Range(0, 10).Select(k =>
            new GlassSample($"g{k}", RandomNetworks.Graph(5), new double[5], [true, true, true, true, true]))];
        TrainingSet set = TrainingSet.Split(samples, 2, 3, seed: 4);
        set.Part(DataPart.Training).Count.ShouldBe(5);
        set.Part(DataPart.Validation).Count.ShouldBe(2);
        set.Part(DataPart.Test).Count.ShouldBe(3);
        set.Glasses.Select(glass => glass.Sample.Name).ShouldBe(samples.Select(sample => sample.Name));
        TrainingSet again = TrainingSet.Split(samples, 2, 3, seed: 4);
        again.Glasses.Select(glass => glass.Part).ShouldBe(set.Glasses.Select(glass => glass.Part));
        Should.Throw<InputException>(() => TrainingSet.Split(samples, 5, 5, 1)).Message.ShouldContain("no glass for training");
        Should.Throw<InputException>(set.Normalization).Message.ShouldContain("do not vary");
    }

    [Fact]
    public void LabelsThatDoNotFitAreRefused()
    {
        bool[] valid = [true, true, true, true, true];
        Should.Throw<InputException>(() => new GlassSample("g", RandomNetworks.Graph(5), new double[4], valid))
            .Message.ShouldBe("g: the labels do not belong to the structure; expected 5 atoms; found 4");
        Should.Throw<InputException>(() => new GlassSample("g", RandomNetworks.Graph(5), [0, 1, double.NaN, 3, 4], valid))
            .Message.ShouldContain("the label of atom 3");
        Should.Throw<InputException>(() => new GlassSample("g", RandomNetworks.Graph(5), new double[5], new bool[5]))
            .Message.ShouldContain("no atom of the glass has a valid label");
    }
}
