using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>A structure and the potential that it is computed with, read and checked against each other.</summary>
/// <param name="Frame">The structure with what its file says beside it.</param>
/// <param name="Tables">The potential.</param>
/// <param name="StructurePath">The structure's file as the user named it.</param>
/// <param name="PotentialPath">The potential's file as the user named it.</param>
internal sealed record GlassInput(StructureFrame Frame, EamTables Tables, string StructurePath, string PotentialPath)
{
    /// <summary>The atoms.</summary>
    public AtomicStructure Structure => Frame.Structure;

    /// <summary>Reads both files.</summary>
    /// <exception cref="InputException">One cannot be used, or they do not fit together.</exception>
    public static GlassInput Read(string structure, string potential, IReadOnlyList<string>? species) =>
        Read(structure, potential, SetflFile.Read(potential), species);

    /// <summary>Reads a structure for a potential that is read already.</summary>
    /// <exception cref="InputException">The structure cannot be used, or not with this potential.</exception>
    public static GlassInput Read(string structure, string potential, EamTables tables, IReadOnlyList<string>? species)
    {
        StructureFrame frame = StructureFile.Read(structure, species);
        var input = new GlassInput(frame, tables, structure, potential);
        input.RequireFit();
        return input;
    }

    /// <summary>The potential, resampled at so many points if that is asked for.</summary>
    public EamTables Resampled(long? points) => points is { } n ? CompactTables.Resample(Tables, (int)n) : Tables;

    private void RequireFit()
    {
        for (int k = 0; k < Structure.SpeciesNames.Count; k++)
        {
            string name = Structure.SpeciesNames[k];
            if (!Tables.Elements.Contains(name) && Array.IndexOf(Structure.Species, k) >= 0)
            {
                throw new InputException(
                    $"the potential {PotentialPath} lacks the species {name}",
                    file: StructurePath,
                    expected: string.Join(", ", Tables.Elements),
                    found: name,
                    nearest: NearestName.Find(name, Tables.Elements));
            }
        }

        Located.In(StructurePath, () => Kernels.Forces.CutoffCheck.Require(Structure.Cell, Tables.Cutoff));
    }
}
