using System.Globalization;
using System.Text;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Reads extended XYZ frame by frame; see <see cref="ExtendedXyzFile"/> for what is read.</summary>
internal sealed class ExtendedXyzParser : IFrameParser
{
    /// <summary>The shortest line of an atom: <c>H 0 0 0</c> with its end.</summary>
    private const int ShortestAtom = 8;

    private const int MostColumns = 1000;

    /// <summary>What a file without <c>Properties</c> holds, by the format.</summary>
    private const string PlainProperties = "species:S:1:pos:R:3";

    private readonly LineReader _reader;
    private readonly IReadOnlyList<string>? _species;

    /// <summary>Prepares to read.</summary>
    public ExtendedXyzParser(LineReader reader, IReadOnlyList<string>? species)
    {
        _reader = reader;
        _species = species is { Count: > 0 } ? species : null;
        if (_species is not null)
        {
            SpeciesList.RequireDistinct(_species, reader.Name);
        }
    }

    /// <summary>What a column of the file is for.</summary>
    private enum Role
    {
        Skipped,
        Species,
        X,
        Y,
        Z,
        Id,
        Number,
        Flag,
    }

    /// <inheritdoc/>
    public StructureFrame? ParseFrame()
    {
        if (!_reader.MoveToContent())
        {
            return null;
        }

        int count = ParseCount();
        _reader.Require("the line with Lattice and Properties");
        Dictionary<string, string> entries = ExtendedXyzHeader.Parse(_reader);
        Cell cell = ParseCell(entries);
        List<(string Name, Role Role)> columns = ParseProperties(entries.GetValueOrDefault("Properties", PlainProperties));
        StructureFrame frame = new(new AtomicStructure(count, cell, []));
        foreach ((string key, string value) in entries)
        {
            if (!ExtendedXyzFile.ReservedEntries.Contains(key))
            {
                frame.Header.Add(key, value);
            }
        }

        ParseAtoms(frame, columns);
        return frame;
    }

    private int ParseCount()
    {
        ReadOnlySpan<byte> token = _reader.Current.Trim(" \t"u8);
        if (!long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count))
        {
            throw _reader.Error("a frame does not begin with its number of atoms", "a whole number alone on its line", LineReader.Quote(token));
        }

        return _reader.Count(count, token, "atoms", _reader.RemainingBytes / ShortestAtom);
    }

    private Cell ParseCell(Dictionary<string, string> entries)
    {
        if (!entries.TryGetValue("Lattice", out string? lattice))
        {
            string? misspelled = NearestName.Find("Lattice", entries.Keys);
            throw _reader.Error(
                "the cell is missing",
                "Lattice=\"ax ay az bx by bz cx cy cz\"",
                misspelled is null ? null : $"'{misspelled}'",
                misspelled is null ? null : "Lattice");
        }

        if (entries.TryGetValue("pbc", out string? pbc) && !IsPeriodic(pbc))
        {
            throw _reader.Error("the cell is not periodic in all directions", "pbc=\"T T T\"", $"'{pbc}'");
        }

        double[] h = ParseNumbers("Lattice", lattice, 9);
        double[] o = entries.TryGetValue("Origin", out string? origin) ? ParseNumbers("Origin", origin, 3) : [0, 0, 0];
        Matrix3 vectors = Matrix3.FromColumns(new(h[0], h[1], h[2]), new(h[3], h[4], h[5]), new(h[6], h[7], h[8]));
        return LammpsBox.CreateCell(_reader, vectors, new Vector3(o[0], o[1], o[2]));
    }

    private static bool IsPeriodic(string pbc)
    {
        string[] parts = pbc.Split((char[])[' ', '\t', ',', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 3 && parts.All(part => part is "T" or "True" or "true" or "TRUE" or "1");
    }

    private double[] ParseNumbers(string key, string value, int count)
    {
        string[] parts = value.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != count)
        {
            throw _reader.Error($"{key} has the wrong number of values", $"{count}", $"{parts.Length}");
        }

        return [.. parts.Select(part => _reader.Finite(Encoding.UTF8.GetBytes(part), key))];
    }

    private List<(string Name, Role Role)> ParseProperties(string properties)
    {
        string[] parts = properties.Split(':');
        List<(string Name, Role Role)> columns = [];
        bool hasSpecies = parts.Where((_, i) => i % 3 == 0).Contains("species");
        for (int i = 0; i < parts.Length; i += 3)
        {
            if (i + 2 >= parts.Length
                || parts[i].Length == 0
                || parts[i + 1] is not ("S" or "R" or "I" or "L")
                || !int.TryParse(parts[i + 2], out int count)
                || count < 1
                || columns.Count + (long)count > MostColumns)
            {
                throw _reader.Error(
                    "Properties is malformed",
                    "name:type:columns, …, with type S, R, I or L",
                    $"'{string.Join(':', parts.Skip(i).Take(3))}'");
            }

            columns.AddRange((parts[i], parts[i + 1], count) switch
            {
                ("species", "S", 1) => [("", Role.Species)],
                ("element", "S", 1) when !hasSpecies => [("", Role.Species)],
                ("pos", "R", 3) => [("", Role.X), ("", Role.Y), ("", Role.Z)],
                ("id", "I", 1) => [("", Role.Id)],
                ("species" or "pos" or "id", string type, _) => throw _reader.Error(
                    $"the column '{parts[i]}' has the wrong form", "species:S:1, pos:R:3, id:I:1", $"'{parts[i]}:{type}:{count}'"),
                (string name, "S", _) => Enumerable.Repeat((name, Role.Skipped), count),
                (string name, string type, _) => ColumnNames.Components(name, count).Select(part => (part, type == "L" ? Role.Flag : Role.Number)),
            });
        }

        RequireOnce(columns, Role.Species, "species:S:1");
        RequireOnce(columns, Role.X, "pos:R:3");
        if (columns.Count(column => column.Role == Role.Id) > 1)
        {
            throw _reader.Error("a column occurs twice", "every column once", "'id'");
        }

        return columns;
    }

    private void RequireOnce(List<(string Name, Role Role)> columns, Role role, string form)
    {
        int times = columns.Count(column => column.Role == role);
        if (times != 1)
        {
            throw _reader.Error(times == 0 ? "a column is missing" : "a column occurs twice", $"{form} in Properties");
        }
    }

    private void ParseAtoms(StructureFrame frame, List<(string Name, Role Role)> columns)
    {
        AtomicStructure structure = frame.Structure;
        int count = structure.Count;
        Role[] roles = [.. columns.Select(column => column.Role)];
        double[][] data = new double[roles.Length][];
        for (int i = 0; i < roles.Length; i++)
        {
            if (roles[i] is Role.Number or Role.Flag)
            {
                data[i] = new double[count];
                if (!frame.Columns.TryAdd(columns[i].Name, data[i]))
                {
                    throw _reader.Error("a column occurs twice", "every column once", $"'{columns[i].Name}'");
                }
            }
        }

        SpeciesColumn species = new(_reader, _species);
        HashSet<long>? seen = roles.Contains(Role.Id) ? new(count) : null;
        for (int atom = 0; atom < count; atom++)
        {
            if (!_reader.MoveNext())
            {
                throw _reader.Error("the file ends inside a frame", $"{count} atoms", $"{atom}");
            }

            Tokens tokens = new(_reader.Current);
            double x = 0, y = 0, z = 0;
            for (int i = 0; i < roles.Length; i++)
            {
                if (!tokens.Next(out ReadOnlySpan<byte> token))
                {
                    throw _reader.Error("the line of an atom is too short", $"{roles.Length} values", $"{i}");
                }

                switch (roles[i])
                {
                    case Role.Species:
                        structure.Species[atom] = species.ByElement(token);
                        break;
                    case Role.X:
                        x = _reader.Finite(token, "x");
                        break;
                    case Role.Y:
                        y = _reader.Finite(token, "y");
                        break;
                    case Role.Z:
                        z = _reader.Finite(token, "z");
                        break;
                    case Role.Id:
                        structure.Ids[atom] = _reader.Whole(token, "the id");
                        break;
                    case Role.Number:
                        data[i][atom] = _reader.Number(token, columns[i].Name);
                        break;
                    case Role.Flag:
                        data[i][atom] = ParseFlag(token, columns[i].Name);
                        break;
                }
            }

            if (tokens.Next(out _))
            {
                throw _reader.Error("the line of an atom is too long", $"{roles.Length} values", $"{Tokens.Count(_reader.Current)}");
            }

            if (seen is not null && !seen.Add(structure.Ids[atom]))
            {
                throw _reader.Error("the id occurs twice", "every id once", $"{structure.Ids[atom]}");
            }

            structure.SetPosition(atom, new Vector3(x, y, z));
        }

        structure.NameSpecies(species.Finish(structure.Species));
    }

    private double ParseFlag(ReadOnlySpan<byte> token, string what) =>
        token.SequenceEqual("T"u8) || token.SequenceEqual("True"u8) ? 1
        : token.SequenceEqual("F"u8) || token.SequenceEqual("False"u8) ? 0
        : throw _reader.Error($"{what} is not a truth value", "T or F", LineReader.Quote(token));
}
