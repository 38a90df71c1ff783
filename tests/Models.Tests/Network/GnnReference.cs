using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Network;

/// <summary>
/// The network of <c>tests/data/gnn/gnn-reference.safetensors</c>, computed by PyTorch 1.13.1: n = 8, e = 12, K = 2,
/// a = 5, N = 3, 60 nodes with up to 9 neighbors, padded.
/// </summary>
internal static class GnnReference
{
    public static SafeTensors Load() => SafeTensors.Read(Repository.TestData("gnn", "gnn-reference.safetensors"));

    public static Architecture Architecture(SafeTensors file)
    {
        double[] centers = file.Require("input/gaussian_centres").ToDoubles();
        return new Architecture
        {
            Species = ["A", "B"],
            NodeWidth = 8,
            EdgeWidth = 12,
            Heads = 2,
            HeadWidth = 5,
            Layers = 3,
            Cutoff = double.Parse(file.Metadata["cutoff"], System.Globalization.CultureInfo.InvariantCulture),
            Gaussian = new GaussianBasis(
                centers[0],
                (centers[^1] - centers[0]) / (centers.Length - 1),
                12,
                double.Parse(file.Metadata["edge_width"], System.Globalization.CultureInfo.InvariantCulture)),
            Embedding = [8, 8],
            Readout = [6],
        };
    }

    public static ParameterSet Parameters(SafeTensors file)
    {
        ParameterSet set = new(Architecture(file));
        foreach (Parameter parameter in set.Parameters)
        {
            SafeTensor tensor = file.Require("weights/" + parameter.Name);
            tensor.Shape.ShouldBe(parameter.Descriptor.Shape, parameter.Name);
            tensor.ToSingles().CopyTo(parameter.Values, 0);
        }

        return set;
    }

    /// <summary>The graph of the file: padded rows of neighbors, of which <c>valid</c> marks the real ones.</summary>
    public static NeighborGraph Graph(SafeTensors file)
    {
        SafeTensor neighborTensor = file.Require("input/neighbour");
        int nodes = neighborTensor.Shape[0], slots = neighborTensor.Shape[1];
        long[] neighbor = neighborTensor.ToIntegers();
        double[] distance = file.Require("input/distance").ToDoubles();
        float[] valid = file.Require("input/valid").ToSingles();
        List<int> offsets = [0], neighbors = [];
        List<double> distances = [];
        for (int i = 0; i < nodes; i++)
        {
            for (int slot = i * slots; slot < (i + 1) * slots; slot++)
            {
                if (valid[slot] != 0)
                {
                    neighbors.Add((int)neighbor[slot]);
                    distances.Add(distance[slot]);
                }
            }

            offsets.Add(neighbors.Count);
        }

        int[] species = [.. file.Require("input/species").ToIntegers().Select(s => (int)s)];
        return NeighborGraph.FromRows(species, [.. offsets], [.. neighbors], [.. distances]);
    }
}
