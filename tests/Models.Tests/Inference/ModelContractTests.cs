using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Graphs;

namespace Glasswright.Models.Tests.Inference;

/// <summary>What every model must keep, whatever its weights: each body runs on the reference and on the engine.</summary>
public class ModelContractTests
{
    /// <summary>Single precision, sums in another order: relative to the largest output.</summary>
    private const double Tolerance = 2e-5;

    private static readonly PropertyModel Residual = new(RandomNetwork.Parameters(
        new Architecture
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
        },
        seed: 3));

    /// <summary>The model that keeps the contract.</summary>
    private protected virtual PropertyModel Model => Residual;

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void RotationChangesNothing(string kind)
    {
        // About (1, 2, 2)/3 by the angle with cosine 0.6 and sine 0.8: Rodrigues' formula by hand, in ninths.
        const double C = 0.6, S = 0.8, D = 1 - C;
        Matrix3 rotation = new(
            C + (D / 9), (D * 2 / 9) - (S * 2 / 3), (D * 2 / 9) + (S * 2 / 3),
            (D * 2 / 9) + (S * 2 / 3), C + (D * 4 / 9), (D * 4 / 9) - (S / 3),
            (D * 2 / 9) - (S * 2 / 3), (D * 4 / 9) + (S / 3), C + (D * 4 / 9));
        rotation.Determinant.ShouldBe(1, 1e-14);
        AtomicStructure structure = Glass();
        AtomicStructure rotated = structure.Clone();
        rotated.Deform(rotation);
        ShouldAgree(Predict(kind, rotated), Predict(kind, structure));
    }

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void TranslationChangesNothing(string kind)
    {
        AtomicStructure structure = Glass();
        AtomicStructure moved = structure.Clone();
        for (int i = 0; i < moved.Count; i++)
        {
            moved.SetPosition(i, moved.Position(i) + new Vector3(3.7, -11.1, 0.4));
        }

        ShouldAgree(Predict(kind, moved), Predict(kind, structure));
    }

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void PeriodicImagesAreTheSameAtoms(string kind)
    {
        AtomicStructure structure = Glass();
        AtomicStructure images = structure.Clone();
        Random random = new(8);
        for (int i = 0; i < images.Count; i++)
        {
            images.SetPosition(i, images.Position(i) + images.Cell.Translation(random.Next(-2, 3), random.Next(-2, 3), random.Next(-2, 3)));
        }

        ShouldAgree(Predict(kind, images), Predict(kind, structure));
    }

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void PermutedAtomsTakeTheirValuesWithThem(string kind)
    {
        AtomicStructure structure = Glass();
        int[] order = [.. Enumerable.Range(0, structure.Count)];
        new Random(2).Shuffle(order);
        AtomicStructure permuted = new(structure.Count, structure.Cell, structure.SpeciesNames);
        for (int i = 0; i < order.Length; i++)
        {
            permuted.SetPosition(i, structure.Position(order[i]));
            permuted.Species[i] = structure.Species[order[i]];
        }

        double[] values = Predict(kind, structure);
        ShouldAgree(Predict(kind, permuted), [.. order.Select(i => values[i])]);
    }

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void OrderOfTheSpeciesInAFileDoesNotMatter(string kind)
    {
        AtomicStructure structure = Glass();
        AtomicStructure reversed = new(structure.Count, structure.Cell, ["Zr", "Cu"]);
        for (int i = 0; i < structure.Count; i++)
        {
            reversed.SetPosition(i, structure.Position(i));
            reversed.Species[i] = 1 - structure.Species[i];
        }

        Predict(kind, reversed).ShouldBe(Predict(kind, structure));
    }

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void ABatchGivesEachStructureTheBytesItHasAlone(string kind)
    {
        NeighborGraphBuilder builder = new(Model.Architecture.Cutoff);
        NeighborGraph a = builder.Build(Glass(seed: 1), [0, 1]);
        NeighborGraph b = builder.Build(Glass(seed: 2, atoms: 31), [0, 1]);
        double[] both = EvaluatedNetwork.Evaluate(kind, Model.Parameters, NeighborGraph.Batch([a, b])).Outputs;
        double[] alone =
        [
            .. EvaluatedNetwork.Evaluate(kind, Model.Parameters, a).Outputs,
            .. EvaluatedNetwork.Evaluate(kind, Model.Parameters, b).Outputs,
        ];
        both.ShouldBe(alone);
    }

    /// <summary>With K·a = n nothing stands between the pool and the output BN: h' - h is that BN's shift.</summary>
    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void AnAtomWithoutNeighborsPoolsZero(string kind)
    {
        ParameterSet parameters = RandomNetwork.Parameters(
            Residual.Architecture with { NodeWidth = 18, Embedding = [18], Layers = 1 }, seed: 6);
        NeighborGraph graph = NeighborGraph.FromRows([0, 1, 1], [0, 0, 1, 2], [2, 1], [2.5, 2.5]);
        double[][][] states = EvaluatedNetwork.Evaluate(kind, parameters, graph).States;
        NormMap norm = new(parameters, ParameterLayout.OutputNorm(0));
        for (int c = 0; c < 18; c++)
        {
            (states[1][0][c] - states[0][0][c]).ShouldBe(norm.Shift(c), 1e-5);
            Math.Abs(states[1][1][c] - states[0][1][c] - norm.Shift(c)).ShouldBeGreaterThan(1e-5);
        }
    }

    [Fact]
    public void RepeatsGiveTheSameBytesWhateverTheEngineDidBetween()
    {
        AtomicStructure structure = Glass(), other = Glass(seed: 5, atoms: 90);
        double[] first = Predict(EvaluatedNetwork.Engine, structure);
        using InferenceEngine engine = new(Model);
        double[] values = new double[structure.Count], others = new double[other.Count];
        engine.Predict(other, others);
        for (int repeat = 0; repeat < 3; repeat++)
        {
            engine.Predict(structure, values);
            values.ShouldBe(first);
            engine.Predict(other, others);
        }
    }

    [Fact]
    public void TwoEnginesMayShareTheWeights()
    {
        AtomicStructure structure = Glass();
        using FoldedNetwork network = new(Model.Parameters);
        double[] a = new double[structure.Count], b = new double[structure.Count];
        using (InferenceEngine one = new(network, Model))
        {
            one.Predict(structure, a);
        }

        using InferenceEngine two = new(network, Model);
        two.Predict(structure, b);
        b.ShouldBe(a);
    }

    [Fact]
    public void PredictingAgainAllocatesNothing()
    {
        AtomicStructure structure = NeighborGraphTests.Glass864();
        using InferenceEngine engine = new(Model);
        double[] values = new double[structure.Count];
        engine.Predict(structure, values);
        structure.SwapSpecies(0, 500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        engine.Predict(structure, values);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void JitterOfNothingChangesNothingAndJitterOfLittleLittle()
    {
        AtomicStructure structure = NeighborGraphTests.Glass864();
        using InferenceEngine engine = new(Model);
        JitterSensitivity.Measure(engine, structure, amplitude: 0).LargestChange.ShouldBe(0);
        JitterSensitivity small = JitterSensitivity.Measure(engine, structure, repeats: 2);
        small.LargestChange.ShouldBeGreaterThan(0);
        JitterSensitivity.Measure(engine, structure, repeats: 2).ShouldBe(small);
        JitterSensitivity.Measure(engine, structure, amplitude: 0.1).LargestChange.ShouldBeGreaterThan(small.LargestChange);
    }

    [Fact]
    public void AStructureOfAnotherSpeciesSetIsRefusedEveryTime()
    {
        AtomicStructure structure = Glass();
        structure.NameSpecies(["Cu", "Al"]);
        using InferenceEngine engine = new(Model);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            InputException error = Should.Throw<InputException>(() => engine.Predict(structure, new double[structure.Count]));
            error.Found.ShouldBe("Al");
            error.Expected.ShouldBe("Cu, Zr");
        }
    }

    private double[] Predict(string kind, AtomicStructure structure)
    {
        double[] values = new double[structure.Count];
        if (kind == EvaluatedNetwork.Engine)
        {
            using InferenceEngine engine = new(Model);
            engine.Predict(structure, values);
            return values;
        }

        NeighborGraph graph = new NeighborGraphBuilder(Model.Architecture.Cutoff).Build(structure, Model.RequireSpecies(structure));
        TargetNormalization target = Model.Architecture.Target;
        return [.. new ReferenceNetwork(Model.Parameters).Evaluate(graph).Select(x => target.Mean + (target.Std * x))];
    }

    private static void ShouldAgree(double[] actual, double[] expected)
    {
        expected.Max().ShouldBeGreaterThan(expected.Min() + 0.01);
        EvaluatedNetwork.LargestDifference(actual, expected).ShouldBeLessThan(Tolerance * Math.Max(1, expected.Max(Math.Abs)));
    }

    /// <summary>Random atoms in a tilted cell that is narrower than twice the cutoff.</summary>
    private static AtomicStructure Glass(int seed = 1, int atoms = 40)
    {
        Random random = new(seed);
        Cell cell = new(new Matrix3(11, 2, -3, 0, 10, 1.5, 0, 0, 7), new Vector3(1, 0, -2));
        AtomicStructure structure = new(atoms, cell, ["Cu", "Zr"]);
        for (int i = 0; i < atoms; i++)
        {
            structure.SetPosition(
                i, cell.ToCartesian(new Vector3(random.NextDouble(), random.NextDouble(), random.NextDouble())));
            structure.Species[i] = random.Next(2);
        }

        return structure;
    }
}

/// <summary>The same contract for a model of queries, cells and classes.</summary>
public sealed class RecurrentModelContractTests : ModelContractTests
{
    private static readonly PropertyModel Recurrent = new(RandomNetwork.Parameters(
        new Architecture
        {
            NodeWidth = 12,
            EdgeWidth = 21,
            Heads = 3,
            HeadWidth = 6,
            Layers = 2,
            Gaussian = new GaussianBasis(0, 0.2, 21, 0.2),
            Pooling = Pooling.Set2set,
            PoolingSteps = 2,
            Remember = Remember.Lstm,
            ClassLevels = [0.1, 0.9],
            Embedding = [12],
            Readout = [8],
        },
        seed: 3,
        gain: 2));

    private protected override PropertyModel Model => Recurrent;
}

/// <summary>The same contract for a model of maxima and concatenations.</summary>
public sealed class DenseModelContractTests : ModelContractTests
{
    private static readonly PropertyModel Dense = new(RandomNetwork.Parameters(
        new Architecture
        {
            NodeWidth = 12,
            EdgeWidth = 21,
            Heads = 3,
            HeadWidth = 6,
            Layers = 3,
            Gaussian = new GaussianBasis(0, 0.2, 21, 0.2),
            Pooling = Pooling.Max,
            Remember = Remember.Dense,
            Embedding = [12],
            Readout = [8],
            Target = new TargetNormalization(-2, 7),
        },
        seed: 3));

    private protected override PropertyModel Model => Dense;
}
