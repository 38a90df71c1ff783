using System.Text;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Reads a LAMMPS text dump frame by frame; see <see cref="LammpsDumpFile"/> for what is read.</summary>
internal sealed class LammpsDumpParser : IFrameParser
{
    /// <summary>The shortest line of an atom: <c>1 0 0 0</c> with its end.</summary>
    private const int ShortestAtom = 8;

    private static readonly string[] Items = ["TIMESTEP", "NUMBER OF ATOMS", "BOX BOUNDS", "ATOMS", "UNITS", "TIME"];

    /// <summary>Columns that repeat what is read elsewhere, or that a frame does not hold.</summary>
    private static readonly string[] DroppedColumns =
        ["ix", "iy", "iz", "typelabel", "x", "y", "z", "xu", "yu", "zu", "xs", "ys", "zs", "xsu", "ysu", "zsu"];

    private readonly LineReader _reader;
    private readonly IReadOnlyList<string>? _species;

    /// <summary>Names that no column of a frame may take in a dump.</summary>
    public static IReadOnlyList<string> ReservedColumns { get; } = ["id", "type", "element", .. DroppedColumns];

    /// <summary>Prepares to read.</summary>
    public LammpsDumpParser(LineReader reader, IReadOnlyList<string>? species)
    {
        _reader = reader;
        _species = species is { Count: > 0 } ? species : null;
        if (_species is not null)
        {
            SpeciesList.RequireDistinct(_species, reader.Name);
        }
    }

    /// <inheritdoc/>
    public StructureFrame? ParseFrame()
    {
        string timestep = "0";
        int? atoms = null;
        Cell? cell = null;
        bool begun = false;
        while (_reader.MoveToContent())
        {
            begun = true;
            ReadOnlySpan<byte> line = _reader.Current;
            if (!line.StartsWith("ITEM:"u8))
            {
                throw _reader.Error("is not a line of a LAMMPS text dump", "'ITEM: …'", LineReader.Quote(line));
            }

            string item = Encoding.UTF8.GetString(line["ITEM:".Length..]).Trim();
            switch (Array.Find(Items, known => item == known || item.StartsWith(known + " ", StringComparison.Ordinal)))
            {
                case "TIMESTEP":
                    timestep = $"{ParseTimestep()}";
                    break;
                case "NUMBER OF ATOMS":
                    atoms = ParseCount();
                    break;
                case "BOX BOUNDS":
                    cell = ParseBox(item["BOX BOUNDS".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "ATOMS":
                    StructureFrame frame = ParseAtoms(
                        item["ATOMS".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries),
                        atoms ?? throw Missing("NUMBER OF ATOMS"),
                        cell ?? throw Missing("BOX BOUNDS"));
                    frame.Header[LammpsDumpFile.TimestepEntry] = timestep;
                    return frame;
                case "UNITS":
                    RequireMetal();
                    break;
                case "TIME":
                    _reader.Require("a time");
                    break;
                default:
                    throw _reader.Error(
                        "is not an item of a dump of atoms", string.Join(", ", Items), LineReader.Quote(line), NearestName.Find(item, Items));
            }
        }

        return begun ? throw _reader.Ended("'ITEM: ATOMS …'") : null;
    }

    private InputException Missing(string item) => _reader.Error("the atoms stand before what describes them", $"'ITEM: {item}' first");

    private long ParseTimestep()
    {
        _reader.Require("a time step");
        return _reader.Whole(_reader.Current.Trim(" \t"u8), "the time step");
    }

    private int ParseCount()
    {
        _reader.Require("the number of atoms");
        ReadOnlySpan<byte> token = _reader.Current.Trim(" \t"u8);
        return _reader.Count(_reader.Whole(token, "the number of atoms"), token, "atoms", _reader.RemainingBytes / ShortestAtom);
    }

    private void RequireMetal()
    {
        _reader.Require("the units");
        if (!_reader.Current.Trim(" \t"u8).SequenceEqual("metal"u8))
        {
            throw _reader.Error("the units are not read", "metal", LineReader.Quote(_reader.Current));
        }
    }

    private Cell ParseBox(string[] words)
    {
        bool tilted = words.Length > 0 && words[0] == "xy";
        if (words.Length > 0 && words[0] == "abc")
        {
            throw _reader.Error("general triclinic boxes are not read from dumps", "a restricted box, or extended XYZ", $"'{string.Join(' ', words)}'");
        }

        string[] boundaries = words[(tilted ? 3 : 0)..];
        if (boundaries.Any(boundary => boundary != "pp"))
        {
            throw _reader.Error("the box is not periodic in all directions", "pp pp pp", $"'{string.Join(' ', boundaries)}'");
        }

        Span<double> values = stackalloc double[9];
        for (int axis = 0; axis < 3; axis++)
        {
            _reader.Require("three lines with the bounds of the box");
            int wanted = tilted ? 3 : 2;
            if (Tokens.Count(_reader.Current) != wanted)
            {
                throw _reader.Error("a line of the box has the wrong number of values", $"{wanted}", LineReader.Quote(_reader.Current));
            }

            Tokens tokens = new(_reader.Current);
            for (int k = 0; k < wanted; k++)
            {
                tokens.Next(out ReadOnlySpan<byte> token);
                values[(3 * axis) + k] = _reader.Finite(token, "a bound of the box");
            }
        }

        return LammpsBox.FromBoundingBox(
            new LammpsBox(values[0], values[1], values[3], values[4], values[6], values[7], values[2], values[5], values[8])).ToCell(_reader);
    }

    private StructureFrame ParseAtoms(string[] names, int count, Cell cell)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (Array.IndexOf(names, names[i]) != i)
            {
                throw _reader.Error("a column occurs twice", "every column once", $"'{names[i]}'");
            }
        }

        int id = Array.IndexOf(names, "id");
        int type = Array.IndexOf(names, "type");
        int element = Array.IndexOf(names, "element");
        if (type < 0 && element < 0)
        {
            throw _reader.Error("the species of the atoms are missing", "a column 'type' or 'element'", $"'{string.Join(' ', names)}'");
        }

        (int[] position, bool scaled) = FindPositions(names);
        AtomicStructure structure = new(count, cell, []);
        StructureFrame frame = new(structure);
        double[][] data = new double[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            if (i != id && i != type && i != element && !DroppedColumns.Contains(names[i]))
            {
                data[i] = frame.Columns[names[i]] = new double[count];
            }
        }

        SpeciesColumn species = new(_reader, _species);
        HashSet<long> seen = new(id < 0 ? 0 : count);
        Span<double> r = stackalloc double[3];
        for (int atom = 0; atom < count; atom++)
        {
            if (!_reader.MoveNext())
            {
                throw _reader.Error("the file ends inside a frame", $"{count} atoms", $"{atom}");
            }

            Tokens tokens = new(_reader.Current);
            ReadOnlySpan<byte> typeToken = default;
            ReadOnlySpan<byte> elementToken = default;
            for (int i = 0; i < names.Length; i++)
            {
                if (!tokens.Next(out ReadOnlySpan<byte> token))
                {
                    throw _reader.Error("the line of an atom is too short", $"{names.Length} values", $"{i}");
                }

                if (i == id)
                {
                    structure.Ids[atom] = _reader.Whole(token, "the id");
                }
                else if (i == type)
                {
                    typeToken = token;
                }
                else if (i == element)
                {
                    elementToken = token;
                }
                else if (data[i] is { } column)
                {
                    column[atom] = _reader.Number(token, names[i]);
                }
                else if (Array.IndexOf(position, i) is >= 0 and int axis)
                {
                    r[axis] = _reader.Finite(token, names[i]);
                }
            }

            if (tokens.Next(out _))
            {
                throw _reader.Error("the line of an atom is too long", $"{names.Length} values", $"{Tokens.Count(_reader.Current)}");
            }

            if (id >= 0 && !seen.Add(structure.Ids[atom]))
            {
                throw _reader.Error("the id occurs twice", "every id once", $"{structure.Ids[atom]}");
            }

            structure.Species[atom] = type < 0 ? species.ByElement(elementToken) : species.ByType(typeToken, elementToken);
            Vector3 point = new(r[0], r[1], r[2]);
            structure.SetPosition(atom, scaled ? cell.ToCartesian(point) : point);
        }

        structure.NameSpecies(species.Finish(structure.Species));
        return frame;
    }

    private (int[] Columns, bool Scaled) FindPositions(string[] names)
    {
        foreach (string ending in (string[])["", "u", "s", "su"])
        {
            int[] columns = [Array.IndexOf(names, "x" + ending), Array.IndexOf(names, "y" + ending), Array.IndexOf(names, "z" + ending)];
            if (columns.All(column => column >= 0))
            {
                return (columns, ending.StartsWith('s'));
            }
        }

        throw _reader.Error(
            "the positions are missing", "columns x y z, xu yu zu, xs ys zs or xsu ysu zsu", $"'{string.Join(' ', names)}'");
    }
}
