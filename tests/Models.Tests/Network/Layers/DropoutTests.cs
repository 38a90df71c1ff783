using Glasswright.Kernels.Random;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Graphs;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Tests.Network.Layers;

public sealed unsafe class DropoutTests
{
    [Fact]
    public void DropsItsShareAndScalesTheRest()
    {
        Dropout dropout = new(0.2, 1, RandomStream.DropoutAttention, 3, 4);
        float* factors = stackalloc float[5];
        int dropped = 0;
        for (int element = 0; element < 4000; element++)
        {
            dropout.Fill(factors, 5, 2, element);
            for (int k = 0; k < 5; k++)
            {
                (factors[k] == 0 || factors[k] == 1.25f).ShouldBeTrue();
                dropped += factors[k] == 0 ? 1 : 0;
            }
        }

        // 20,000 draws: five standard deviations are 283.
        dropped.ShouldBeInRange(4000 - 283, 4000 + 283);
    }

    [Fact]
    public void EdgesThatStayDependOnTheGlassAndTheEpochOnly()
    {
        NeighborGraph[] graphs = [RandomNetworks.Graph(40, 1), RandomNetworks.Graph(50, 2)];
        HashSet<(int Glass, int Edge)> together = Kept([0, 1], epoch: 5);
        together.SetEquals(Kept([0], 5).Union(Kept([1], 5))).ShouldBeTrue();
        together.SetEquals(Kept([1, 0], 5)).ShouldBeTrue();
        together.SetEquals(Kept([0, 1], 6)).ShouldBeFalse();
        int all = graphs.Sum(graph => graph.EdgeCount);
        together.Count.ShouldBeInRange(all / 4, 3 * all / 4);

        HashSet<(int Glass, int Edge)> Kept(int[] order, long epoch)
        {
            GraphBatch batch = new(RandomNetworks.Small());
            batch.Assemble(graphs, order, new Dropout(0.5, 9, RandomStream.DropoutEdge, 0, epoch), SerialRunner.Instance);
            HashSet<(int Glass, int Edge)> kept = [];
            for (int edge = 0; edge < batch.EdgeCount; edge++)
            {
                kept.Add((batch.EdgeGlass[edge], batch.EdgeKeys[edge]));
            }

            return kept;
        }
    }

    [Fact]
    public void EdgesArePointedAtByThoseThatListThem()
    {
        NeighborGraph graph = RandomNetworks.Graph(70);
        GraphBatch batch = new(RandomNetworks.Small());
        batch.Assemble([graph, graph], [1, 0], Dropout.None, SerialRunner.Instance);
        batch.ReverseOffsets[0].ShouldBe(0);
        batch.ReverseOffsets[batch.NodeCount].ShouldBe(batch.EdgeCount);
        for (int j = 0; j < batch.NodeCount; j++)
        {
            for (int at = batch.ReverseOffsets[j]; at < batch.ReverseOffsets[j + 1]; at++)
            {
                batch.Neighbors[batch.ReverseEdges[at]].ShouldBe(j);
                (at == batch.ReverseOffsets[j] || batch.ReverseEdges[at] > batch.ReverseEdges[at - 1]).ShouldBeTrue();
            }
        }
    }
}
