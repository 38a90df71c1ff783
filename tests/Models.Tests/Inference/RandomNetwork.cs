using Glasswright.Models.Graphs;
using Glasswright.Models.Network;

namespace Glasswright.Models.Tests.Inference;

/// <summary>Networks and graphs made of random numbers, with running statistics as after training.</summary>
internal static class RandomNetwork
{
    /// <param name="shape">The network.</param>
    /// <param name="seed">Of all numbers.</param>
    /// <param name="gain">Factor on the weights of linear maps: cells damp what passes through them.</param>
    public static ParameterSet Parameters(Architecture shape, int seed, float gain = 1)
    {
        ParameterSet set = ParameterSet.Initialize(new ParameterLayout(shape), (ulong)seed);
        Random random = new(seed);
        foreach (Parameter parameter in set.Parameters)
        {
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                parameter.Values[i] = parameter.Descriptor.Role switch
                {
                    ParameterRole.BatchNormWeight => 0.5f + random.NextSingle(),
                    ParameterRole.BatchNormBias => random.NextSingle() - 0.5f,
                    ParameterRole.RunningMean => random.NextSingle() - 0.5f,
                    ParameterRole.RunningVariance => 0.3f + random.NextSingle(),
                    ParameterRole.LinearWeight => gain * parameter.Values[i],
                    _ => parameter.Values[i],
                };
            }
        }

        return set;
    }

    /// <summary>Rows of 0 … 20 neighbors at 2 … cutoff Å.</summary>
    public static NeighborGraph Graph(Architecture shape, int nodes, int seed)
    {
        Random random = new(seed);
        List<int> offsets = [0], neighbors = [];
        List<double> distances = [];
        for (int i = 0; i < nodes; i++)
        {
            int degree = random.Next(21);
            for (int e = 0; e < degree; e++)
            {
                neighbors.Add(random.Next(nodes));
                distances.Add(2 + ((shape.Cutoff - 2) * random.NextDouble()));
            }

            offsets.Add(neighbors.Count);
        }

        int[] species = [.. Enumerable.Range(0, nodes).Select(_ => random.Next(shape.Species.Count))];
        return NeighborGraph.FromRows(species, [.. offsets], [.. neighbors], [.. distances]);
    }
}
