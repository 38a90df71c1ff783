namespace Glasswright.Host.Board;

/// <summary>
/// A curve in one line of text: each column shows, by the height of its character, the value that held at its right edge, the first one where the curve begins, between the lowest and the
/// highest that are shown. A curve without ups and downs is a line at the bottom.
/// </summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█", Plain = "_.-=+*%#";

    /// <summary>Draws it.</summary>
    /// <param name="x">Where the value changes, ascending.</param>
    /// <param name="y">The value from there on; as many.</param>
    /// <param name="until">Where the last column ends.</param>
    /// <param name="width">Columns.</param>
    /// <param name="blocks">Whether the block characters of Unicode may be used.</param>
    /// <returns>As many characters as there are columns; spaces where there is no value.</returns>
    public static string Draw(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double until, int width, bool blocks)
    {
        if (x.Length == 0 || width < 1)
        {
            return new string(' ', Math.Max(0, width));
        }

        var shown = new double[width];
        int point = 0;
        for (int column = 0; column < width; column++)
        {
            double edge = column + 1 == width ? until : x[0] + ((until - x[0]) * (column + 1) / width);
            while (point + 1 < x.Length && x[point + 1] <= edge)
            {
                point++;
            }

            // A chain that gains all in its first trials would else be a flat line.
            shown[column] = column == 0 && width > 1 ? y[0] : y[point];
        }

        double low = shown.Min(), range = shown.Max() - low;
        string levels = blocks ? Blocks : Plain;
        return string.Create(width, (shown, low, range, levels), (line, drawn) =>
        {
            for (int column = 0; column < line.Length; column++)
            {
                double height = drawn.range > 0 ? (drawn.shown[column] - drawn.low) / drawn.range : 0;
                line[column] = drawn.levels[(int)Math.Round(height * (drawn.levels.Length - 1))];
            }
        });
    }
}
