using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Network;

namespace Glasswright.Models.Tests.Inference;

/// <summary>Both implementations against PyTorch 1.13.1 and against each other.</summary>
public class NetworkAgainstPyTorchTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void StatesOfEveryLayerAndPredictionsArePyTorchs(string kind)
    {
        SafeTensors file = GnnReference.Load();
        (double[] outputs, double[][][] states) =
            EvaluatedNetwork.Evaluate(kind, GnnReference.Parameters(file), GnnReference.Graph(file));

        for (int layer = 0; layer < states.Length; layer++)
        {
            double[] theirs = file.Require($"eval/node_state_{layer}").ToDoubles();
            double[] ours = [.. states[layer].SelectMany(row => row)];
            EvaluatedNetwork.LargestDifference(ours, theirs).ShouldBeLessThan(Tolerance, $"layer {layer}");
        }

        EvaluatedNetwork.LargestDifference(outputs, file.Require("eval/prediction").ToDoubles()).ShouldBeLessThan(Tolerance);
    }

    public static TheoryData<string, string> OptionCases()
    {
        TheoryData<string, string> cases = [];
        foreach (string name in OptionReference.Names)
        {
            cases.Add(name, EvaluatedNetwork.Reference);
            cases.Add(name, EvaluatedNetwork.Engine);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(OptionCases))]
    public void StatesAndPredictionsOfEveryOptionArePyTorchs(string name, string kind)
    {
        SafeTensors file = OptionReference.Load(name);
        ParameterSet parameters = OptionReference.Parameters(file);
        (double[] outputs, double[][][] states) = EvaluatedNetwork.Evaluate(kind, parameters, GnnReference.Graph(file));
        for (int layer = 0; layer < states.Length; layer++)
        {
            double[] theirs = file.Require($"eval/node_state_{layer}").ToDoubles();
            EvaluatedNetwork.LargestDifference([.. states[layer].SelectMany(row => row)], theirs).ShouldBeLessThan(Tolerance, $"layer {layer}");
        }

        double[] expected = file.Require("eval/prediction").ToDoubles();
        if (parameters.Layout.Architecture.ClassLevels is not null)
        {
            // The value of a classifier is the log-odds of its last class.
            double[] logs = file.Require("eval/log_probability").ToDoubles();
            int classes = parameters.Layout.Architecture.OutputWidth;
            expected = [.. Enumerable.Range(0, outputs.Length).Select(i => logs[(i * classes) + classes - 1]).Select(l => l - Math.Log(1 - Math.Exp(l)))];
        }

        EvaluatedNetwork.LargestDifference(outputs, expected).ShouldBeLessThan(Tolerance);
    }

    /// <summary>The reference's numbers would pass no such test if padded slots were taken for neighbors.</summary>
    [Theory]
    [MemberData(nameof(EvaluatedNetwork.Both), MemberType = typeof(EvaluatedNetwork))]
    public void OneEdgeTooManyIsNoticed(string kind)
    {
        SafeTensors file = GnnReference.Load();
        NeighborGraph graph = GnnReference.Graph(file);
        int[] offsets = graph.Offsets.ToArray();
        for (int i = 1; i < offsets.Length; i++)
        {
            offsets[i]++;
        }

        NeighborGraph changed = NeighborGraph.FromRows(
            graph.Species, offsets, [0, .. graph.Neighbors], [3.2, .. graph.Distances]);
        (double[] outputs, _) = EvaluatedNetwork.Evaluate(kind, GnnReference.Parameters(file), changed);
        EvaluatedNetwork.LargestDifference(outputs, file.Require("eval/prediction").ToDoubles()).ShouldBeGreaterThan(1e-3);
    }

    public static TheoryData<string> Shapes() => new()
    {
        "default", "sigmoid", "relu", "leaky-relu", "heads fill the node", "one head", "nine heads", "three species", "deep readout",
        "mean", "max", "set2set", "set2set of nine heads", "set2set fills the node", "lstm", "dense", "four classes",
    };

    /// <summary>Shapes that exercise every padding: widths that are, and are not, whole vectors; more heads than lanes.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void EngineIsTheReferenceForEveryShape(string name)
    {
        Architecture small = new()
        {
            NodeWidth = 10,
            EdgeWidth = 17,
            Heads = 3,
            HeadWidth = 7,
            Layers = 2,
            Gaussian = new GaussianBasis(0.5, 0.25, 17, 0.25),
            Embedding = [6, 10],
            Readout = [5],
        };
        Architecture shape = name switch
        {
            "default" => new Architecture(),
            "sigmoid" => small with { Activation = Activation.Sigmoid },
            "relu" => small with { Activation = Activation.Relu },
            "leaky-relu" => small with { Activation = Activation.LeakyRelu },
            "heads fill the node" => small with { NodeWidth = 21, Embedding = [21] },
            "one head" => small with { Heads = 1, HeadWidth = 1 },
            "nine heads" => small with { Heads = 9, HeadWidth = 5 },
            "mean" => small with { Pooling = Pooling.Mean },
            "max" => small with { Pooling = Pooling.Max, Activation = Activation.LeakyRelu },
            "set2set" => small with { Pooling = Pooling.Set2set, PoolingSteps = 4 },
            "set2set of nine heads" => small with { Pooling = Pooling.Set2set, PoolingSteps = 2, Heads = 9, HeadWidth = 5 },
            "set2set fills the node" => small with { Pooling = Pooling.Set2set, PoolingSteps = 2, NodeWidth = 42, Embedding = [42] },
            "lstm" => small with { Remember = Remember.Lstm, Layers = 3 },
            "dense" => small with { Remember = Remember.Dense, Layers = 3 },
            "four classes" => small with { ClassLevels = [0.1, 0.5, 0.9] },
            "three species" => small with { Species = ["Cu", "Zr", "Al"] },
            _ => small with { Readout = [16, 33, 4] },
        };
        ParameterSet parameters = RandomNetwork.Parameters(shape, seed: 4, gain: shape.Pooling == Pooling.Set2set ? 2 : 1);
        NeighborGraph graph = RandomNetwork.Graph(shape, nodes: 12, seed: 9);

        (double[] expected, double[][][] expectedStates) =
            EvaluatedNetwork.Evaluate(EvaluatedNetwork.Reference, parameters, graph);
        (double[] actual, double[][][] actualStates) = EvaluatedNetwork.Evaluate(EvaluatedNetwork.Engine, parameters, graph);

        // Random networks make states of the order of 10, so the tolerance is relative to the largest.
        for (int layer = 0; layer < expectedStates.Length; layer++)
        {
            double[] expectedLayer = [.. expectedStates[layer].SelectMany(row => row)];
            double[] actualLayer = [.. actualStates[layer].SelectMany(row => row)];
            double size = Math.Max(1, expectedLayer.Max(Math.Abs));
            EvaluatedNetwork.LargestDifference(actualLayer, expectedLayer).ShouldBeLessThan(Tolerance * size, $"layer {layer}");
        }

        EvaluatedNetwork.LargestDifference(actual, expected).ShouldBeLessThan(Tolerance * Math.Max(1, expected.Max(Math.Abs)));
        expected.Max().ShouldBeGreaterThan(expected.Min() + 0.01);
    }
}
