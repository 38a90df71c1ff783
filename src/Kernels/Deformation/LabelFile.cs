using System.Globalization;
using System.Text;
using Glasswright.Kernels.Formats;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// Reads and writes the two label files. Both begin with comments, <c># key = value</c> (<see cref="LabelHeader"/>), then
/// one row of column names and one row an atom, in the order of the structure. An invalid value is an empty field.
/// <list type="bullet">
/// <item><c>&lt;name&gt;.labels.csv</c>: <c>id,ln_d2min_0.02,…,valid</c>; valid is 0 if the atom is invalid at any strain or mode.</item>
/// <item><c>&lt;name&gt;.modes.csv</c>: <c>id,ln_d2min_0.02_xy+,ln_d2min_0.02_xy-,…</c>, strain by strain.</item>
/// </list>
/// </summary>
internal static class LabelFile
{
    private const string LabelTitle = "# glasswright labels, format ";
    private const string ModeTitle = "# glasswright mode labels, format ";
    private const string Column = "ln_d2min_";

    /// <summary>Writes labels, whole or not at all.</summary>
    public static void Write(string path, LabelTable labels)
    {
        AtomicFile.Write(path, stream => Write(
            stream,
            LabelTitle,
            labels.Header,
            [.. LabelColumns(labels.Header.Definition), "valid"],
            labels.Ids,
            (row, i) =>
            {
                foreach (double[] values in labels.Values)
                {
                    Append(row, values[i]);
                }

                row.Append(labels.Valid[i] ? ",1" : ",0");
            }));
    }

    /// <summary>Writes the values of every mode, whole or not at all.</summary>
    public static void Write(string path, ModeLabelTable labels)
    {
        AtomicFile.Write(path, stream => Write(
            stream,
            ModeTitle,
            labels.Header,
            ModeColumns(labels.Header.Definition),
            labels.Ids,
            (row, i) =>
            {
                foreach (double[][] strain in labels.Values)
                {
                    foreach (double[] mode in strain)
                    {
                        Append(row, mode[i]);
                    }
                }
            }));
    }

    /// <summary>Reads labels.</summary>
    /// <exception cref="InputException">The file is missing or malformed.</exception>
    public static LabelTable ReadLabels(string path)
    {
        using var reader = new LineReader(path);
        LabelHeader header = ReadHeader(reader, LabelTitle);
        string[] columns = LabelColumns(header.Definition);
        (long[] ids, double[][] values) = ReadRows(reader, [.. columns, "valid"]);
        double[] flags = values[^1];
        var valid = new bool[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (flags[i] is not (0 or 1))
            {
                throw new InputException(
                    $"the flag 'valid' of atom {ids[i]} is not one", path, expected: "0 or 1", found: LabelDefinition.Text(flags[i]));
            }

            valid[i] = flags[i] == 1;
            if (valid[i] && values.Any(column => double.IsNaN(column[i])))
            {
                throw new InputException($"atom {ids[i]} is called valid but has no value at some strain", path);
            }
        }

        return new LabelTable(header, ids, values[..^1], valid);
    }

    /// <summary>Reads the values of every mode.</summary>
    /// <exception cref="InputException">The file is missing or malformed.</exception>
    public static ModeLabelTable ReadModes(string path)
    {
        using var reader = new LineReader(path);
        LabelHeader header = ReadHeader(reader, ModeTitle);
        (long[] ids, double[][] values) = ReadRows(reader, ModeColumns(header.Definition));
        return new ModeLabelTable(header, ids, [.. values.Chunk(header.Definition.Modes.Count)]);
    }

    /// <summary>Reads the comments at the head of either file.</summary>
    /// <exception cref="InputException">The file is missing or its head malformed.</exception>
    public static LabelHeader ReadHeader(string path)
    {
        using var reader = new LineReader(path);
        return ReadHeader(reader, LabelTitle, ModeTitle);
    }

    private static string[] LabelColumns(LabelDefinition definition) =>
        [.. definition.Strains.Select(strain => Column + LabelDefinition.Text(strain))];

    private static string[] ModeColumns(LabelDefinition definition) =>
    [
        .. LabelColumns(definition).SelectMany(column => definition.Modes.Select(mode => $"{column}_{mode.Name}")),
    ];

    private static void Write(
        Stream stream, string title, LabelHeader header, IReadOnlyList<string> columns, long[] ids,
        Action<StringBuilder, int> appendRow)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(title + LabelHeader.Format.ToString(CultureInfo.InvariantCulture));
        foreach ((string key, string value) in header.Entries())
        {
            writer.WriteLine($"# {key} = {value}".TrimEnd());
        }

        writer.WriteLine("id," + string.Join(',', columns));
        var row = new StringBuilder();
        for (int i = 0; i < ids.Length; i++)
        {
            row.Clear().Append(CultureInfo.InvariantCulture, $"{ids[i]}");
            appendRow(row, i);
            writer.WriteLine(row);
        }
    }

    private static void Append(StringBuilder row, double value)
    {
        row.Append(',');
        if (double.IsFinite(value))
        {
            row.Append(CultureInfo.InvariantCulture, $"{value:R}");
        }
    }

    /// <summary>Reads the comments; the reader stands before the row of column names afterwards.</summary>
    private static LabelHeader ReadHeader(LineReader reader, params ReadOnlySpan<string> titles)
    {
        string expected = titles[0] + LabelHeader.Format.ToString(CultureInfo.InvariantCulture);
        reader.Require($"'{expected}'");
        string first = Text(reader);
        bool known = false;
        foreach (string title in titles)
        {
            known |= first == title + LabelHeader.Format.ToString(CultureInfo.InvariantCulture);
        }

        if (!known)
        {
            throw reader.Error("not a label file that can be read", $"'{expected}'", LineReader.Quote(reader.Current));
        }

        var entries = new Dictionary<string, (string Value, int Line)>(StringComparer.Ordinal);
        while (reader.MoveNext())
        {
            string line = Text(reader);
            if (!line.StartsWith('#'))
            {
                reader.StepBack();
                break;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && !entries.TryAdd(line[1..equals].Trim(), (line[(equals + 1)..].Trim(), reader.Line)))
            {
                throw reader.Error("an entry of the header stands twice", found: LineReader.Quote(reader.Current));
            }
        }

        return LabelHeader.FromEntries(entries, reader.Name);
    }

    /// <summary>Ids, and one array of values a column; empty fields become NaN.</summary>
    private static (long[] Ids, double[][] Values) ReadRows(LineReader reader, string[] columns)
    {
        reader.Require("the row of column names");
        string names = "id," + string.Join(',', columns);
        string found = Text(reader);
        if (found != names)
        {
            throw reader.Error("the columns are not those that the header tells", $"'{names}'", $"'{found}'");
        }

        var ids = new List<long>();
        var seen = new HashSet<long>();
        var values = new List<double>[columns.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            values[c] = [];
        }

        while (reader.MoveNext())
        {
            string[] fields = Text(reader).Split(',');
            if (fields.Length != columns.Length + 1)
            {
                throw reader.Error("a row with another number of fields", $"{columns.Length + 1} fields", $"{fields.Length}");
            }

            if (!long.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long id))
            {
                throw reader.Error("an atom id is not a whole number", "a whole number", $"'{fields[0]}'");
            }

            if (!seen.Add(id))
            {
                throw reader.Error("an atom id stands twice", found: fields[0]);
            }

            ids.Add(id);
            for (int c = 0; c < columns.Length; c++)
            {
                values[c].Add(Field(reader, columns[c], fields[c + 1]));
            }
        }

        if (ids.Count == 0)
        {
            throw reader.Ended("one row an atom");
        }

        return ([.. ids], [.. values.Select(column => column.ToArray())]);
    }

    private static double Field(LineReader reader, string column, string text)
    {
        if (text.Length == 0)
        {
            return double.NaN;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw reader.Error($"{column} is not a finite number", "a number, or nothing where invalid", $"'{text}'");
    }

    private static string Text(LineReader reader) => Encoding.UTF8.GetString(reader.Current);
}
