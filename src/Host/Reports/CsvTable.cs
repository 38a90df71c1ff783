using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Reports;

/// <summary>
/// A table of a run folder, read as text. A last line without its end is one that is being written: it does not count. Lines that begin
/// with # are comments.
/// </summary>
internal sealed class CsvTable
{
    private readonly string _path;
    private readonly string[] _names;
    private readonly List<(int Line, string[] Cells)> _rows = [];
    private readonly List<string> _comments = [];

    private CsvTable(string path, string[] names)
    {
        _path = path;
        _names = names;
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>The comments before the names of the columns, without their #.</summary>
    public IReadOnlyList<string> Comments => _comments;

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">A row has another number of cells than the header.</exception>
    public static CsvTable Read(string path)
    {
        // The process that writes it goes on.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        string text = reader.ReadToEnd();
        string[] lines = text.Split('\n');
        CsvTable? table = null;
        var comments = new List<string>();

        // What follows the last line feed is nothing, or half a line.
        for (int i = 0; i < lines.Length - 1; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
            {
                comments.Add(line.TrimStart('#').Trim());
                continue;
            }

            string[] cells = line.Split(',');
            if (table is null)
            {
                table = new CsvTable(path, cells);
                table._comments.AddRange(comments);
                continue;
            }

            if (cells.Length != table._names.Length)
            {
                throw new InputException(
                    "a row has another number of cells than the header", path, i + 1, FormattableString.Invariant($"{table._names.Length}"), FormattableString.Invariant($"{cells.Length}"));
            }

            table._rows.Add((i + 1, cells));
        }

        return table ?? new CsvTable(path, []);
    }

    /// <summary>Whether it has a column.</summary>
    public bool Has(string column) => _names.Contains(column);

    /// <summary>The rows that have a text in a column.</summary>
    /// <exception cref="InputException">There is no such column.</exception>
    public CsvTable Where(string column, string text)
    {
        int index = IndexOf(column);
        var part = new CsvTable(_path, _names);
        part._rows.AddRange(_rows.Where(row => row.Cells[index] == text));
        return part;
    }

    /// <summary>A column as text.</summary>
    /// <exception cref="InputException">There is no such column.</exception>
    public string[] Texts(string column)
    {
        int index = IndexOf(column);
        return [.. _rows.Select(row => row.Cells[index])];
    }

    /// <summary>A column of numbers; nothing between the commas is NaN.</summary>
    /// <exception cref="InputException">There is no such column, or a cell is no number.</exception>
    public double[] Numbers(string column)
    {
        int index = IndexOf(column);
        return [.. _rows.Select(row => Number(row.Line, row.Cells[index], column))];
    }

    private int IndexOf(string column) => Array.IndexOf(_names, column) is >= 0 and int index
        ? index
        : throw new InputException($"the table has no column '{column}'", _path, 1, expected: string.Join(", ", _names), nearest: NearestName.Find(column, _names));

    private double Number(int line, string cell, string column) => cell.Length == 0
        ? double.NaN
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InputException($"the column '{column}' holds no number here", _path, line, expected: "a number", found: cell);
}
