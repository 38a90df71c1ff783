using System.Text;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Structures in files, by the extension of the name: LAMMPS data (<c>.data</c>, <c>.lmp</c>), LAMMPS text dump (<c>.dump</c>,
/// <c>.lammpstrj</c>) and extended XYZ (<c>.extxyz</c>, <c>.xyz</c>). A file with another extension is read by its content.
/// </summary>
public static class StructureFile
{
    private const int LinesToSniff = 40;

    private static readonly string[] DataExtensions = [".data", ".lmp"];
    private static readonly string[] DumpExtensions = [".dump", ".lammpstrj"];
    private static readonly string[] XyzExtensions = [".extxyz", ".xyz"];
    private static readonly string[] Extensions = [.. DataExtensions, .. DumpExtensions, .. XyzExtensions];

    private enum Format
    {
        Unknown,
        Data,
        Dump,
        Xyz,
    }

    /// <summary>Reads a structure that is fit to compute with; of a file with several frames the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="species">
    /// The element of atom type 1, 2, …; null or empty to take what the file says. In files that name elements and have no
    /// types, this is the order of the species.
    /// </param>
    /// <returns>The atoms in the file's order, with its ids, and the columns and header entries that the file holds.</returns>
    /// <exception cref="InputException">
    /// The file is missing, truncated, malformed or of no known kind; an element is neither in the file nor given; or the
    /// structure is unusable (overlapping atoms, for example).
    /// </exception>
    public static StructureFrame Read(string path, IReadOnlyList<string>? species = null) =>
        FrameSequence.Pick(ReadFrames(path, species), -1, path);

    /// <summary>Reads all frames of a file, each when it is asked for; otherwise as <see cref="Read"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="species">As for <see cref="Read"/>.</param>
    /// <returns>The frames in file order, at least one.</returns>
    /// <exception cref="InputException">As for <see cref="Read"/>, thrown when the frame is reached.</exception>
    public static IEnumerable<StructureFrame> ReadFrames(string path, IReadOnlyList<string>? species = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Format format = FromExtension(path);
        IEnumerable<StructureFrame> frames = (format == Format.Unknown ? Sniff(path) : format) switch
        {
            Format.Data => [LammpsDataFile.Read(path, species)],
            Format.Dump => LammpsDumpFile.ReadFrames(path, species),
            _ => ExtendedXyzFile.ReadFrames(path, species),
        };
        bool any = false;
        foreach (StructureFrame frame in frames)
        {
            any = true;
            SpeciesList.RequireNames(frame.Structure.SpeciesNames, path, Suggest(frame));
            StructureChecks.RequireUsable(frame.Structure, path);
            yield return frame;
        }

        if (!any)
        {
            throw new InputException("holds no structure", file: path, expected: "at least one frame", found: "an empty file");
        }
    }

    /// <summary>Writes a structure with its columns and header as far as the format holds them; positions to the last bit.</summary>
    /// <param name="path">The file, replaced as a whole or not at all; its extension chooses the format.</param>
    /// <param name="frame">The structure.</param>
    /// <exception cref="InputException">The extension is unknown, or the format cannot hold the structure.</exception>
    public static void Write(string path, StructureFrame frame)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(frame);
        switch (RequireWritable(path))
        {
            case Format.Data:
                LammpsDataFile.Write(path, frame);
                break;
            case Format.Dump:
                LammpsDumpFile.Write(path, frame);
                break;
            default:
                ExtendedXyzFile.Write(path, frame);
                break;
        }
    }

    /// <summary>Throws what <see cref="Write"/> would throw for this name; to be asked before a long computation.</summary>
    /// <param name="path">The file to be written later.</param>
    /// <exception cref="InputException">The extension is unknown.</exception>
    public static void RequireKnownExtension(string path) => RequireWritable(path);

    /// <summary>Throws what <see cref="Write"/> would throw for a cell in this file; to be asked before a long computation.</summary>
    /// <param name="path">The file to be written later.</param>
    /// <param name="cell">Its cell.</param>
    /// <exception cref="InputException">The extension is unknown, or the format cannot hold the cell.</exception>
    public static void RequireHolds(string path, Cell cell)
    {
        if (RequireWritable(path) is Format.Data or Format.Dump)
        {
            _ = LammpsBox.FromCell(cell, path);
        }
    }

    private static Format RequireWritable(string path)
    {
        Format format = FromExtension(path);
        string extension = Path.GetExtension(path);
        return format != Format.Unknown ? format : throw new InputException(
            "the extension does not tell a structure format",
            file: path,
            expected: string.Join(", ", Extensions),
            found: extension.Length > 0 ? $"'{extension}'" : "no extension",
            nearest: extension.Length > 1 ? NearestName.Find(extension, Extensions) : null);
    }

    private static Format FromExtension(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return DataExtensions.Contains(extension) ? Format.Data
            : DumpExtensions.Contains(extension) ? Format.Dump
            : XyzExtensions.Contains(extension) ? Format.Xyz
            : Format.Unknown;
    }

    /// <summary>Tells the format by the first lines.</summary>
    private static Format Sniff(string path)
    {
        using LineReader reader = new(path);
        for (int i = 0; i < LinesToSniff && reader.MoveNext(); i++)
        {
            ReadOnlySpan<byte> line = reader.Current.Trim(" \t"u8);
            if (i == 0 && line.StartsWith("ITEM:"u8))
            {
                return Format.Dump;
            }

            if (i == 1 && line.IndexOf("Lattice="u8) >= 0)
            {
                return Format.Xyz;
            }

            if (i > 0 && (line.EndsWith(" atoms"u8) || line.EndsWith("xlo xhi"u8)))
            {
                return Format.Data;
            }
        }

        throw new InputException(
            "is of no known structure format",
            file: path,
            expected: $"a LAMMPS data file, a LAMMPS text dump or extended XYZ ({string.Join(", ", Extensions)})");
    }

    /// <summary>What the masses of a data file without names suggest, as a hint in the error; never taken silently.</summary>
    private static string? Suggest(StructureFrame frame)
    {
        if (!frame.Header.TryGetValue(LammpsDataFile.MassesEntry, out string? masses))
        {
            return null;
        }

        List<string> elements = [];
        foreach (string text in masses.Split(' '))
        {
            bool known = LineReader.TryNumber(Encoding.UTF8.GetBytes(text), out double mass);
            if (!known || Elements.ByMass(mass, LammpsDataFile.MassTolerance) is not { } element)
            {
                return null;
            }

            elements.Add(element);
        }

        return $"--species {string.Join(',', elements)}";
    }
}
