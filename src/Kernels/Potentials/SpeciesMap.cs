using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Potentials;

/// <summary>Which element of a potential each species of a structure is.</summary>
internal static class SpeciesMap
{
    /// <summary>Writes the potential's element index of every atom into <paramref name="elements"/>.</summary>
    /// <exception cref="InputException">The potential lacks a species of the structure.</exception>
    public static void Resolve(AtomicStructure structure, EamTables tables, Span<int> elements)
    {
        Span<int> map = stackalloc int[structure.SpeciesNames.Count];
        map.Fill(-1);
        for (int i = 0; i < structure.Count; i++)
        {
            int species = structure.Species[i];
            if (map[species] < 0)
            {
                map[species] = IndexOf(structure.SpeciesNames[species], tables);
            }

            elements[i] = map[species];
        }
    }

    /// <summary>The potential's element of that name.</summary>
    /// <exception cref="InputException">The potential lacks it.</exception>
    public static int IndexOf(string name, EamTables tables)
    {
        for (int element = 0; element < tables.Elements.Count; element++)
        {
            if (tables.Elements[element] == name)
            {
                return element;
            }
        }

        throw new InputException(
            "the potential lacks a species of the structure",
            expected: "one of " + string.Join(", ", tables.Elements),
            found: name.Length == 0 ? "a type without an element (name the types with --species)" : name);
    }
}
