using Glasswright.Kernels.Random;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>
/// The backward pass against central differences of the textbook network in double precision, tensor by tensor: the
/// derivative along a random direction of each tensor, Σ_k g_k d_k, to 1e-4 of the gradient's length.
/// </summary>
public sealed class GradientTests
{
    private const int Nodes = 40;

    [Theory]
    [InlineData(Activation.Softplus, 2, 5)]
    [InlineData(Activation.Sigmoid, 2, 5)]
    [InlineData(Activation.Relu, 2, 5)]
    [InlineData(Activation.LeakyRelu, 2, 5)]
    [InlineData(Activation.Softplus, 2, 3)]
    [InlineData(Activation.Softplus, 9, 2)]
    internal void EveryTensorsGradientIsThatOfTheTextbookNetwork(Activation activation, int heads, int headWidth)
    {
        Architecture architecture = RandomNetworks.Small(activation, heads, headWidth);
        architecture.HasConcatenationMap.ShouldBe(heads * headWidth != 6);
        ParameterSet parameters = RandomNetworks.Parameters(architecture);
        NeighborGraph graph = RandomNetworks.Graph(Nodes);
        double[] weights = [.. Enumerable.Range(0, Nodes).Select(i => ((i * 37 % 11) - 5) / 50.0)];
        Dictionary<string, double[]> exact = ReferenceTrainingNetwork.Widen(parameters);

        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        GraphBatch batch = new(architecture);
        batch.Assemble([graph], [0], Dropout.None, SerialRunner.Instance);
        float[] prediction = network.Forward(batch, NormMode.Batch, DropoutRates.None, 0, 0).ToArray();
        double[] reference = new ReferenceTrainingNetwork(architecture, exact).Predict(graph);
        for (int i = 0; i < Nodes; i++)
        {
            prediction[i].ShouldBe((float)reference[i], 2e-5, $"prediction {i}");
        }

        network.Backward(Array.ConvertAll(weights, w => (float)w));
        DrawSequence draws = RandomStreams.Draws(11, RandomStream.SelfTest, 2, 0);
        foreach (Parameter gradient in network.Gradients.Parameters.Where(p => p.Descriptor.IsTrainable))
        {
            double[] at = exact[gradient.Name];
            double[] kept = [.. at];
            double[] direction = new double[at.Length];
            double expected = 0;
            double length = 0;
            for (int k = 0; k < at.Length; k++)
            {
                direction[k] = draws.NextUniform() - 0.5;
                expected += gradient.Values[k] * direction[k];
                length += (double)gradient.Values[k] * gradient.Values[k];
            }

            // Relu has corners: the shorter step keeps them out of the way.
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

                double[] output = new ReferenceTrainingNetwork(architecture, exact).Predict(graph);
                return output.Select((p, i) => p * weights[i]).Sum();
            }
        }
    }

    [Theory]
    [InlineData(NormMode.Batch, 0.3, 0.0, Remember.Residual)]
    [InlineData(NormMode.Running, 0.3, 0.0, Remember.Residual)]
    [InlineData(NormMode.Running, 0.0, 0.0, Remember.Residual)]
    [InlineData(NormMode.Batch, 0.0, 0.3, Remember.Residual)]
    [InlineData(NormMode.Running, 0.2, 0.3, Remember.Residual)]
    [InlineData(NormMode.Running, 0.2, 0.3, Remember.Lstm)]
    [InlineData(NormMode.Batch, 0.2, 0.3, Remember.Dense)]
    internal void GradientsHoldUnderDropoutAndFrozenStatistics(NormMode mode, double rate, double input, Remember remember)
    {
        Architecture architecture = RandomNetworks.Small() with { Remember = remember };
        NeighborGraph graph = RandomNetworks.Graph(Nodes);
        DropoutRates rates = new(rate, rate, rate, input);
        ParameterSet parameters = RandomNetworks.Parameters(architecture);
        float[] weights = [.. Enumerable.Range(0, Nodes).Select(i => ((i * 37 % 11) - 5) / 50f)];
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        GraphBatch batch = new(architecture);
        batch.Assemble([graph], [0], new Dropout(rate, 5, RandomStream.DropoutEdge, 0, 2), SerialRunner.Instance);
        ParameterSet start = parameters.Clone();
        Output(0);
        network.Backward(weights);

        // Against differences of the network itself, in single precision: along the gradient they are large enough.
        double length = network.Gradients.Parameters.Sum(p => p.Values.Sum(g => (double)g * g));
        const double Step = 2e-3;
        double slope = (Output(Step) - Output(-Step)) / (2 * Step);
        slope.ShouldBe(Math.Sqrt(length), 0.01 * Math.Sqrt(length));

        double Output(double step)
        {
            double unit = step == 0 ? 0 : step / Math.Sqrt(network.Gradients.Parameters.Sum(p => p.Values.Sum(g => (double)g * g)));
            parameters.CopyFrom(start);
            for (int p = 0; p < parameters.Parameters.Count; p++)
            {
                float[] values = parameters.Parameters[p].Values;
                for (int k = 0; k < values.Length; k++)
                {
                    values[k] += (float)(unit * network.Gradients.Parameters[p].Values[k]);
                }
            }

            ReadOnlySpan<float> output = network.Forward(batch, mode, rates, 5, 2);
            double sum = 0;
            for (int i = 0; i < Nodes; i++)
            {
                sum += (double)output[i] * weights[i];
            }

            return sum;
        }
    }

    /// <summary>With every map's node inputs nearly dropped and the residual whole, h' still follows h: what a layer remembers is not dropped.</summary>
    [Fact]
    public void WhatALayerRemembersIsWholeUnderDropoutOfItsInput()
    {
        ParameterSet parameters = RandomNetworks.Parameters(RandomNetworks.Small());
        GraphBatch batch = new(parameters.Layout.Architecture);
        batch.Assemble([RandomNetworks.Graph(Nodes)], [0], Dropout.None, SerialRunner.Instance);
        float[] gamma = parameters[ParameterLayout.OutputNorm(0) + ".weight"], beta = parameters[ParameterLayout.OutputNorm(0) + ".bias"];
        Array.Clear(gamma);
        Array.Clear(beta);
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        float[] dropped = network.Forward(batch, NormMode.Running, new DropoutRates(0, 0, 0, 0.5), 5, 2).ToArray();
        network.NodeStates(1).ShouldBe(network.NodeStates(0));
        network.Forward(batch, NormMode.Running, new DropoutRates(0, 0, 0, 0.5), 5, 2).ToArray().ShouldBe(dropped);
        network.Forward(batch, NormMode.Running, new DropoutRates(0, 0, 0, 0.5), 6, 2).ToArray().ShouldNotBe(dropped);
        network.Forward(batch, NormMode.Running, DropoutRates.None, 5, 2).ToArray().ShouldNotBe(dropped);
    }

    [Fact]
    public void RunningStatisticsStayWhenTheyAreUsed()
    {
        ParameterSet parameters = RandomNetworks.Parameters(RandomNetworks.Small());
        ParameterSet before = parameters.Clone();
        TrainableNetwork network = TrainableNetwork.Create(parameters, SerialRunner.Instance);
        GraphBatch batch = new(parameters.Layout.Architecture);
        batch.Assemble([RandomNetworks.Graph(Nodes)], [0], Dropout.None, SerialRunner.Instance);
        network.Forward(batch, NormMode.Running, DropoutRates.None, 0, 0);
        for (int p = 0; p < before.Parameters.Count; p++)
        {
            parameters.Parameters[p].Values.ShouldBe(before.Parameters[p].Values);
        }
    }
}
