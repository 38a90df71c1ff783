using System.Globalization;
using System.Text;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Reads one LAMMPS data file; see <see cref="LammpsDataFile"/> for what is read and what is passed over.</summary>
internal sealed class LammpsDataParser
{
    /// <summary>The shortest line of an atom: <c>1 1 0 0 0</c> with its end.</summary>
    private const int ShortestAtom = 10;

    private static readonly string[] IgnoredSections =
    [
        "Velocities", "Ellipsoids", "Lines", "Triangles", "Bodies", "Bonds", "Angles", "Dihedrals", "Impropers",
        "Pair Coeffs", "PairIJ Coeffs", "Bond Coeffs", "Angle Coeffs", "Dihedral Coeffs", "Improper Coeffs",
        "BondBond Coeffs", "BondAngle Coeffs", "MiddleBondTorsion Coeffs", "EndBondTorsion Coeffs", "AngleTorsion Coeffs",
        "AngleAngleTorsion Coeffs", "BondBond13 Coeffs", "AngleAngle Coeffs",
        "Bond Type Labels", "Angle Type Labels", "Dihedral Type Labels", "Improper Type Labels",
    ];

    private static readonly string[] Sections = ["Masses", "Atoms", "Atom Type Labels", .. IgnoredSections];

    private static readonly string[] IgnoredCounts =
    [
        "bonds", "angles", "dihedrals", "impropers", "bond types", "angle types", "dihedral types", "improper types",
        "ellipsoids", "lines", "triangles", "bodies", "extra bond per atom", "extra angle per atom", "extra dihedral per atom",
        "extra improper per atom", "extra special per atom",
    ];

    private static readonly string[] HeaderWords =
        ["atoms", "atom types", "xlo xhi", "ylo yhi", "zlo zhi", "xy xz yz", .. IgnoredCounts];

    private readonly LineReader _reader;
    private readonly IReadOnlyList<string>? _species;
    private int? _atoms;
    private string[]? _names;
    private double[]? _masses;
    private LammpsBox _box = new(0, 0, 0, 0, 0, 0, 0, 0, 0);
    private int _boundsSeen;
    private AtomicStructure? _structure;

    /// <summary>Prepares to read.</summary>
    public LammpsDataParser(LineReader reader, IReadOnlyList<string>? species)
    {
        _reader = reader;
        _species = species is { Count: > 0 } ? species : null;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InputException">It is not a data file as described.</exception>
    public StructureFrame Parse()
    {
        _reader.Require("a title line");
        bool more = ParseHeader();
        while (more)
        {
            string section = SectionName(_reader.Current) ?? throw UnknownSection();
            more = section switch
            {
                "Atoms" => ParseAtoms(),
                "Masses" => ParseTypes(section, ParseMass),
                "Atom Type Labels" => ParseTypes(section, ParseLabel),
                _ => SkipSection(),
            };
        }

        if (_structure is null)
        {
            throw _reader.Ended("a section 'Atoms'");
        }

        StructureFrame frame = new(_structure);
        _structure.NameSpecies(SpeciesList.Resolve(_names!, _species, _reader.Name));
        RequireMassesToAgree(_structure.SpeciesNames);
        KeepMasses(frame);
        return frame;
    }

    /// <summary>Reads up to the first section; true if there is one.</summary>
    private bool ParseHeader()
    {
        while (_reader.MoveToContent())
        {
            ReadOnlySpan<byte> line = Tokens.BeforeComment(_reader.Current).Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (IsLetter(line[0]))
            {
                RequireHeader();
                return true;
            }

            ParseHeaderLine(line);
        }

        throw _reader.Ended("the number of atoms, the box, and a section 'Atoms'");
    }

    private void ParseHeaderLine(ReadOnlySpan<byte> line)
    {
        Tokens tokens = new(line);
        int values = 0;
        ReadOnlySpan<byte> keyword = line;
        while (keyword.Length > 0 && !IsLetter(keyword[0]))
        {
            tokens.Next(out _);
            keyword = tokens.Rest.TrimStart(" \t"u8);
            values++;
        }

        // The words of a keyword may stand any number of blanks apart.
        string word = string.Join(' ', Encoding.UTF8.GetString(keyword).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        tokens = new Tokens(line);
        switch (word)
        {
            case "atoms":
                RequireValues(values, 1, word);
                _atoms = ParseCount(ref tokens, word, _reader.RemainingBytes / ShortestAtom);
                break;
            case "atom types":
                RequireValues(values, 1, word);
                _names = new string[ParseCount(ref tokens, word, SpeciesList.MostTypes)];
                Array.Fill(_names, "");
                break;
            case "xlo xhi":
                (double xLo, double xHi) = ParseBounds(ref tokens, values, word, 1);
                _box = _box with { XLo = xLo, XHi = xHi };
                break;
            case "ylo yhi":
                (double yLo, double yHi) = ParseBounds(ref tokens, values, word, 2);
                _box = _box with { YLo = yLo, YHi = yHi };
                break;
            case "zlo zhi":
                (double zLo, double zHi) = ParseBounds(ref tokens, values, word, 4);
                _box = _box with { ZLo = zLo, ZHi = zHi };
                break;
            case "xy xz yz":
                RequireValues(values, 3, word);
                _box = _box with { XY = Next(ref tokens, word), XZ = Next(ref tokens, word), YZ = Next(ref tokens, word) };
                break;
            case "avec" or "bvec" or "cvec" or "abc origin":
                throw _reader.Error("general triclinic boxes are not read from data files", "a restricted box (xlo xhi … xy xz yz), or extended XYZ");
            default:
                if (!IgnoredCounts.Contains(word))
                {
                    throw _reader.Error(
                        "is not a header line of a data file", "a count, a bound of the box, or a section", LineReader.Quote(line), NearestName.Find(word, HeaderWords));
                }

                break;
        }
    }

    private void RequireValues(int found, int expected, string word)
    {
        if (found != expected)
        {
            throw _reader.Error($"'{word}' has the wrong number of values", $"{expected}", $"{found}");
        }
    }

    private (double Low, double High) ParseBounds(ref Tokens tokens, int values, string word, int axis)
    {
        RequireValues(values, 2, word);
        (double low, double high) = (Next(ref tokens, word), Next(ref tokens, word));
        LammpsBox.RequireOrder(_reader, word[..1], low, high);
        _boundsSeen |= axis;
        return (low, high);
    }

    private double Next(ref Tokens tokens, string what)
    {
        tokens.Next(out ReadOnlySpan<byte> token);
        return _reader.Finite(token, what);
    }

    private int ParseCount(ref Tokens tokens, string what, long most)
    {
        tokens.Next(out ReadOnlySpan<byte> token);
        return _reader.Count(_reader.Whole(token, $"the number of {what}"), token, what, most);
    }

    private void RequireHeader()
    {
        string? missing = _atoms is null ? "<n> atoms"
            : _names is null ? "<n> atom types"
            : (_boundsSeen & 1) == 0 ? "<lo> <hi> xlo xhi"
            : (_boundsSeen & 2) == 0 ? "<lo> <hi> ylo yhi"
            : (_boundsSeen & 4) == 0 ? "<lo> <hi> zlo zhi"
            : null;
        if (missing is not null)
        {
            string? near = SectionName(_reader.Current) is null ? NearestName.Find(Title(_reader.Current), Sections) : null;
            throw _reader.Error("the header is incomplete", $"a line '{missing}' before the first section", LineReader.Quote(_reader.Current), near);
        }
    }

    private bool ParseAtoms()
    {
        ReadOnlySpan<byte> header = _reader.Current;
        int mark = header.IndexOf((byte)'#');
        if (mark >= 0)
        {
            string style = Encoding.UTF8.GetString(header[(mark + 1)..]).Trim();
            if (style != "atomic")
            {
                throw _reader.Error("the atom style is not read", "atomic", $"'{style}'");
            }
        }

        if (_structure is not null)
        {
            throw _reader.Error("a second section 'Atoms'", "one");
        }

        int count = _atoms!.Value;
        _structure = new AtomicStructure(count, _box.ToCell(_reader), _names!);
        HashSet<long> seen = new(count);
        for (int i = 0; i < count; i++)
        {
            if (!_reader.MoveToContent() || IsLetter(_reader.Current.TrimStart(" \t"u8)[0]))
            {
                throw _reader.Error("the section 'Atoms' is too short", $"{count} atoms", $"{i}");
            }

            ParseAtom(i, seen);
        }

        return NextSection($"only {count} atoms, as the header says, and then a section");
    }

    private void ParseAtom(int atom, HashSet<long> seen)
    {
        ReadOnlySpan<byte> line = Tokens.BeforeComment(_reader.Current);
        int columns = Tokens.Count(line);
        if (columns is not (5 or 8))
        {
            throw _reader.Error("the line of an atom has the wrong number of values", "id type x y z [nx ny nz], 5 or 8", $"{columns}");
        }

        Tokens tokens = new(line);
        tokens.Next(out ReadOnlySpan<byte> token);
        long id = _reader.Whole(token, "the id");
        if (id < 1)
        {
            throw _reader.Error("the id is not positive", "1 or more", LineReader.Quote(token));
        }

        if (!seen.Add(id))
        {
            throw _reader.Error("the id occurs twice", "every id once", $"{id}");
        }

        tokens.Next(out token);
        long type = _reader.Whole(token, "the type");
        if (type < 1 || type > _names!.Length)
        {
            throw _reader.Error("the type is out of range", $"1 to {_names!.Length}", LineReader.Quote(token));
        }

        AtomicStructure structure = _structure!;
        structure.Ids[atom] = id;
        structure.Species[atom] = (int)type - 1;
        structure.SetPosition(atom, new Vector3(Next(ref tokens, "x"), Next(ref tokens, "y"), Next(ref tokens, "z")));
        while (tokens.Next(out token))
        {
            _reader.Whole(token, "an image flag");
        }
    }

    /// <summary>Reads a section with one line a type.</summary>
    private bool ParseTypes(string section, Action<int> parse)
    {
        bool[] seen = new bool[_names!.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            if (!_reader.MoveToContent() || IsLetter(_reader.Current.TrimStart(" \t"u8)[0]))
            {
                throw _reader.Error($"the section '{section}' is too short", $"{seen.Length} types", $"{i}");
            }

            Tokens tokens = new(Tokens.BeforeComment(_reader.Current));
            tokens.Next(out ReadOnlySpan<byte> token);
            long type = _reader.Whole(token, "the type");
            if (type < 1 || type > seen.Length)
            {
                throw _reader.Error("the type is out of range", $"1 to {seen.Length}", LineReader.Quote(token));
            }

            if (seen[type - 1])
            {
                throw _reader.Error("the type occurs twice", "every type once", $"{type}");
            }

            seen[type - 1] = true;
            parse((int)type - 1);
        }

        return NextSection($"only {seen.Length} types, as the header says, and then a section");
    }

    private void ParseMass(int type)
    {
        ReadOnlySpan<byte> line = _reader.Current;
        ReadOnlySpan<byte> values = Tokens.BeforeComment(line);
        if (Tokens.Count(values) != 2)
        {
            throw _reader.Error("the line of a mass has the wrong number of values", "type mass", LineReader.Quote(values));
        }

        Tokens tokens = new(values);
        tokens.Next(out _);
        double mass = Next(ref tokens, "the mass");
        if (!(mass > 0))
        {
            throw _reader.Error("the mass is not positive", "a positive mass in g/mol", FormattableString.Invariant($"{mass}"));
        }

        _masses ??= new double[_names!.Length];
        _masses[type] = mass;
        if (values.Length < line.Length)
        {
            Tokens comment = new(line[(values.Length + 1)..]);
            comment.Next(out ReadOnlySpan<byte> word);
            string name = Encoding.UTF8.GetString(word);

            // Any other comment is a remark.
            if (Elements.Exists(name))
            {
                _names![type] = name;
            }
        }
    }

    private void ParseLabel(int type)
    {
        Tokens tokens = new(Tokens.BeforeComment(_reader.Current));
        tokens.Next(out _);
        tokens.Next(out ReadOnlySpan<byte> label);
        string name = Encoding.UTF8.GetString(label);
        if (Elements.Exists(name))
        {
            _names![type] = name;
        }
    }

    private bool SkipSection()
    {
        while (_reader.MoveToContent())
        {
            if (IsLetter(_reader.Current.TrimStart(" \t"u8)[0]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the line that names the next section; false at the end of the file.</summary>
    private bool NextSection(string expected)
    {
        while (_reader.MoveToContent())
        {
            ReadOnlySpan<byte> line = Tokens.BeforeComment(_reader.Current).Trim(" \t\r"u8);
            if (!line.IsEmpty)
            {
                return IsLetter(line[0]) ? true : throw _reader.Error("a section is longer than announced", expected, LineReader.Quote(line));
            }
        }

        return false;
    }

    private InputException UnknownSection()
    {
        string title = Title(_reader.Current);
        return _reader.Error("is not a section of a data file", "a section such as 'Atoms' or 'Masses'", $"'{title}'", NearestName.Find(title, Sections));
    }

    private static string Title(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(Tokens.BeforeComment(line)).Trim();

    private static string? SectionName(ReadOnlySpan<byte> line)
    {
        string title = Title(line);
        return Array.Find(Sections, section => section == title);
    }

    private static bool IsLetter(byte c) => char.IsAsciiLetter((char)c);

    /// <summary>
    /// A mass that is clearly another element's than the one named means that the elements were named in the wrong order:
    /// everything computed from that would be wrong without a sign.
    /// </summary>
    private void RequireMassesToAgree(IReadOnlyList<string> names)
    {
        for (int i = 0; _masses is not null && i < _masses.Length; i++)
        {
            string? byMass = Elements.ByMass(_masses[i], LammpsDataFile.MassTolerance);
            if (byMass is not null && Elements.Mass(names[i]) is { } named && Math.Abs(named - _masses[i]) > LammpsDataFile.MassTolerance * named)
            {
                throw new InputException(
                    $"type {i + 1} is named {names[i]} but has the mass of {byMass}",
                    file: _reader.Name,
                    expected: string.Create(CultureInfo.InvariantCulture, $"mass {named} or the name {byMass}"),
                    found: string.Create(CultureInfo.InvariantCulture, $"mass {_masses[i]}"));
            }
        }
    }

    /// <summary>Keeps the masses where they say more than the names.</summary>
    private void KeepMasses(StructureFrame frame)
    {
        IReadOnlyList<string> names = frame.Structure.SpeciesNames;
        if (_masses is not null && !_masses.Select((mass, i) => Elements.Mass(names[i]) == mass).All(same => same))
        {
            frame.Header[LammpsDataFile.MassesEntry] =
                string.Join(' ', _masses.Select(mass => mass.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
