using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// LAMMPS data files of atom style <c>atomic</c>, units <c>metal</c>, with orthogonal or tilted boxes.
/// Read are the box, <c>Masses</c> (a comment <c># Cu</c> behind a mass, or the section <c>Atom Type Labels</c>, names the
/// element of the type) and <c>Atoms</c>: <c>id type x y z [nx ny nz]</c>. Image flags are dropped: positions stay as they
/// stand in the file. Velocities and all other sections of LAMMPS are passed over.
/// </summary>
internal static class LammpsDataFile
{
    /// <summary>The header entry that carries the masses of the types, in g/mol, where the table of elements does not.</summary>
    public const string MassesEntry = "masses";

    /// <summary>Relative difference within which a mass is taken for an element's.</summary>
    public const double MassTolerance = 2e-3;

    /// <summary>Reads a file; the atoms keep its order and ids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="species">Elements of types 1, 2, …; null or empty to take what the file says (types stay unnamed where it is silent).</param>
    /// <exception cref="InputException">The file is missing, truncated or malformed, or contradicts <paramref name="species"/>.</exception>
    public static StructureFrame Read(string path, IReadOnlyList<string>? species = null)
    {
        using LineReader reader = new(path);
        return new LammpsDataParser(reader, species).Parse();
    }

    /// <summary>Writes a file that LAMMPS' <c>read_data</c> and this reader take, positions to the last bit.</summary>
    /// <exception cref="InputException">The cell is not LAMMPS' kind, an id is not positive, or a mass is not known.</exception>
    public static void Write(string path, StructureFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        AtomicFile.Write(path, stream => Write(stream, frame, path));
    }

    private static void Write(Stream stream, StructureFrame frame, string path)
    {
        AtomicStructure structure = frame.Structure;
        LammpsBox box = LammpsBox.FromCell(structure.Cell, path);
        double[]? masses = FindMasses(frame, path);
        using TextSink sink = new(stream);
        sink.Text("LAMMPS data file written by Glasswright, atom style atomic, units metal").EndLine().EndLine();
        sink.Whole(structure.Count).Text(" atoms").EndLine();
        sink.Whole(structure.SpeciesNames.Count).Text(" atom types").EndLine().EndLine();
        sink.Number(box.XLo).Blank().Number(box.XHi).Text(" xlo xhi").EndLine();
        sink.Number(box.YLo).Blank().Number(box.YHi).Text(" ylo yhi").EndLine();
        sink.Number(box.ZLo).Blank().Number(box.ZHi).Text(" zlo zhi").EndLine();
        if (box.IsTilted)
        {
            sink.Number(box.XY).Blank().Number(box.XZ).Blank().Number(box.YZ).Text(" xy xz yz").EndLine();
        }

        if (masses is not null)
        {
            sink.EndLine().Text("Masses").EndLine().EndLine();
            for (int i = 0; i < masses.Length; i++)
            {
                string name = structure.SpeciesNames[i];
                sink.Whole(i + 1).Blank().Number(masses[i]).Text(name.Length > 0 ? " # " + name : "").EndLine();
            }
        }

        sink.EndLine().Text("Atoms # atomic").EndLine().EndLine();
        for (int i = 0; i < structure.Count; i++)
        {
            if (structure.Ids[i] < 1)
            {
                throw new InputException("LAMMPS data files number atoms from 1", file: path, expected: "a positive id", found: $"{structure.Ids[i]}");
            }

            Vector3 r = structure.Position(i);
            sink.Whole(structure.Ids[i]).Blank().Whole(structure.Species[i] + 1);
            sink.Blank().Number(r.X).Blank().Number(r.Y).Blank().Number(r.Z).EndLine();
        }
    }

    /// <summary>Masses of the types: the frame's own, else the elements'; null if the types have neither masses nor names.</summary>
    private static double[]? FindMasses(StructureFrame frame, string path)
    {
        IReadOnlyList<string> names = frame.Structure.SpeciesNames;
        if (frame.Header.TryGetValue(MassesEntry, out string? entry))
        {
            string[] parts = entry.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double[] own = new double[parts.Length];
            bool sound = parts.Length == names.Count;
            for (int i = 0; i < parts.Length; i++)
            {
                sound &= LineReader.TryNumber(System.Text.Encoding.UTF8.GetBytes(parts[i]), out own[i]) && own[i] > 0;
            }

            return sound ? own : throw new InputException(
                $"the header entry '{MassesEntry}' does not fit", file: path, expected: $"{names.Count} positive masses", found: $"'{entry}'");
        }

        if (names.All(name => name.Length == 0))
        {
            return null;
        }

        double[] masses = new double[names.Count];
        for (int i = 0; i < masses.Length; i++)
        {
            masses[i] = Elements.Mass(names[i]) ?? throw new InputException(
                "a mass is needed for a name that is no element's",
                file: path,
                expected: "the symbol of an element",
                found: $"'{names[i]}'",
                nearest: NearestName.Find(names[i], Elements.Symbols));
        }

        return masses;
    }
}
