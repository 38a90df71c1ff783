using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Names of a frame's columns: what may stand in a file, and how vectors are spelled.</summary>
internal static class ColumnNames
{
    /// <summary>The names that a vector column of <paramref name="count"/> components takes in a frame: itself for one, <c>_x _y _z</c> for three, else <c>_1 _2 …</c>.</summary>
    public static string[] Components(string name, int count) => count switch
    {
        1 => [name],
        3 => [name + "_x", name + "_y", name + "_z"],
        _ => [.. Enumerable.Range(1, count).Select(i => $"{name}_{i}")],
    };

    /// <summary>
    /// The columns of a frame in order, after a check that a file can hold them: one value per atom, and a name without blanks
    /// or marks of the format that is not a name of the format itself.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="reserved">Names that the format uses for what it writes from the structure.</param>
    /// <param name="file">The file to be written, for messages.</param>
    /// <exception cref="ArgumentException">A column has another length than the structure.</exception>
    /// <exception cref="InputException">A name cannot be written.</exception>
    public static double[][] RequireSound(StructureFrame frame, IReadOnlyList<string> reserved, string? file)
    {
        foreach ((string name, double[] values) in frame.Columns)
        {
            if (values.Length != frame.Structure.Count)
            {
                throw new ArgumentException($"Column '{name}' holds {values.Length} values for {frame.Structure.Count} atoms.", nameof(frame));
            }

            if (name.Length == 0 || reserved.Contains(name) || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ':' or '"' or '=' or '#'))
            {
                throw new InputException(
                    "a column cannot be written under its name", file: file, expected: $"a word other than {string.Join(", ", reserved)}", found: $"'{name}'");
            }
        }

        return [.. frame.Columns.Values];
    }
}
