namespace Glasswright.Kernels.Formats;

/// <summary>Brings together what a file says about elements and what the user says (<c>--species Cu,Zr</c>).</summary>
internal static class SpeciesList
{
    /// <summary>More atom types than this in one file are taken for a mistake.</summary>
    public const int MostTypes = 1024;

    /// <summary>
    /// Names of atom types 1, 2, …: the file's where it has them, else the given ones; empty where neither tells.
    /// </summary>
    /// <param name="fromFile">One name a type, empty where the file is silent.</param>
    /// <param name="given">Elements of types 1, 2, …, or null.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="InputException">Too few are given, one is given twice, or the file says otherwise.</exception>
    public static string[] Resolve(IReadOnlyList<string> fromFile, IReadOnlyList<string>? given, string file)
    {
        if (given is null)
        {
            return [.. fromFile];
        }

        RequireDistinct(given, file);
        if (given.Count < fromFile.Count)
        {
            throw new InputException(
                "the species do not cover the atom types", file: file, expected: $"--species with {fromFile.Count} elements", found: $"'{string.Join(',', given)}'");
        }

        for (int i = 0; i < fromFile.Count; i++)
        {
            if (fromFile[i].Length > 0 && fromFile[i] != given[i])
            {
                throw new InputException(
                    $"type {i + 1} has another element in the file", file: file, expected: $"'{fromFile[i]}'", found: $"'{given[i]}' in --species");
            }
        }

        return [.. given];
    }

    /// <summary>The place of a named element in the given species.</summary>
    /// <exception cref="InputException">It is not among them.</exception>
    public static int IndexOf(string name, IReadOnlyList<string> given, LineReader reader)
    {
        for (int i = 0; i < given.Count; i++)
        {
            if (given[i] == name)
            {
                return i;
            }
        }

        throw reader.Error("the element is not among the species", string.Join(',', given), $"'{name}'", NearestName.Find(name, given));
    }

    /// <summary>Every type must have a name.</summary>
    /// <exception cref="InputException">One has none.</exception>
    public static void RequireNames(IReadOnlyList<string> names, string? file, string? suggestion = null)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0)
            {
                throw new InputException(
                    $"the element of atom type {i + 1} is not known", file: file, expected: $"--species with the elements of types 1 to {names.Count}, such as --species Cu,Zr", nearest: suggestion);
            }
        }
    }

    /// <summary>No element may be given twice.</summary>
    /// <exception cref="InputException">One is.</exception>
    public static void RequireDistinct(IReadOnlyList<string> given, string? file)
    {
        for (int i = 0; i < given.Count; i++)
        {
            if (given[i].Length == 0 || given.Take(i).Contains(given[i]))
            {
                throw new InputException("the species are not distinct names", file: file, expected: "each element once, such as --species Cu,Zr", found: $"'{string.Join(',', given)}'");
            }
        }
    }
}
