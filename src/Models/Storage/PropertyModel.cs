using System.Security.Cryptography;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;

namespace Glasswright.Models.Storage;

/// <summary>
/// A trained decider: the network with its normalization, what its values mean and where it comes from. Immutable by
/// agreement: nobody writes into <see cref="Parameters"/> of a model.
/// </summary>
internal sealed class PropertyModel
{
    private readonly Lazy<string> _sha256;

    /// <summary>Joins the parts of a model.</summary>
    /// <param name="parameters">The tensors; their layout tells the architecture.</param>
    /// <param name="label">What a value means; null when nobody told (imported weights).</param>
    /// <param name="potentialSha256">SHA-256 of the potential that relaxed and loaded the training glasses; null if unknown.</param>
    /// <param name="provenance">Where it comes from; null if unknown.</param>
    /// <param name="file">The file it was read from.</param>
    public PropertyModel(
        ParameterSet parameters,
        LabelDefinition? label = null,
        string? potentialSha256 = null,
        ModelProvenance? provenance = null,
        string? file = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.RequireFinite(file);
        Parameters = parameters;
        Label = label;
        PotentialSha256 = potentialSha256;
        Provenance = provenance;
        File = file;
        _sha256 = new(() => Convert.ToHexStringLower(SHA256.HashData(ModelFile.ToBytes(this))));
    }

    /// <summary>The network's shape and normalization.</summary>
    public Architecture Architecture => Parameters.Layout.Architecture;

    /// <summary>The network's tensors.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>What a value means.</summary>
    public LabelDefinition? Label { get; }

    /// <summary>SHA-256 of the potential file behind the labels, lower-case hexadecimal.</summary>
    public string? PotentialSha256 { get; }

    /// <summary>Where the model comes from.</summary>
    public ModelProvenance? Provenance { get; }

    /// <summary>The file it was read from, as the user named it.</summary>
    public string? File { get; }

    /// <summary>Identity: SHA-256 of the canonical file of this model (what <see cref="ModelFile.ToBytes"/> gives).</summary>
    public string Sha256 => _sha256.Value;

    /// <summary>
    /// Which one-hot component each species of a structure is: <c>[species of the structure]</c>, -1 for a species that no
    /// atom has and the model does not know. The order of the species in either does not matter.
    /// </summary>
    /// <exception cref="InputException">It names no file, which is the structure's. An atom's species is unknown to the model, or has no name.</exception>
    public int[] RequireSpecies(AtomicStructure structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        int[] map = new int[structure.SpeciesNames.Count];
        for (int s = 0; s < map.Length; s++)
        {
            map[s] = IndexOf(structure.SpeciesNames[s]);
            if (map[s] < 0 && structure.Species.AsSpan().Contains(s))
            {
                string known = string.Join(", ", Architecture.Species);
                throw structure.SpeciesNames[s].Length == 0
                    ? new InputException(
                        $"the element of atom type {s + 1} is unknown",
                        expected: $"species named by the structure or by --species, among {known}",
                        found: "no name")
                    : new InputException(
                        File is null ? "the model was trained on other species" : $"the model {File} was trained on other species",
                        expected: known,
                        found: structure.SpeciesNames[s]);
            }
        }

        return map;
    }

    private int IndexOf(string species)
    {
        for (int i = 0; i < Architecture.Species.Count; i++)
        {
            if (Architecture.Species[i] == species)
            {
                return i;
            }
        }

        return -1;
    }
}
