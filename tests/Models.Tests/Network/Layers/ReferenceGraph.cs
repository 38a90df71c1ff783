using Glasswright.Models.Graphs;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>The graph of <c>gnn-reference.safetensors</c> without its padding.</summary>
internal static class ReferenceGraph
{
    public static NeighborGraph From(SafeTensors file)
    {
        SafeTensor distances = file.Require("input/distance");
        int[] species = [.. file.Require("input/species").ToIntegers().Select(s => (int)s)];
        double[] distance = distances.ToDoubles();
        long[] neighbor = file.Require("input/neighbour").ToIntegers();
        float[] valid = file.Require("input/valid").ToSingles();
        int slots = distances.Shape[1];
        List<int> offsets = [0];
        List<int> neighbors = [];
        List<double> lengths = [];
        for (int i = 0; i < species.Length; i++)
        {
            for (int slot = i * slots; slot < (i + 1) * slots; slot++)
            {
                if (valid[slot] != 0)
                {
                    neighbors.Add((int)neighbor[slot]);
                    lengths.Add(distance[slot]);
                }
            }

            offsets.Add(neighbors.Count);
        }

        return NeighborGraph.FromRows(species, offsets.ToArray(), neighbors.ToArray(), lengths.ToArray());
    }
}
