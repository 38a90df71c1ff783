using Glasswright.Kernels.Random;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Training;

/// <summary>
/// Cuts glasses into pieces for batches that would not fit whole: core atoms that follow each other along the graph's space-filling
/// curve, and around them every atom from which as many hops as the network has layers lead to a core atom. In evaluation mode a core
/// atom has the value that it has in the whole glass; BatchNorm in training mode sees every atom of the piece.
/// </summary>
internal static class GlassPieces
{
    /// <summary>The pieces of one glass, of nearly equal numbers of core atoms.</summary>
    /// <param name="glass">Number of the glass.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="coreAtoms">Core atoms of a piece at most; null: the whole glass is one piece.</param>
    /// <param name="hops">Layers of the network.</param>
    /// <param name="start">Place along the curve where the first piece begins.</param>
    public static IEnumerable<GraphPiece> Cut(int glass, NeighborGraph graph, int? coreAtoms, int hops, int start = 0)
    {
        int atoms = graph.NodeCount;
        if (coreAtoms is not int most || most >= atoms)
        {
            return [GraphPiece.Whole(glass)];
        }

        int pieces = (atoms + most - 1) / most;
        return Enumerable.Range(0, pieces).Select(piece =>
        {
            int first = (int)((long)atoms * piece / pieces), end = (int)((long)atoms * (piece + 1) / pieces);
            return Piece(glass, graph, [.. Enumerable.Range(first, end - first).Select(k => graph.Order[(start + k) % atoms])], hops);
        });
    }

    /// <summary>The pieces of all glasses in the random order of an epoch, every glass cut from a random place on.</summary>
    public static List<GraphPiece> Shuffled(IReadOnlyList<NeighborGraph> graphs, int? coreAtoms, int hops, ulong seed, int epoch)
    {
        List<GraphPiece> pieces = [];
        for (int glass = 0; glass < graphs.Count; glass++)
        {
            // Draws of their own, so that whole glasses have the order that they have always had.
            int start = coreAtoms is null || graphs[glass].NodeCount == 0
                ? 0
                : (int)RandomStreams.Draws(seed, RandomStream.Shuffling, glass + 1, epoch).NextBelow(graphs[glass].NodeCount);
            pieces.AddRange(Cut(glass, graphs[glass], coreAtoms, hops, start));
        }

        int[] order = [.. Enumerable.Range(0, pieces.Count)];
        RandomStreams.Draws(seed, RandomStream.Shuffling, 0, epoch).Shuffle<int>(order);
        return [.. order.Select(k => pieces[k])];
    }

    /// <summary>The core and everything within some hops of it.</summary>
    private static GraphPiece Piece(int glass, NeighborGraph graph, int[] core, int hops)
    {
        bool[] inside = new bool[graph.NodeCount], isCore = new bool[graph.NodeCount];
        List<int> frontier = [.. core];
        foreach (int node in core)
        {
            inside[node] = isCore[node] = true;
        }

        for (int hop = 0; hop < hops; hop++)
        {
            List<int> next = [];
            foreach (int node in frontier)
            {
                foreach (int j in graph.Neighbors[graph.Offsets[node]..graph.Offsets[node + 1]])
                {
                    if (!inside[j])
                    {
                        inside[j] = true;
                        next.Add(j);
                    }
                }
            }

            frontier = next;
        }

        int[] nodes = [.. Enumerable.Range(0, inside.Length).Where(node => inside[node])];
        return new GraphPiece(glass, nodes, [.. nodes.Select(node => isCore[node])]);
    }
}
