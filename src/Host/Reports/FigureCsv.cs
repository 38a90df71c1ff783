using Glasswright.Host.Output;

namespace Glasswright.Host.Reports;

/// <summary>
/// The numbers of a figure: one row a point, with its series, its name where points have one, x, y, and whiskers and color where there are
/// any. Headers hold the units.
/// </summary>
internal static class FigureCsv
{
    /// <summary>Writes a figure.</summary>
    public static void Write(Stream stream, Figure figure)
    {
        bool labels = figure.Series.Any(series => series.Labels is not null), errors = figure.Series.Any(series => series.Errors is not null);
        using var csv = new CsvWriter(stream);
        csv.Header(
        [
            "series", .. labels ? ["label"] : Array.Empty<string>(), Quoted(figure.X.Title()), Quoted(figure.Y.Title()),
            .. errors ? ["error"] : Array.Empty<string>(), .. figure.Colors is { } scale ? [Quoted(scale.Title())] : Array.Empty<string>(),
        ]);
        foreach (Series series in figure.Series)
        {
            for (int i = 0; i < series.X.Length; i++)
            {
                csv.Cell(Quoted(series.Name));
                if (labels)
                {
                    csv.Cell(Quoted(series.Labels?[i] ?? ""));
                }

                _ = figure.X.Categories is { } names ? csv.Cell(Quoted(names[(int)series.X[i]])) : csv.Cell(series.X[i]);
                csv.Cell(series.Y[i]);
                if (errors)
                {
                    csv.Cell(series.Errors?[i] ?? double.NaN);
                }

                if (figure.Colors is not null)
                {
                    csv.Cell(series.Values?[i] ?? double.NaN);
                }

                csv.EndRow();
            }
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
