namespace Glasswright.Host.Reports;

/// <summary>
/// What <c>glasswright analyze</c> left in <c>analysis/</c>: every table whose first column is a number becomes a figure, its other columns of numbers
/// the lines. Tables that the report knows have a title and a caption of their own.
/// </summary>
internal sealed class AnalysisFigures(RunFiles run)
{
    /// <summary>More columns would hide each other.</summary>
    private const int MostLines = 12;

    private static readonly (string Part, string Title, string Caption)[] Known =
    [
        ("rdf", "Pair distribution g(r)", "Total and partial pair distribution functions, before and after."),
        ("gr", "Pair distribution g(r)", "Total and partial pair distribution functions, before and after."),
        ("sq", "Structure factor S(q)", "Static structure factors, before and after."),
        ("structure-factor", "Structure factor S(q)", "Static structure factors, before and after."),
        ("motif", "Voronoi motifs along the chain", "Share of the atoms of each species with the named Voronoi index (Fig. 5 of the paper)."),
        ("voronoi", "Voronoi motifs", "Share of the atoms with each Voronoi index."),
        ("shell", "Change of the property by neighbor shell", "Mean change of the property by shell around the swapped pair (Fig. 4 of the paper)."),
        ("stress", "Stress against strain", "Stress of quasistatic loading, before and after; positive when it resists."),
        ("strain", "Stress against strain", "Stress of quasistatic loading, before and after; positive when it resists."),
    ];

    private static readonly (string Ending, string Unit)[] Units =
        [("_per_A", "1/Å"), ("_A", "Å"), ("_eV", "eV"), ("_GPa", "GPa"), ("_bar", "bar"), ("_ps", "ps"), ("_K", "K"), ("_percent", "%")];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        Figure[] figures = [.. run.Analysis.Select(file => Draw(file.Name, file.Table)).OfType<Figure>()];
        return new ReportSection("structure", "Structure analysis", figures.Length > 0 ? "Tables of glasswright analyze, as they lie in the run's folder analysis." : "", figures, figures.Length > 0 ? [] : [
            "g(r), S(q), Voronoi motifs, shells and stress-strain curves are not here: `glasswright analyze RUN --out RUN/analysis` writes them, and a new report shows them.",
        ]);
    }

    private static Figure? Draw(string name, CsvTable table)
    {
        if (table.Count < 2 || table.Names.Count < 2 || !IsNumeric(table, table.Names[0]))
        {
            return null;
        }

        string[] columns = [.. table.Names.Skip(1).Where(column => IsNumeric(table, column)).Take(MostLines)];
        (string Part, string Title, string Caption) known = Known.FirstOrDefault(entry => name.Contains(entry.Part, StringComparison.OrdinalIgnoreCase));
        (string x, string? xUnit) = Split(table.Names[0]);
        string?[] units = [.. columns.Select(column => Split(column).Unit).Distinct()];
        return columns.Length == 0 ? null : new Figure
        {
            Id = $"analysis-{name}",
            Title = known.Title is null ? name : $"{known.Title} ({name})",
            Caption = $"{known.Caption ?? "A table of the folder analysis."} From analysis/{name}.csv.",
            X = new Axis(x, xUnit),
            Y = new Axis(columns.Length == 1 ? Split(columns[0]).Name : "value", units.Length == 1 ? units[0] : null),
            Series = [.. columns.Select((column, slot) => new Series(Split(column).Name, Mark.Line, table.Numbers(table.Names[0]), table.Numbers(column)) { Color = slot, Dashed = slot % 2 == 1 })],
        };
    }

    private static bool IsNumeric(CsvTable table, string column) => table.Texts(column).All(cell =>
        cell.Length == 0 || double.TryParse(cell, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _));

    private static (string Name, string? Unit) Split(string column)
    {
        (string ending, string unit) = Units.FirstOrDefault(entry => column.EndsWith(entry.Ending, StringComparison.Ordinal));
        return ending is null ? (column.Replace('_', ' '), null) : (column[..^ending.Length].Replace('_', ' '), unit);
    }
}
