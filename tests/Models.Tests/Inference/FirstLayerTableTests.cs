using Glasswright.Kernels.Numerics;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;

namespace Glasswright.Models.Tests.Inference;

public class FirstLayerTableTests
{
    /// <summary>Every lane of every pair of species at distances off the interpolation points, against the formula in double.</summary>
    [Theory]
    [InlineData("default")]
    [InlineData("small")]
    public unsafe void CurvesAreTheFormula(string name)
    {
        Architecture shape = name == "default" ? new Architecture() : new Architecture
        {
            Species = ["Cu", "Zr", "Al"],
            NodeWidth = 10,
            EdgeWidth = 7,
            Heads = 2,
            HeadWidth = 4,
            Layers = 2,
            Cutoff = 3.3,
            Gaussian = new GaussianBasis(1, 0.4, 7, 0.35),
            Embedding = [10],
            Readout = [5],
            Activation = Activation.Sigmoid,
        };
        ParameterSet parameters = RandomNetwork.Parameters(shape, seed: 12);
        using FoldedNetwork network = new(parameters);
        FirstLayerTable table = network.FirstLayer.ShouldNotBeNull();
        LayerWeights weights = new(parameters, 0);
        ReferenceNetwork reference = new(parameters);
        double[][] h = [.. Enumerable.Range(0, shape.Species.Count).Select(reference.Embed)];
        float* row = stackalloc float[1024];
        int n = shape.NodeWidth, e = shape.EdgeWidth;
        for (int step = 0; step <= 60; step++)
        {
            double d = shape.Cutoff * (step / 60.0) * 0.99991;
            int own = step % h.Length, other = step / h.Length % h.Length;
            double[] edge = new double[e];
            double[] gaussians = [.. Enumerable.Range(0, e).Select(m => Math.Exp(-Math.Pow((d - shape.Gaussian.Center(m)) / shape.Gaussian.Sigma, 2)))];
            for (int o = 0; o < e; o++)
            {
                double x = gaussians[o] + Map(weights.Edge, weights.EdgeBias, o, gaussians);
                edge[o] = shape.Activation == Activation.Softplus ? Elementary.Softplus(x) : Elementary.Sigmoid(x);
            }

            table.Edges(own, other, d, row);
            for (int o = 0; o < e; o++)
            {
                ((double)row[o]).ShouldBe(edge[o], 1e-6 * Math.Max(1, Math.Abs(edge[o])), $"edge lane {o} at {d} Å");
            }

            table.Heads(own, other, d, row);
            for (int o = 0; o < weights.HeadOutputs; o++)
            {
                double exact = Map(weights.Head, weights.HeadBias, o, edge);
                ((double)row[o]).ShouldBe(exact, 1e-6 * Math.Max(1, Math.Abs(exact)), $"head lane {o} at {d} Å");
            }

            double Map(Func<int, int, double> weight, Func<int, double> bias, int o, double[] last)
            {
                double sum = bias(o);
                for (int m = 0; m < n; m++)
                {
                    sum += (weight(o, m) * h[own][m]) + (weight(o, n + m) * h[other][m]);
                }

                for (int m = 0; m < e; m++)
                {
                    sum += weight(o, (2 * n) + m) * last[m];
                }

                return sum;
            }
        }
    }

    [Fact]
    public void ActivationsWithAKinkHaveNone()
    {
        using FoldedNetwork network = new(RandomNetwork.Parameters(
            new Architecture { NodeWidth = 8, HeadWidth = 3, Heads = 2, Layers = 1, Embedding = [8], Activation = Activation.Relu }, seed: 1));
        network.FirstLayer.ShouldBeNull();
    }
}
