using System.Globalization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Text dumps of LAMMPS (<c>ITEM: …</c>), units <c>metal</c>, fully periodic, orthogonal or tilted boxes, any number of frames.
/// Columns stand in any order: <c>id</c>; <c>type</c> or <c>element</c> (or both, if they agree); positions as <c>x y z</c>,
/// <c>xu yu zu</c>, <c>xs ys zs</c> or <c>xsu ysu zsu</c>, the first complete set of this list; image flags are dropped; every
/// other column becomes a column of the frame. Dumps written here carry <c>type</c> and never <c>element</c>.
/// </summary>
internal static class LammpsDumpFile
{
    /// <summary>The header entry that carries the time step.</summary>
    public const string TimestepEntry = "timestep";

    /// <summary>Reads one frame.</summary>
    /// <param name="path">The file.</param>
    /// <param name="species">Elements of types 1, 2, …; null to take what the file says.</param>
    /// <param name="frame">From 0; negative numbers count from the end.</param>
    /// <exception cref="InputException">The file is missing, truncated or malformed, contradicts <paramref name="species"/>, or has no such frame.</exception>
    public static StructureFrame Read(string path, IReadOnlyList<string>? species = null, int frame = -1) =>
        FrameSequence.Pick(ReadFrames(path, species), frame, path);

    /// <summary>Reads all frames, each when it is asked for; the file is opened by the first and closed after the last.</summary>
    public static IEnumerable<StructureFrame> ReadFrames(string path, IReadOnlyList<string>? species = null) =>
        FrameSequence.Read(path, reader => new LammpsDumpParser(reader, species));

    /// <summary>Writes a file of one or more frames, positions to the last bit.</summary>
    /// <exception cref="InputException">A cell is not LAMMPS' kind.</exception>
    public static void Write(string path, params IEnumerable<StructureFrame> frames) =>
        FrameSequence.Write(path, frames, Append);

    /// <summary>Writes one frame: <c>id type x y z</c> and the frame's columns.</summary>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="frame">The frame; its entry <c>timestep</c> is used, 0 without.</param>
    /// <param name="file">The file's name for messages.</param>
    public static void Append(Stream stream, StructureFrame frame, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(frame);
        AtomicStructure structure = frame.Structure;
        LammpsBox box = LammpsBox.FromCell(structure.Cell, file);
        LammpsBox bounds = box.ToBoundingBox();
        double[][] columns = ColumnNames.RequireSound(frame, LammpsDumpParser.ReservedColumns, file);
        using TextSink sink = new(stream);
        sink.Text("ITEM: TIMESTEP").EndLine().Whole(FindTimestep(frame, file)).EndLine();
        sink.Text("ITEM: NUMBER OF ATOMS").EndLine().Whole(structure.Count).EndLine();
        sink.Text(box.IsTilted ? "ITEM: BOX BOUNDS xy xz yz pp pp pp" : "ITEM: BOX BOUNDS pp pp pp").EndLine();
        WriteBound(sink, bounds.XLo, bounds.XHi, box.IsTilted ? box.XY : null);
        WriteBound(sink, bounds.YLo, bounds.YHi, box.IsTilted ? box.XZ : null);
        WriteBound(sink, bounds.ZLo, bounds.ZHi, box.IsTilted ? box.YZ : null);
        sink.Text("ITEM: ATOMS id type x y z");
        foreach (string name in frame.Columns.Keys)
        {
            sink.Blank().Text(name);
        }

        sink.EndLine();
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 r = structure.Position(i);
            sink.Whole(structure.Ids[i]).Blank().Whole(structure.Species[i] + 1);
            sink.Blank().Number(r.X).Blank().Number(r.Y).Blank().Number(r.Z);
            foreach (double[] column in columns)
            {
                sink.Blank().Number(column[i]);
            }

            sink.EndLine();
        }
    }

    private static long FindTimestep(StructureFrame frame, string? file)
    {
        string entry = frame.Header.GetValueOrDefault(TimestepEntry, "0");
        return long.TryParse(entry, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long timestep) ? timestep
            : throw new InputException($"the header entry '{TimestepEntry}' does not fit a dump", file: file, expected: "a whole number", found: $"'{entry}'");
    }

    private static void WriteBound(TextSink sink, double low, double high, double? tilt)
    {
        sink.Number(low).Blank().Number(high);
        if (tilt is { } value)
        {
            sink.Blank().Number(value);
        }

        sink.EndLine();
    }
}
