using System.Text.RegularExpressions;

namespace Glasswright.Host.Reports;

/// <summary>The tables that <c>glasswright analyze</c> left in a folder, read when they are asked for. A folder that is not there has none.</summary>
internal sealed partial class AnalysisTables
{
    private readonly Dictionary<string, CsvTable?> _read = new(StringComparer.Ordinal);
    private readonly string _folder;

    private AnalysisTables(string folder, IReadOnlyList<string> names) => (_folder, Names) = (folder, names);

    /// <summary>Names of the files, without their ending.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The chain that <c>chain.csv</c> follows; null where it does not tell.</summary>
    public int? Replica => Find("chain")?.Comments.Select(comment => ChainNumber().Match(comment)).FirstOrDefault(match => match.Success) is { } match
        ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>The tables of a folder.</summary>
    public static AnalysisTables In(string folder) => new(
        folder, Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.csv").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)] : []);

    /// <summary>A table; null if it is not there, holds no row, or lacks one of the columns: then it is no table of <c>analyze</c>.</summary>
    public CsvTable? Find(string name, params ReadOnlySpan<string> columns)
    {
        if (!_read.TryGetValue(name, out CsvTable? table))
        {
            table = Names.Contains(name) ? CsvTable.Read(Path.Combine(_folder, name + ".csv")) : null;
            _read.Add(name, table);
        }

        if (table is null || table.Count == 0)
        {
            return null;
        }

        foreach (string column in columns)
        {
            if (!table.Has(column))
            {
                return null;
            }
        }

        return table;
    }

    /// <summary>The structures that a table sets side by side, in its order: how it calls them, and how figures do.</summary>
    public static IReadOnlyList<(string Label, string Name, CsvTable Rows)> Structures(CsvTable table) =>
        [.. table.Texts("structure").Distinct().Select(label => (label, NameOf(label), table.Where("structure", label)))];

    /// <summary>A series of a structure: the first dashed, all in colors of their own.</summary>
    public static Series Series(int slot, string name, Mark mark, double[] x, double[] y) => new(name, mark, x, y) { Color = slot, Dashed = slot == 0 && mark != Mark.Bars };

    private static string NameOf(string label) => label switch { "start" or "first" => "before", "second" => "after", _ => label };

    [GeneratedRegex(@"of chain (\d+)")]
    private static partial Regex ChainNumber();
}
