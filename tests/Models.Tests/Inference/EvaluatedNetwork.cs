using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;

namespace Glasswright.Models.Tests.Inference;

/// <summary>Two implementations of one network behind one face, so that every test body runs on both.</summary>
internal static class EvaluatedNetwork
{
    public const string Reference = "reference";
    public const string Engine = "engine";

    public static TheoryData<string> Both => new() { Reference, Engine };

    /// <summary>Outputs and the node states after the embedding and each layer, [N+1][nodes][n].</summary>
    public static (double[] Outputs, double[][][] States) Evaluate(string kind, ParameterSet parameters, NeighborGraph graph)
    {
        Architecture shape = parameters.Layout.Architecture;
        double[][][] states = new double[shape.Layers + 1][][];
        if (kind == Reference)
        {
            double[] outputs = new ReferenceNetwork(parameters).Evaluate(graph, (layer, h) => states[layer] = h);
            return (outputs, states);
        }

        using FoldedNetwork folded = new(parameters);
        using InferenceEngine engine = new(folded);
        double[] values = new double[graph.NodeCount];
        engine.Evaluate(graph, values, layer =>
        {
            states[layer] = new double[graph.NodeCount][];
            for (int i = 0; i < graph.NodeCount; i++)
            {
                states[layer][i] = Array.ConvertAll(engine.NodeState(i).ToArray(), x => (double)x);
            }
        });
        return (values, states);
    }

    /// <summary>max |a_i - b_i|; NaN if any of them is.</summary>
    public static double LargestDifference(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        a.Count.ShouldBe(b.Count);
        double largest = 0;
        for (int i = 0; i < a.Count; i++)
        {
            double difference = Math.Abs(a[i] - b[i]);
            if (double.IsNaN(difference))
            {
                return double.NaN;
            }

            largest = Math.Max(largest, difference);
        }

        return largest;
    }
}
