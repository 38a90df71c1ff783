using Glasswright.Models.Graphs;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference;

/// <summary>What one neighbor means for the prediction of an atom.</summary>
/// <param name="Neighbor">Its index in the graph.</param>
/// <param name="Distance">Å.</param>
/// <param name="Attention">α_ij, <c>[layer][head]</c>; over all neighbors of the atom they add up to one.</param>
/// <param name="Contribution">
/// z_i - z_i without the bond, in the model's unit: the change of the atom's value when the two edges between them are taken out of the graph and
/// all else stays. Contributions of several neighbors do not add up: the network is not linear.
/// </param>
internal sealed record NeighborInfluence(int Neighbor, double Distance, double[][] Attention, double Contribution);

/// <summary>
/// Looks into the prediction of one atom: attention by the textbook network, contributions by the engine that predicts. Only the atoms that the prediction
/// can depend on, as many steps away as the network has layers, are computed: the cost does not grow with the structure.
/// </summary>
internal static class PredictionInsight
{
    /// <summary>The neighbors of an atom in the order of the graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">A graph of the model's cutoff and species.</param>
    /// <param name="atom">Index of the atom.</param>
    public static IReadOnlyList<NeighborInfluence> Explain(PropertyModel model, NeighborGraph graph, int atom)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfNegative(atom);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(atom, graph.NodeCount);
        (int[] nodes, NeighborGraph near, int center) = Surroundings(graph, atom, model.Architecture.Layers);
        int first = near.Offsets[center], degree = near.Offsets[center + 1] - first;
        var attention = new double[degree][][];
        for (int k = 0; k < degree; k++)
        {
            attention[k] = [.. Enumerable.Range(0, model.Architecture.Layers).Select(_ => new double[model.Architecture.Heads])];
        }

        new ReferenceNetwork(model.Parameters).Evaluate(near, null, (layer, head, node, weights) =>
        {
            for (int k = 0; node == center && k < degree; k++)
            {
                attention[k][layer][head] = weights[k];
            }
        });
        using var engine = new InferenceEngine(model);
        double whole = Value(near);
        var influences = new NeighborInfluence[degree];
        for (int k = 0; k < degree; k++)
        {
            int neighbor = near.Neighbors[first + k];
            double without = Value(WithoutBond(near, center, first + k));
            influences[k] = new(nodes[neighbor], near.Distances[first + k], attention[k], whole - without);
        }

        return influences;

        double Value(NeighborGraph part)
        {
            var values = new double[part.NodeCount];
            engine.Predict(part, values);
            return values[center];
        }
    }

    /// <summary>
    /// The nodes within so many steps, in ascending order, with all edges of those that are nearer than that. The outermost ones give no more than their
    /// species to the atom's value, so they need no edges.
    /// </summary>
    private static (int[] Nodes, NeighborGraph Graph, int Center) Surroundings(NeighborGraph graph, int atom, int steps)
    {
        var distance = new Dictionary<int, int> { [atom] = 0 };
        var front = new List<int> { atom };
        for (int step = 1; step <= steps; step++)
        {
            var next = new List<int>();
            foreach (int node in front)
            {
                foreach (int neighbor in graph.Neighbors[graph.Offsets[node]..graph.Offsets[node + 1]])
                {
                    if (distance.TryAdd(neighbor, step))
                    {
                        next.Add(neighbor);
                    }
                }
            }

            front = next;
        }

        int[] nodes = [.. distance.Keys.Order()];
        var species = new int[nodes.Length];
        var offsets = new int[nodes.Length + 1];
        var neighbors = new List<int>();
        var distances = new List<double>();
        for (int n = 0; n < nodes.Length; n++)
        {
            species[n] = graph.Species[nodes[n]];
            for (int e = graph.Offsets[nodes[n]]; distance[nodes[n]] < steps && e < graph.Offsets[nodes[n] + 1]; e++)
            {
                neighbors.Add(Array.BinarySearch(nodes, graph.Neighbors[e]));
                distances.Add(graph.Distances[e]);
            }

            offsets[n + 1] = neighbors.Count;
        }

        var part = NeighborGraph.FromRows(species, offsets, [.. neighbors], [.. distances]);
        return (nodes, part, Array.BinarySearch(nodes, atom));
    }

    /// <summary>The graph without an edge and its reverse, which carries the same bits of distance.</summary>
    private static NeighborGraph WithoutBond(NeighborGraph graph, int center, int edge)
    {
        int other = graph.Neighbors[edge], reverse = -1;
        for (int e = graph.Offsets[other]; e < graph.Offsets[other + 1]; e++)
        {
            if (e != edge && graph.Neighbors[e] == center && graph.Distances[e] == graph.Distances[edge])
            {
                reverse = e;
                break;
            }
        }

        var offsets = new int[graph.NodeCount + 1];
        var neighbors = new List<int>(graph.EdgeCount);
        var distances = new List<double>(graph.EdgeCount);
        for (int n = 0; n < graph.NodeCount; n++)
        {
            for (int e = graph.Offsets[n]; e < graph.Offsets[n + 1]; e++)
            {
                if (e != edge && e != reverse)
                {
                    neighbors.Add(graph.Neighbors[e]);
                    distances.Add(graph.Distances[e]);
                }
            }

            offsets[n + 1] = neighbors.Count;
        }

        return NeighborGraph.FromRows(graph.Species, offsets, [.. neighbors], [.. distances]);
    }
}
