using Glasswright.Kernels.Random;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>Small random graphs and parameters, the same in every run.</summary>
internal static class RandomNetworks
{
    /// <summary>n = 6, e = 7, two layers: no width is a multiple of a vector's.</summary>
    public static Architecture Small(Activation activation = Activation.Softplus, int heads = 2, int headWidth = 5) => new()
    {
        NodeWidth = 6,
        EdgeWidth = 7,
        Heads = heads,
        HeadWidth = headWidth,
        Layers = 2,
        Gaussian = new GaussianBasis(0.5, 0.5, 7, 0.6),
        Activation = activation,
        Embedding = [5, 6],
        Readout = [4],
    };

    /// <summary>Every number of the parameters drawn: γ near 1, running variances positive.</summary>
    public static ParameterSet Parameters(Architecture architecture, ulong seed = 7)
    {
        ParameterSet set = new(architecture);
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.SelfTest, 0, 0);
        foreach (Parameter parameter in set.Parameters)
        {
            bool positive = parameter.Descriptor.Role is ParameterRole.BatchNormWeight or ParameterRole.RunningVariance;
            for (int k = 0; k < parameter.Values.Length; k++)
            {
                parameter.Values[k] = (float)((positive ? 0.75 : -0.5) + draws.NextUniform());
            }
        }

        return set;
    }

    /// <summary>
    /// A directed graph of two species with 0 to 6 neighbors an atom: not symmetric, the last atom without neighbors.
    /// </summary>
    public static NeighborGraph Graph(int nodes, ulong seed = 3)
    {
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.SelfTest, 1, 0);
        int[] species = new int[nodes];
        List<int> offsets = [0];
        List<int> neighbors = [];
        List<double> distances = [];
        for (int i = 0; i < nodes; i++)
        {
            species[i] = i % 3 == 0 ? 0 : 1;
            long degree = i == nodes - 1 ? 0 : draws.NextBelow(7);
            for (int k = 0; k < degree; k++)
            {
                neighbors.Add((int)draws.NextBelow(nodes));
                distances.Add(1 + (3 * draws.NextUniform()));
            }

            offsets.Add(neighbors.Count);
        }

        return NeighborGraph.FromRows(species, offsets.ToArray(), neighbors.ToArray(), distances.ToArray());
    }
}
