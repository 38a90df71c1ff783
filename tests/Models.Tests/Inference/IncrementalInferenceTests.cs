using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Graphs;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Inference;

public class IncrementalInferenceTests
{
    private static readonly Architecture Small = new()
    {
        NodeWidth = 12,
        EdgeWidth = 21,
        Heads = 3,
        HeadWidth = 6,
        Layers = 3,
        Gaussian = new GaussianBasis(0, 0.2, 21, 0.2),
        Embedding = [12],
        Readout = [8],
        Target = new TargetNormalization(-2, 0.7),
    };

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string network in new[] { "table", "no table", "one layer", "deep", "nine heads", "queries and cells", "maxima and concatenations" })
        {
            foreach (string change in new[] { "swap", "swap and a few moved", "all moved", "nothing", "species only of a neighborless atom" })
            {
                cases.Add(network, change);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ExactThresholdsGiveTheBitsOfTheFullEvaluation(string network, string change)
    {
        Architecture shape = network switch
        {
            "no table" => Small with { Activation = Activation.LeakyRelu },
            "one layer" => Small with { Layers = 1 },
            "deep" => Small with { Layers = 6 },
            "nine heads" => Small with { Heads = 9, HeadWidth = 3 },
            "queries and cells" => Small with { Pooling = Pooling.Set2set, PoolingSteps = 2, Remember = Remember.Lstm },
            "maxima and concatenations" => Small with { Pooling = Pooling.Max, Remember = Remember.Dense },
            _ => Small,
        };
        using InferenceEngine engine = new(new PropertyModel(RandomNetwork.Parameters(shape, seed: 3)));
        using BaseStates committed = new(engine.Network);
        using IncrementalInference incremental = new(engine);
        bool lonely = change.StartsWith("species", StringComparison.Ordinal);
        foreach (AtomicStructure start in new[] { Crowded(lonely), NeighborGraphTests.Glass864() })
        {
            committed.Evaluate(engine, start);
            double[] full = new double[start.Count], values = new double[start.Count];
            engine.Predict(start, full);
            committed.Values.ToArray().ShouldBe(full);
            for (int seed = 0; seed < 3; seed++)
            {
                AtomicStructure trial = Changed(start, change, seed);
                engine.Predict(trial, full);
                incremental.Predict(committed, trial, IncrementalThresholds.Exact, values);
                values.ShouldBe(full);
            }
        }
    }

    [Fact]
    public void OnlyTheSurroundingsOfASwapAreComputed()
    {
        using InferenceEngine engine = new(new PropertyModel(RandomNetwork.Parameters(Small with { Layers = 2 }, seed: 3)));
        using BaseStates committed = new(engine.Network);
        using IncrementalInference incremental = new(engine);
        AtomicStructure start = NeighborGraphTests.Glass864();
        committed.Evaluate(engine, start);
        double[] values = new double[start.Count];
        incremental.Predict(committed, start, IncrementalThresholds.Exact, values);
        incremental.Recomputed.Length.ShouldBe(0);
        values.ShouldBe(committed.Values.ToArray());

        // Two layers: the pair, its neighbors, and theirs.
        AtomicStructure trial = Changed(start, "swap", seed: 1);
        incremental.Predict(committed, trial, IncrementalThresholds.Exact, values);
        incremental.Recomputed.Length.ShouldBeInRange(40, 250);
        incremental.Share.ShouldBeInRange(0.02, 0.25);
        for (int i = 0; i < start.Count; i++)
        {
            (values[i] == committed.Values[i] || incremental.Recomputed.Contains(i)).ShouldBeTrue($"atom {i}");
        }
    }

    [Fact]
    public void HigherThresholdsComputeLess()
    {
        using InferenceEngine engine = new(new PropertyModel(RandomNetwork.Parameters(Small, seed: 3)));
        using BaseStates committed = new(engine.Network);
        using IncrementalInference incremental = new(engine);
        AtomicStructure start = NeighborGraphTests.Glass864();
        committed.Evaluate(engine, start);
        AtomicStructure trial = Changed(start, "all moved", seed: 4);
        double[] values = new double[start.Count];
        double before = 1;
        foreach (double threshold in new[] { 0, 1e-3, 1e-2, 0.1 })
        {
            incremental.Predict(committed, trial, new IncrementalThresholds(threshold, threshold), values);
            incremental.Share.ShouldBeLessThanOrEqualTo(before);
            before = incremental.Share;
        }

        before.ShouldBeInRange(0, 0.9);

        // Another species is a difference, whatever the thresholds.
        trial.Species.AsSpan().Clear();
        incremental.Predict(committed, trial, new IncrementalThresholds(9, 9), values);
        incremental.Recomputed.Length.ShouldBe(start.Count);
    }

    [Fact]
    public void TheCommittedStatesAreNotWrittenAndNothingIsAllocated()
    {
        using InferenceEngine engine = new(new PropertyModel(RandomNetwork.Parameters(Small, seed: 3)));
        using BaseStates committed = new(engine.Network);
        using IncrementalInference incremental = new(engine);
        AtomicStructure start = NeighborGraphTests.Glass864();
        committed.Evaluate(engine, start);
        float[] before = Contents(committed);
        double[] values = new double[start.Count], again = new double[start.Count];
        AtomicStructure large = Changed(start, "all moved", seed: 2), small = Changed(start, "swap", seed: 3);
        incremental.Predict(committed, large, IncrementalThresholds.Exact, values);
        incremental.Predict(committed, small, IncrementalThresholds.Exact, values);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        incremental.Predict(committed, large, new IncrementalThresholds(1e-3, 1e-3), values);
        incremental.Predict(committed, small, IncrementalThresholds.Exact, values);
        incremental.Predict(committed, large, new IncrementalThresholds(1e-3, 1e-3), again);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBe(0);
        Contents(committed).ShouldBe(before);
        incremental.Predict(committed, large, new IncrementalThresholds(1e-3, 1e-3), values);
        values.ShouldBe(again);
    }

    /// <summary>Swaps relaxed in the shipped potential, judged by the shipped model: the first set the bound, the rest must keep it.</summary>
    [Fact]
    public void TheBoundFromPilotsHoldsForOtherRealSwaps()
    {
        PropertyModel model = ModelFile.Read(Repository.Data("models", "cu50zr50.safetensors"));
        using VectorEam field = new(SetflFile.Read(Repository.Data("potentials", "CuZr_mm.eam.fs")));
        AtomicStructure start = NeighborGraphTests.Glass864();
        AtomRelaxation relaxation = new(field, start.Count, MinimizerKind.LimitedMemory);
        MinimizerSettings settings = new() { Kind = MinimizerKind.LimitedMemory, ForceTolerance = 1e-3 };
        relaxation.Minimize(start, settings, CancellationToken.None);
        using InferenceEngine engine = new(model);
        using BaseStates committed = new(engine.Network);
        using IncrementalInference incremental = new(engine);
        committed.Evaluate(engine, start);
        const int HeldOut = 12;
        IncrementalThresholds thresholds = new(0.05, 0.05);
        IncrementalErrors errors = new(7);
        int bounded = 0;
        double[] values = new double[start.Count], full = new double[start.Count];
        for (int trialNumber = 0; trialNumber < IncrementalErrors.LeastTrials + HeldOut; trialNumber++)
        {
            AtomicStructure trial = Changed(start, "swap", seed: 100 + trialNumber);
            relaxation.Minimize(trial, settings, CancellationToken.None).Outcome.ShouldBe(MinimizationOutcome.Converged);
            engine.Predict(trial, full);
            incremental.Predict(committed, trial, thresholds, values);
            bounded += double.IsFinite(errors.Bound(0, incremental.Share)) ? 1 : 0;
            errors.Add(incremental.Share, Targets(values), Targets(full)).ShouldBeTrue($"trial {trialNumber}");
        }

        bounded.ShouldBeInRange(HeldOut / 2, HeldOut);

        errors.Bound(1, 0.1).ShouldBeInRange(1e-4, 0.1);
        errors.Bound(1, 1.1).ShouldBe(double.PositiveInfinity, "more was never disturbed");
    }

    [Fact]
    public void WithoutPilotsNothingIsKnownAndABrokenBoundIsTold()
    {
        IncrementalErrors errors = new(1);
        for (int trial = 0; trial < IncrementalErrors.LeastTrials; trial++)
        {
            errors.Bound(0, 0.5).ShouldBe(double.PositiveInfinity);
            errors.Add(0.5, [1.0], [1.25]).ShouldBeTrue();
        }

        errors.Bound(0, 0.5).ShouldBe(0.75);
        errors.Bound(0, 0.51).ShouldBe(double.PositiveInfinity);
        errors.Add(0.4, [1.0], [2.0]).ShouldBeFalse();
        errors.Bound(0, 0.4).ShouldBe(3);
        errors.Add(0.4, [1.0], [double.NaN]).ShouldBeFalse();
        errors.Bound(0, 0.4).ShouldBe(double.PositiveInfinity);
    }

    private static double[] Targets(double[] values)
    {
        double mean = 0;
        foreach (double value in values)
        {
            mean += value / values.Length;
        }

        double[] quantiles = new double[5];
        Quantiles.Of(values.ToArray(), [0.1, 0.25, 0.5, 0.75, 0.9], quantiles);
        return [values.Max(), mean, .. quantiles];
    }

    private static unsafe float[] Contents(BaseStates states)
    {
        List<float> contents = [];
        for (int layer = 0; layer <= Small.Layers; layer++)
        {
            for (int i = 0; i < states.Graph.NodeCount; i++)
            {
                contents.AddRange(new ReadOnlySpan<float>(states.State(layer, i), Small.NodeWidth));
                if (layer > 0 && layer < Small.Layers)
                {
                    contents.AddRange(new ReadOnlySpan<float>(states.Parts(layer, i), 2 * states.Network.Layers[layer].PartStride));
                }
            }
        }

        return [.. contents];
    }

    private static AtomicStructure Changed(AtomicStructure start, string change, int seed)
    {
        Random random = new(seed);
        AtomicStructure trial = start.Clone();
        if (change.StartsWith("swap", StringComparison.Ordinal))
        {
            int a = random.Next(trial.Count), b = a;
            while (trial.Species[a] == trial.Species[b])
            {
                b = random.Next(trial.Count);
            }

            trial.SwapSpecies(a, b);
        }

        double size = change switch { "swap and a few moved" => 0.4, "all moved" => 0.01, _ => 0 };
        for (int i = 0; size > 0 && i < (size > 0.1 ? 5 : trial.Count); i++)
        {
            int atom = size > 0.1 ? random.Next(trial.Count) : i;
            trial.SetPosition(
                atom, trial.Position(atom) + new Vector3(size * (random.NextDouble() - 0.5), size * (random.NextDouble() - 0.5), size * (random.NextDouble() - 0.5)));
        }

        if (change.StartsWith("species", StringComparison.Ordinal))
        {
            trial.Species[0] = 1 - trial.Species[0];
        }

        return trial;
    }

    /// <summary>Random atoms in a tilted cell narrower than twice the cutoff: several images of one neighbor; or one atom in a wide one.</summary>
    private static AtomicStructure Crowded(bool lonely)
    {
        Random random = new(6);
        Cell cell = lonely ? Cell.Orthorhombic(20, 20, 20) : new Cell(new Matrix3(11, 2, -3, 0, 10, 1.5, 0, 0, 7), new Vector3(1, 0, -2));
        AtomicStructure structure = new(lonely ? 1 : 40, cell, ["Cu", "Zr"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(
                i, cell.ToCartesian(new Vector3(random.NextDouble(), random.NextDouble(), random.NextDouble())));
            structure.Species[i] = random.Next(2);
        }

        return structure;
    }
}
