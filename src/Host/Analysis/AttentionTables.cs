using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Analysis;

/// <summary>The tables of what a model looks at when it predicts one atom.</summary>
internal static class AttentionTables
{
    /// <summary>Writes them for an atom of every structure.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="structures">The structures.</param>
    /// <param name="model">The model.</param>
    /// <param name="id">Id of the atom.</param>
    /// <exception cref="InputException">A structure has no such atom.</exception>
    public static void Write(AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, PropertyModel model, long id)
    {
        (AnalyzedStructure One, IReadOnlyList<NeighborInfluence> Influences)[] all =
            [.. structures.Select(one => (one, Explain(one.Structure, model, AtomOf(one.Structure, id))))];
        string source = "Q. Wang, L. Zhang, Nat. Commun. 12, 5359 (2021), doi:10.1038/s41467-021-25490-x";
        folder.Write(
            "attention.csv",
            [FormattableString.Invariant($"attention alpha_ij of atom {id} to each neighbor j by layer and head; over the neighbors it adds up to 1"), source],
            ["structure", "neighbor", "species", "distance_A", "layer", "head", "attention"],
            csv =>
            {
                foreach ((AnalyzedStructure one, NeighborInfluence influence) in all.SelectMany(pair => pair.Influences.Select(influence => (pair.One, influence))))
                {
                    for (int p = 0; p < model.Architecture.Layers * model.Architecture.Heads; p++)
                    {
                        (int layer, int head) = Math.DivRem(p, model.Architecture.Heads);
                        csv.Cell(one.Label).Cell(one.Structure.Ids[influence.Neighbor]).Cell(one.Species[one.Structure.Species[influence.Neighbor]]);
                        csv.Cell(influence.Distance).Cell(layer + 1).Cell(head + 1).Cell(influence.Attention[layer][head]).EndRow();
                    }
                }
            });
        folder.Write(
            "contributions.csv",
            [
                FormattableString.Invariant($"by how much the value of atom {id} falls when the bond to a neighbor is taken out of the graph, in the model's unit"),
                "contributions do not add up: the network is not linear",
            ],
            ["structure", "neighbor", "species", "distance_A", "contribution"],
            csv =>
            {
                foreach ((AnalyzedStructure one, NeighborInfluence influence) in all.SelectMany(pair => pair.Influences.Select(influence => (pair.One, influence))))
                {
                    csv.Cell(one.Label).Cell(one.Structure.Ids[influence.Neighbor]).Cell(one.Species[one.Structure.Species[influence.Neighbor]]);
                    csv.Cell(influence.Distance).Cell(influence.Contribution).EndRow();
                }
            });
    }

    /// <summary>Index of the atom of an id.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static int AtomOf(AtomicStructure structure, long id) => structure.IndexOf(id) is var atom and >= 0
        ? atom
        : throw new InputException("--attention names no atom of the structure", expected: "the id of an atom", found: FormattableString.Invariant($"{id}"));

    private static IReadOnlyList<NeighborInfluence> Explain(AtomicStructure structure, PropertyModel model, int atom)
    {
        using var engine = new InferenceEngine(model);
        engine.Predict(structure, new double[structure.Count]);
        NeighborGraph graph = engine.Graph;
        return PredictionInsight.Explain(model, graph, atom);
    }
}
