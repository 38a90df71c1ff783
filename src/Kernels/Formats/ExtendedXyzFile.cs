using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Extended XYZ, any number of frames: a line with the number of atoms, a line of <c>key=value</c> entries, the atoms. <c>Lattice</c>
/// holds the cell vectors a, b, c one after the other, in any orientation but right-handed; <c>pbc</c> must be <c>T T T</c> or
/// absent; the columns are told by <c>Properties</c>: <c>species</c> (or <c>element</c>), <c>pos</c>, <c>id</c>, and scalar or vector columns of numbers,
/// which become columns of the frame. The format knows no corner of the cell, so one that is not zero is kept in an entry
/// <c>Origin="x y z"</c>; programs that do not know it see the same periodic structure.
/// </summary>
/// <remarks>The format: https://github.com/libAtoms/extxyz.</remarks>
internal static class ExtendedXyzFile
{
    private static readonly string[] ReservedColumns = ["species", "element", "pos", "pos_x", "id"];

    /// <summary>Entries that the format itself uses; a frame's header does not hold them.</summary>
    public static IReadOnlyList<string> ReservedEntries { get; } = ["Lattice", "Properties", "pbc", "Origin"];

    /// <summary>Reads one frame.</summary>
    /// <param name="path">The file.</param>
    /// <param name="species">The species in the wanted order; null to order those of the file by name.</param>
    /// <param name="frame">From 0; negative numbers count from the end.</param>
    /// <exception cref="InputException">The file is missing, truncated or malformed, holds other species, or has no such frame.</exception>
    public static StructureFrame Read(string path, IReadOnlyList<string>? species = null, int frame = -1) =>
        FrameSequence.Pick(ReadFrames(path, species), frame, path);

    /// <summary>Reads all frames, each when it is asked for; the file is opened by the first and closed after the last.</summary>
    public static IEnumerable<StructureFrame> ReadFrames(string path, IReadOnlyList<string>? species = null) =>
        FrameSequence.Read(path, reader => new ExtendedXyzParser(reader, species));

    /// <summary>Writes a file of one or more frames, positions and cell to the last bit.</summary>
    /// <exception cref="InputException">A species has no name.</exception>
    public static void Write(string path, params IEnumerable<StructureFrame> frames) =>
        FrameSequence.Write(path, frames, Append);

    /// <summary>
    /// Writes one frame at the stream's position: columns <c>species pos id</c> and the frame's own, in its order; three
    /// columns named <c>…_x …_y …_z</c> in a row become one vector column.
    /// </summary>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="file">The file's name for messages.</param>
    public static void Append(Stream stream, StructureFrame frame, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(frame);
        AtomicStructure structure = frame.Structure;
        SpeciesList.RequireNames(structure.SpeciesNames, file);
        double[][] columns = ColumnNames.RequireSound(frame, ReservedColumns, file);
        using TextSink sink = new(stream);
        sink.Whole(structure.Count).EndLine();
        WriteHeader(sink, frame);
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 r = structure.Position(i);
            sink.Text(structure.SpeciesNames[structure.Species[i]]);
            sink.Blank().Number(r.X).Blank().Number(r.Y).Blank().Number(r.Z).Blank().Whole(structure.Ids[i]);
            foreach (double[] column in columns)
            {
                sink.Blank().Number(column[i]);
            }

            sink.EndLine();
        }
    }

    private static void WriteHeader(TextSink sink, StructureFrame frame)
    {
        Cell cell = frame.Structure.Cell;
        sink.Text("Lattice=\"");
        WriteVector(sink, cell.Vectors.Column0);
        WriteVector(sink.Blank(), cell.Vectors.Column1);
        WriteVector(sink.Blank(), cell.Vectors.Column2);
        sink.Text("\" Properties=species:S:1:pos:R:3:id:I:1");
        string[] names = [.. frame.Columns.Keys];
        for (int i = 0; i < names.Length; i++)
        {
            string vector = names[i].EndsWith("_x", StringComparison.Ordinal) ? names[i][..^2] : "";
            bool isVector = vector.Length > 0 && names.AsSpan(i).StartsWith(ColumnNames.Components(vector, 3));
            sink.Text(isVector ? $":{vector}:R:3" : $":{names[i]}:R:1");
            i += isVector ? 2 : 0;
        }

        foreach ((string key, string value) in frame.Header)
        {
            if (ReservedEntries.Contains(key))
            {
                throw new ArgumentException($"'{key}' is written from the structure and cannot be a header entry.", nameof(frame));
            }

            sink.Blank().Text(ExtendedXyzHeader.Format(key, value));
        }

        if (cell.Origin != default)
        {
            sink.Text(" Origin=\"");
            WriteVector(sink, cell.Origin);
            sink.Text("\"");
        }

        sink.Text(" pbc=\"T T T\"").EndLine();
    }

    private static void WriteVector(TextSink sink, Vector3 v) => sink.Number(v.X).Blank().Number(v.Y).Blank().Number(v.Z);
}
