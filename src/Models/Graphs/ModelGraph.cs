using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Graphs;

/// <summary>Builds the graph that a model sees of a structure: neighbors within its cutoff, its own numbers of the species. For one thread.</summary>
/// <param name="cutoff">The model's cutoff, Å.</param>
/// <param name="model">The model; null where only graphs made elsewhere are wanted.</param>
internal sealed class ModelGraph(double cutoff, PropertyModel? model)
{
    private readonly NeighborGraphBuilder _builder = new(cutoff);
    private IReadOnlyList<string>? _mappedNames;
    private int[] _speciesMap = [];

    /// <summary>Fills a graph; positions need not be wrapped.</summary>
    /// <param name="structure">Atoms of species that the model knows.</param>
    /// <param name="graph">Takes nodes and edges.</param>
    /// <exception cref="Kernels.InputException">The structure's species or cell do not suit the model.</exception>
    public void Build(AtomicStructure structure, NeighborGraph graph)
    {
        ArgumentNullException.ThrowIfNull(structure);
        MapSpecies(structure);
        _builder.Build(structure, _speciesMap, graph);
    }

    private void MapSpecies(AtomicStructure structure)
    {
        // The names are replaced as a whole when they change; an unknown species maps to -1 and is refused here.
        bool known = ReferenceEquals(_mappedNames, structure.SpeciesNames);
        for (int i = 0; known && i < structure.Count; i++)
        {
            known = _speciesMap[structure.Species[i]] >= 0;
        }

        if (!known)
        {
            _mappedNames = null;
            _speciesMap = (model ?? throw new InvalidOperationException("An engine without a model predicts graphs only.")).RequireSpecies(structure);
            _mappedNames = structure.SpeciesNames;
        }
    }
}
