using System.Security.Cryptography;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Embedded-atom tables in the setfl format of LAMMPS, <c>eam/alloy</c> and <c>eam/fs</c>:
/// three comment lines; <c>Nel El1 El2 …</c>; <c>Nrho drho Nr dr cutoff</c>; per element a line
/// <c>Z mass a lattice</c>, then Nrho values of F(ρ) and the density arrays of Nr values (one for <c>alloy</c>; for <c>fs</c>
/// Nel of them: array J in the section of element I is the density contributed by I at an atom of J); then r·φ(r) in eV·Å for
/// (1,1), (2,1), (2,2), (3,1), …. Any number of values stands on a line, each array starts on a new line, <c>#</c> begins a
/// comment below the third line. Which of the two a file is, is told by the number of its values, never by its name.
/// </summary>
public static class SetflFile
{
    private const int ValuesPerLine = 5;
    private const int CommentLines = 3;

    /// <summary>Reads a potential.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tables as they stand in the file, with the SHA-256 of its bytes.</returns>
    /// <exception cref="InputException">The file is missing, truncated, malformed, holds values that are not finite, or more than it should.</exception>
    public static EamTables Read(string path)
    {
        byte[] bytes = LineReader.ReadAllBytes(path);
        using LineReader reader = new(new MemoryStream(bytes), path);
        return new SetflParser(bytes, reader).Parse(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>
    /// Writes a potential to the last bit: as <c>eam/alloy</c> if no density depends on the receiving element, else as
    /// <c>eam/fs</c>. Atomic numbers are the elements'; the lattice, which nobody reads, is given as 0 and <c>none</c>.
    /// </summary>
    /// <param name="path">The file; it is replaced as a whole or not at all.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="comment">What the first lines say; at most three lines are used.</param>
    public static void Write(string path, EamTables tables, string comment = "")
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(comment);
        AtomicFile.Write(path, stream => Write(stream, tables, comment));
    }

    private static void Write(Stream stream, EamTables tables, string comment)
    {
        string[] comments = comment.ReplaceLineEndings("\n").Split('\n');
        int elements = tables.Elements.Count;
        bool perReceiver = DependsOnReceiver(tables);
        using TextSink sink = new(stream);
        for (int i = 0; i < CommentLines; i++)
        {
            sink.Text(i < comments.Length ? comments[i] : "").EndLine();
        }

        sink.Whole(elements);
        foreach (string element in tables.Elements)
        {
            sink.Blank().Text(element);
        }

        sink.EndLine();
        sink.Whole(tables.Embedding[0].Length).Blank().Number(tables.DensityStep).Blank();
        sink.Whole(tables.RadiusTimesPair[0][0].Length).Blank().Number(tables.RadiusStep).Blank().Number(tables.Cutoff).EndLine();
        for (int i = 0; i < elements; i++)
        {
            sink.Whole(Elements.AtomicNumber(tables.Elements[i])).Blank().Number(tables.Masses[i]).Text(" 0 none").EndLine();
            WriteArray(sink, tables.Embedding[i]);
            for (int j = 0; j < (perReceiver ? elements : 1); j++)
            {
                WriteArray(sink, tables.Density[i][j]);
            }
        }

        for (int i = 0; i < elements; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                WriteArray(sink, tables.RadiusTimesPair[i][j]);
            }
        }
    }

    private static bool DependsOnReceiver(EamTables tables)
    {
        foreach (double[][] from in tables.Density)
        {
            foreach (double[] at in from)
            {
                if (!at.AsSpan().SequenceEqual(from[0]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void WriteArray(TextSink sink, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            sink.Number(values[i]);
            if ((i + 1) % ValuesPerLine == 0 || i + 1 == values.Length)
            {
                sink.EndLine();
            }
            else
            {
                sink.Blank();
            }
        }
    }
}
