using Glasswright.Kernels.Random;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>Poolings, remember functions and classes: against PyTorch, and against differences of the textbook network.</summary>
public sealed class OptionTests
{
    private const double StateTolerance = 1e-5;

    [Theory]
    [MemberData(nameof(OptionReference.Names), MemberType = typeof(OptionReference))]
    public void EvaluationIsThatOfPyTorch(string name)
    {
        SafeTensors file = OptionReference.Load(name);
        ParameterSet parameters = OptionReference.Parameters(file);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        float[] prediction = network.Forward(Batch(file, parameters), NormMode.Running, DropoutRates.None, 0, 0).ToArray();
        for (int layer = 0; layer <= 2; layer++)
        {
            ShouldAgree(network.NodeStates(layer), file.Require($"eval/node_state_{layer}").ToSingles(), StateTolerance, $"state {layer}");
        }

        ShouldAgree(prediction, file.Require("eval/prediction").ToSingles(), StateTolerance, "prediction");
    }

    [Theory]
    [MemberData(nameof(OptionReference.Names), MemberType = typeof(OptionReference))]
    public void TextbookTrainingNetworkIsThatOfPyTorch(string name)
    {
        SafeTensors file = OptionReference.Load(name);
        ParameterSet parameters = OptionReference.Parameters(file);
        ReferenceTrainingNetwork network = new(parameters.Layout.Architecture, ReferenceTrainingNetwork.Widen(parameters));
        float[] outputs = [.. network.Outputs(ReferenceGraph.From(file)).SelectMany(row => row.Select(x => (float)x))];
        ShouldAgree(outputs, file.Require("train/prediction").ToSingles(), 1e-6, "prediction");
    }

    [Theory]
    [MemberData(nameof(OptionReference.Names), MemberType = typeof(OptionReference))]
    public void TrainingStepIsThatOfPyTorch(string name)
    {
        using ThreadTeam team = new(2);
        SafeTensors file = OptionReference.Load(name);
        ParameterSet parameters = OptionReference.Parameters(file);
        TrainableNetwork network = TrainableNetwork.Create(parameters, team);
        float[] output = network.Forward(Batch(file, parameters), NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
        ShouldAgree(output, file.Require("train/prediction").ToSingles(), StateTolerance, "prediction");
        double[] target = file.Require("train/target").Shape[0] == 24 && parameters.Layout.Architecture.ClassLevels is null
            ? file.Require("train/target").ToDoubles()
            : [.. file.Require("train/target").ToIntegers().Select(c => (double)c)];
        (double loss, float[] gradient) = Loss(output, target);
        loss.ShouldBe(file.Require("train/loss").ToSingles()[0], StateTolerance);
        network.Backward(gradient);
        foreach (Parameter parameter in network.Gradients.Parameters.Where(p => p.Descriptor.IsTrainable))
        {
            float[] expected = file.Require("train/grad/" + parameter.Name).ToSingles();
            ShouldAgree(parameter.Values, expected, (1e-4 * expected.Max(Math.Abs)) + 1e-6, parameter.Name);
        }

        foreach (Parameter parameter in parameters.Parameters.Where(p => !p.Descriptor.IsTrainable))
        {
            ShouldAgree(parameter.Values, file.Require("train/after/" + parameter.Name).ToSingles(), StateTolerance, parameter.Name);
        }
    }

    public static TheoryData<string> Shapes => new()
    {
        "mean", "max", "max of twins", "set2set", "set2set without a map", "one query", "lstm", "dense", "classes", "all",
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryTensorsGradientIsThatOfTheTextbookNetwork(string name)
    {
        const int Nodes = 40;
        Architecture small = RandomNetworks.Small();
        Architecture architecture = name switch
        {
            "mean" => small with { Pooling = Pooling.Mean },
            "max" or "max of twins" => small with { Pooling = Pooling.Max },
            "set2set" => small with { Pooling = Pooling.Set2set, PoolingSteps = 3 },
            "set2set without a map" => small with { Pooling = Pooling.Set2set, PoolingSteps = 2, Heads = 1, HeadWidth = 3 },
            "one query" => small with { Pooling = Pooling.Set2set, PoolingSteps = 1 },
            "lstm" => small with { Remember = Remember.Lstm },
            "dense" => small with { Remember = Remember.Dense, Activation = Activation.Sigmoid },
            "classes" => small with { ClassLevels = [0.1, 0.9] },
            _ => small with { Pooling = Pooling.Set2set, PoolingSteps = 2, Remember = Remember.Lstm, ClassLevels = [0.5], Layers = 3 },
        };
        ParameterSet parameters = RandomNetworks.Parameters(architecture);
        NeighborGraph graph = RandomNetworks.Graph(Nodes);
        graph = name == "max of twins" ? Twins(graph) : graph;
        int outputs = Nodes * architecture.OutputWidth;
        double[] weights = [.. Enumerable.Range(0, outputs).Select(i => ((i * 37 % 11) - 5) / 50.0)];
        Dictionary<string, double[]> exact = ReferenceTrainingNetwork.Widen(parameters);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        GraphBatch batch = new(architecture);
        batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
        float[] prediction = network.Forward(batch, NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
        double[] reference = Outputs();
        for (int i = 0; i < outputs; i++)
        {
            prediction[i].ShouldBe((float)reference[i], 2e-5, $"prediction {i}");
        }

        network.Backward(Array.ConvertAll(weights, w => (float)w));
        DrawSequence draws = RandomStreams.Draws(11, RandomStream.SelfTest, 2, 0);
        foreach (Parameter gradient in network.Gradients.Parameters.Where(p => p.Descriptor.IsTrainable))
        {
            double[] at = exact[gradient.Name], kept = [.. at], direction = new double[at.Length];
            double expected = 0, length = 0;
            for (int k = 0; k < at.Length; k++)
            {
                direction[k] = draws.NextUniform() - 0.5;
                expected += gradient.Values[k] * direction[k];
                length += (double)gradient.Values[k] * gradient.Values[k];
            }

            const double Step = 1e-6;
            double slope = (Along(Step) - Along(-Step)) / (2 * Step);
            kept.CopyTo(at, 0);
            Math.Abs(slope - expected).ShouldBeLessThanOrEqualTo((2e-4 * Math.Sqrt(length)) + 2e-6, gradient.Name);

            double Along(double step)
            {
                for (int k = 0; k < at.Length; k++)
                {
                    at[k] = kept[k] + (step * direction[k]);
                }

                return Outputs().Select((p, i) => p * weights[i]).Sum();
            }
        }

        double[] Outputs() => [.. new ReferenceTrainingNetwork(architecture, exact).Outputs(graph).SelectMany(row => row)];
    }

    /// <summary>A batch after a larger one leaves nothing of it: buffers of steps are used again.</summary>
    [Theory]
    [InlineData(Pooling.Set2set, Remember.Lstm)]
    [InlineData(Pooling.Max, Remember.Dense)]
    internal void ABatchDoesNotRememberTheOneBefore(Pooling pooling, Remember remember)
    {
        Architecture architecture = RandomNetworks.Small() with
        {
            Pooling = pooling,
            PoolingSteps = pooling == Pooling.Set2set ? 2 : null,
            Remember = remember,
        };
        NeighborGraph small = RandomNetworks.Graph(33), middle = RandomNetworks.Graph(60, 4), large = RandomNetworks.Graph(90, 5);
        ParameterSet start = RandomNetworks.Parameters(architecture);
        TrainableNetwork fresh = TrainableNetwork.Create(start.Clone(), SerialRunner.Instance);
        TrainableNetwork used = TrainableNetwork.Create(start.Clone(), SerialRunner.Instance);
        Pass(used, large);
        Pass(used, small);
        used.Parameters.CopyFrom(start);
        Pass(used, middle).ShouldBe(Pass(fresh, middle));

        float[] Pass(TrainableNetwork network, NeighborGraph graph)
        {
            GraphBatch batch = new(architecture);
            batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
            float[] output = network.Forward(batch, NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
            network.Backward(output);
            return [.. output, .. network.Gradients.Parameters.SelectMany(p => p.Values)];
        }
    }

    /// <summary>Every edge twice: the maximum is had by two messages, and one of them alone has the gradient.</summary>
    private static NeighborGraph Twins(NeighborGraph graph)
    {
        int[] offsets = [.. graph.Offsets.ToArray().Select(offset => 2 * offset)];
        int[] neighbors = [.. graph.Neighbors.ToArray().SelectMany(j => new[] { j, j })];
        double[] distances = [.. graph.Distances.ToArray().SelectMany(d => new[] { d, d })];
        return NeighborGraph.FromRows(graph.Species, offsets, neighbors, distances);
    }

    private static (double Loss, float[] Gradient) Loss(float[] output, double[] target)
    {
        double loss = 0;
        int classes = output.Length / target.Length;
        float[] gradient = new float[output.Length];
        for (int i = 0; i < target.Length; i++)
        {
            if (classes == 1)
            {
                double difference = output[i] - target[i];
                loss += difference * difference / target.Length;
                gradient[i] = (float)(2 * difference / target.Length);
                continue;
            }

            double[] scores = [.. output.Skip(i * classes).Take(classes).Select(x => (double)x)];
            double total = scores.Select(Math.Exp).Sum();
            loss -= Math.Log(Math.Exp(scores[(int)target[i]]) / total) / target.Length;
            for (int c = 0; c < classes; c++)
            {
                gradient[(i * classes) + c] = (float)(((Math.Exp(scores[c]) / total) - (c == (int)target[i] ? 1 : 0)) / target.Length);
            }
        }

        return (loss, gradient);
    }

    private static GraphBatch Batch(SafeTensors file, ParameterSet parameters)
    {
        GraphBatch batch = new(parameters.Layout.Architecture);
        batch.Assemble([ReferenceGraph.From(file)], [0], Dropout.None, SerialRunner.Instance);
        return batch;
    }

    private static void ShouldAgree(float[] actual, float[] expected, double tolerance, string name)
    {
        actual.Length.ShouldBe(expected.Length, name);
        for (int i = 0; i < actual.Length; i++)
        {
            Math.Abs((double)actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(tolerance, $"{name}[{i}]");
        }
    }
}
