using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference.Devices;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Inference;
using Glasswright.Models.Tests.Network;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>The network on a device against PyTorch's numbers and the readable reference.</summary>
public sealed class OpenClInferenceTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly DeviceQueue _queue = new(ComputeDevice.Choose(null));

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void StatesOfEveryLayerAndPredictionsArePyTorchs()
    {
        SafeTensors file = GnnReference.Load();
        ShouldBePyTorchs(file, GnnReference.Parameters(file));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("max")]
    public void PoolingsArePyTorchs(string name)
    {
        SafeTensors file = OptionReference.Load(name);
        ShouldBePyTorchs(file, OptionReference.Parameters(file));
    }

    [Theory]
    [InlineData(Activation.Softplus)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.LeakyRelu)]
    public void EveryActivationIsThatOfTheReference(object activation)
    {
        // As wide as the paper's edges and heads, with nodes without neighbors.
        var shape = new Architecture { Activation = (Activation)activation, Layers = 2 };
        ParameterSet parameters = RandomNetwork.Parameters(shape, seed: 5);
        NeighborGraph graph = RandomNetwork.Graph(shape, nodes: 30, seed: 6);
        double[] expected = new ReferenceNetwork(parameters).Evaluate(graph), found = new double[30];
        using var inference = new OpenClInference(_queue, parameters);
        inference.Evaluate(graph, found);
        Largest(found, expected).ShouldBeLessThan(2e-5 * Math.Max(1, expected.Max(Math.Abs)));
    }

    [Fact]
    public void ABatchGivesEachGraphTheBytesItHasAlone()
    {
        var shape = new Architecture { NodeWidth = 12, EdgeWidth = 21, Heads = 3, HeadWidth = 4, Layers = 3, Gaussian = new GaussianBasis(0, 0.2, 21, 0.2), Embedding = [12], Readout = [8, 5] };
        NeighborGraph a = RandomNetwork.Graph(shape, 70, 1), b = RandomNetwork.Graph(shape, 31, 2);
        using var inference = new OpenClInference(_queue, RandomNetwork.Parameters(shape, 3));
        double[] together = new double[101], first = new double[70], second = new double[31];
        inference.Evaluate(b, second);
        inference.Evaluate(NeighborGraph.Batch([a, b]), together);
        inference.Evaluate(a, first);
        together[..70].ShouldBe(first);
        together[70..].ShouldBe(second);
    }

    [Fact]
    public void WhatTheDevicePathLacksIsRefusedByName()
    {
        SafeTensors file = OptionReference.Load("set2set");
        Should.Throw<InputException>(() => new OpenClInference(_queue, OptionReference.Parameters(file))).Message.ShouldContain("set2set");
        file = OptionReference.Load("lstm");
        Should.Throw<InputException>(() => new OpenClInference(_queue, OptionReference.Parameters(file))).Message.ShouldContain("remember lstm");
        file = OptionReference.Load("classes");
        Should.Throw<InputException>(() => new OpenClInference(_queue, OptionReference.Parameters(file))).Message.ShouldContain("classes");
    }

    private static double Largest(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();

    private void ShouldBePyTorchs(SafeTensors file, ParameterSet parameters)
    {
        NeighborGraph graph = GnnReference.Graph(file);
        double[] outputs = new double[graph.NodeCount];
        using var inference = new OpenClInference(_queue, parameters);
        int layers = 0;
        inference.Evaluate(graph, outputs, (layer, states) =>
        {
            double[] theirs = file.Require($"eval/node_state_{layer}").ToDoubles();
            Largest([.. states.Select(x => (double)x)], theirs).ShouldBeLessThan(Tolerance, $"layer {layer}");
            layers++;
        });
        layers.ShouldBe(parameters.Layout.Architecture.Layers + 1);
        Largest(outputs, file.Require("eval/prediction").ToDoubles()).ShouldBeLessThan(Tolerance);
    }
}
