using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>Against <c>gnn-reference.safetensors</c> (PyTorch 1.13.1), with the tolerances of the method's section 6.</summary>
public sealed class TrainingReferenceTests
{
    private const double StateTolerance = 1e-5;
    private readonly SafeTensors _file = GnnReference.Load();

    [Fact]
    public void EvaluationStatesAndPredictionAreThoseOfPyTorch()
    {
        ParameterSet parameters = GnnReference.Parameters(_file);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        float[] prediction = network.Forward(Batch(parameters), NormMode.Running, DropoutRates.None, 0, 0).ToArray();
        for (int layer = 0; layer <= 3; layer++)
        {
            ShouldAgree(network.NodeStates(layer), _file.Require($"eval/node_state_{layer}").ToSingles(), StateTolerance, $"state {layer}");
        }

        ShouldAgree(prediction, _file.Require("eval/prediction").ToSingles(), StateTolerance, "prediction");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TrainingStepIsThatOfPyTorch(int threads)
    {
        using ThreadTeam team = new(threads);
        ParameterSet parameters = GnnReference.Parameters(_file);
        TrainableNetwork network = TrainableNetwork.Create(parameters, team);
        float[] prediction = network.Forward(Batch(parameters), NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
        ShouldAgree(prediction, _file.Require("train/prediction").ToSingles(), StateTolerance, "prediction");

        float[] target = _file.Require("train/target").ToSingles();
        float[] gradient = new float[target.Length];
        double loss = 0;
        for (int i = 0; i < target.Length; i++)
        {
            double difference = (double)prediction[i] - target[i];
            loss += difference * difference / target.Length;
            gradient[i] = (float)(2 * difference / target.Length);
        }

        loss.ShouldBe(_file.Require("train/loss").ToSingles()[0], StateTolerance);
        network.Backward(gradient);
        foreach (Parameter parameter in network.Gradients.Parameters.Where(p => p.Descriptor.IsTrainable))
        {
            float[] expected = _file.Require("train/grad/" + parameter.Name).ToSingles();
            double tolerance = GradientTolerance(expected);
            if (parameter.Name.StartsWith(ParameterLayout.EmbeddingMlp, StringComparison.Ordinal))
            {
                // PyTorch's own rounding is larger than the tolerance there: see the next test.
                continue;
            }

            ShouldAgree(parameter.Values, expected, tolerance, parameter.Name);
        }

        foreach (Parameter parameter in parameters.Parameters.Where(p => !p.Descriptor.IsTrainable))
        {
            ShouldAgree(parameter.Values, _file.Require("train/after/" + parameter.Name).ToSingles(), StateTolerance, parameter.Name);
        }
    }

    /// <summary>
    /// With two species every BatchNorm of the embedding sees two values and maps them to the same pair up to ε, so the
    /// gradients before it are the small rest of a cancellation. PyTorch computed them in single precision, and the largest
    /// of its errors, against the double-precision network, is 38 times the tolerance. So these tensors are compared with
    /// central differences of the double-precision network, to the same tolerance, and PyTorch's with what it can be.
    /// </summary>
    [Fact]
    public void EmbeddingGradientsAreExactWherePyTorchRounds()
    {
        ParameterSet parameters = GnnReference.Parameters(_file);
        NeighborGraph graph = ReferenceGraph.From(_file);
        float[] target = _file.Require("train/target").ToSingles();
        Dictionary<string, double[]> exact = ReferenceTrainingNetwork.Widen(parameters);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        float[] prediction = network.Forward(Batch(parameters), NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
        network.Backward([.. prediction.Select((p, i) => (float)(2 * ((double)p - target[i]) / target.Length))]);
        double largestRounding = 0;
        foreach (Parameter parameter in network.Gradients.Parameters.Where(
            p => p.Descriptor.IsTrainable && p.Name.StartsWith(ParameterLayout.EmbeddingMlp, StringComparison.Ordinal)))
        {
            float[] torch = _file.Require("train/grad/" + parameter.Name).ToSingles();
            double tolerance = GradientTolerance(torch);
            for (int k = 0; k < torch.Length; k += Math.Max(1, torch.Length / 4))
            {
                double difference = CentralDifference(exact, parameter.Name, k);
                Math.Abs(parameter.Values[k] - difference).ShouldBeLessThanOrEqualTo(tolerance, $"{parameter.Name}[{k}]");
                double rounding = Math.Abs(torch[k] - difference);
                rounding.ShouldBeLessThanOrEqualTo(5e-5, $"PyTorch's {parameter.Name}[{k}]");
                largestRounding = Math.Max(largestRounding, rounding / tolerance);
            }
        }

        largestRounding.ShouldBeGreaterThan(1, "the reference would meet its own tolerance, and this test could go");

        double CentralDifference(Dictionary<string, double[]> at, string name, int k)
        {
            const double Step = 1e-5;
            double kept = at[name][k];
            at[name][k] = kept + Step;
            double up = Loss(at);
            at[name][k] = kept - Step;
            double down = Loss(at);
            at[name][k] = kept;
            return (up - down) / (2 * Step);
        }

        double Loss(Dictionary<string, double[]> at) => new ReferenceTrainingNetwork(parameters.Layout.Architecture, at)
            .Predict(graph)
            .Select((p, i) => (p - target[i]) * (p - target[i]) / target.Length)
            .Sum();
    }

    [Fact]
    public void TextbookNetworkIsThatOfPyTorch()
    {
        ParameterSet parameters = GnnReference.Parameters(_file);
        ReferenceTrainingNetwork network = new(parameters.Layout.Architecture, ReferenceTrainingNetwork.Widen(parameters));
        float[] prediction = Array.ConvertAll(network.Predict(ReferenceGraph.From(_file)), x => (float)x);
        ShouldAgree(prediction, _file.Require("train/prediction").ToSingles(), StateTolerance, "prediction");
    }

    private GraphBatch Batch(ParameterSet parameters)
    {
        GraphBatch batch = new(parameters.Layout.Architecture);
        batch.Assemble([ReferenceGraph.From(_file)], [0], Dropout.None, SerialRunner.Instance);
        return batch;
    }

    private static double GradientTolerance(float[] expected) => (1e-4 * expected.Max(Math.Abs)) + 1e-6;

    private static void ShouldAgree(float[] actual, float[] expected, double tolerance, string name)
    {
        actual.Length.ShouldBe(expected.Length, name);
        for (int i = 0; i < actual.Length; i++)
        {
            Math.Abs((double)actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(tolerance, $"{name}[{i}]");
        }
    }
}
