using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Tests.Inference;

/// <summary>Attention and contributions of neighbors, against the whole graph and against networks in which they are known.</summary>
public sealed class PredictionInsightTests
{
    private static readonly Architecture Shape = new()
    {
        NodeWidth = 8,
        EdgeWidth = 11,
        Heads = 2,
        HeadWidth = 5,
        Layers = 2,
        Gaussian = new GaussianBasis(0, 0.4, 11, 0.4),
        Embedding = [8],
        Readout = [6],
        Target = new TargetNormalization(-2, 0.7),
    };

    [Fact]
    public void AttentionOfTheSurroundingsIsThatOfTheWholeGraphAndAddsUpToOne()
    {
        (PropertyModel model, NeighborGraph graph) = Glass();
        foreach (int atom in (int[])[0, 17, graph.NodeCount - 1])
        {
            IReadOnlyList<NeighborInfluence> influences = PredictionInsight.Explain(model, graph, atom);
            influences.Select(influence => influence.Neighbor).ShouldBe(graph.Neighbors[graph.Offsets[atom]..graph.Offsets[atom + 1]].ToArray());
            int seen = 0;
            new ReferenceNetwork(model.Parameters).Evaluate(graph, null, (layer, head, node, attention) =>
            {
                if (node != atom)
                {
                    return;
                }

                seen++;
                double sum = 0;
                for (int k = 0; k < attention.Length; k++)
                {
                    influences[k].Attention[layer][head].ShouldBe(attention[k]);
                    sum += attention[k];
                }

                sum.ShouldBe(1, 1e-12);
            });
            seen.ShouldBe(Shape.Layers * Shape.Heads);
        }
    }

    [Fact]
    public void AContributionIsTheChangeOfTheTextbookNetworkWithoutTheBond()
    {
        (PropertyModel model, NeighborGraph graph) = Glass();
        const int Atom = 40;
        var network = new ReferenceNetwork(model.Parameters);
        double whole = network.Evaluate(graph)[Atom];
        IReadOnlyList<NeighborInfluence> influences = PredictionInsight.Explain(model, graph, Atom);
        influences.ShouldNotBeEmpty();
        double largest = influences.Max(influence => Math.Abs(influence.Contribution));
        largest.ShouldBeGreaterThan(1e-3);
        foreach (NeighborInfluence influence in influences)
        {
            double without = network.Evaluate(Without(graph, Atom, influence.Neighbor, influence.Distance))[Atom];
            influence.Contribution.ShouldBe(0.7 * (whole - without), 2e-4 * Math.Max(1, largest));
        }
    }

    [Fact]
    public void WithoutWeightsInTheScoreAllNeighborsAreAttendedToAlike()
    {
        (PropertyModel model, NeighborGraph graph) = Glass();
        foreach (Parameter parameter in model.Parameters.Parameters.Where(p => p.Descriptor.Name.StartsWith(ParameterLayout.AttentionScore(0, 0), StringComparison.Ordinal)))
        {
            Array.Clear(parameter.Values);
        }

        IReadOnlyList<NeighborInfluence> influences = PredictionInsight.Explain(model, graph, 3);
        influences.ShouldAllBe(influence => Math.Abs(influence.Attention[0][0] - (1.0 / influences.Count)) < 1e-12);
        influences.Select(influence => influence.Attention[0][1]).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void AnAtomWithoutNeighborsHasNoInfluences()
    {
        (PropertyModel model, _) = Glass();
        PredictionInsight.Explain(model, NeighborGraph.FromRows([0, 1], [0, 0, 0], [], []), 1).ShouldBeEmpty();
    }

    private static (PropertyModel Model, NeighborGraph Graph) Glass()
    {
        var random = new Random(5);
        var structure = new AtomicStructure(120, Cell.Orthorhombic(13, 13, 13), ["Cu", "Zr"]);
        for (int i = 0; i < structure.Count; i++)
        {
            structure.SetPosition(i, new Vector3(13 * random.NextDouble(), 13 * random.NextDouble(), 13 * random.NextDouble()));
            structure.Species[i] = random.Next(2);
        }

        var model = new PropertyModel(RandomNetwork.Parameters(Shape, 9));
        using var engine = new InferenceEngine(model);
        engine.Predict(structure, new double[structure.Count]);
        NeighborGraph graph = engine.Graph;
        return (model, NeighborGraph.FromRows(graph.Species, graph.Offsets, graph.Neighbors, graph.Distances));
    }

    private static NeighborGraph Without(NeighborGraph graph, int a, int b, double distance)
    {
        List<int> offsets = [0], neighbors = [];
        List<double> distances = [];
        for (int n = 0; n < graph.NodeCount; n++)
        {
            for (int e = graph.Offsets[n]; e < graph.Offsets[n + 1]; e++)
            {
                int m = graph.Neighbors[e];
                if (graph.Distances[e] != distance || ((n, m) != (a, b) && (n, m) != (b, a)))
                {
                    neighbors.Add(m);
                    distances.Add(graph.Distances[e]);
                }
            }

            offsets.Add(neighbors.Count);
        }

        return NeighborGraph.FromRows(graph.Species, [.. offsets], [.. neighbors], [.. distances]);
    }
}
