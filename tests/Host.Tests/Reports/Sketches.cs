using Glasswright.Host.Reports;

namespace Glasswright.Host.Tests.Reports;

/// <summary>Figures for the tests of what is made of figures.</summary>
internal static class Sketches
{
    /// <summary>One figure for every way in which series are drawn, with gaps and with words that markup and tables must not mistake.</summary>
    public static IReadOnlyDictionary<string, Figure> All { get; } = new Dictionary<string, Figure>
    {
        ["line"] = Of(new Series("a < b & \"c\", d", Mark.Line, [1, 2, 3, 4], [-0.5, double.NaN, 0.25, 1e-3]) { Errors = [0.1, 0.1, double.NaN, 0.2] }),
        ["steps"] = Of(new Series("before", Mark.Steps, [0, 10, 20], [3, 7, 0]) { Dashed = true }, new Series("best", Mark.Steps, [0, 10, 20], [1, 8, 0]) { Color = 1, Filled = true }),
        ["points"] = Of(new Series("atoms", Mark.Points, [-4153.2, -4153.1], [0.5, double.PositiveInfinity]) { Labels = ["atom 1", "atom 2"] }),
        ["colored"] = Of(new Series("atoms", Mark.Points, [0, 20, 10], [0, 5, 20]) { Values = [-1, 0, double.NaN] }) with { Colors = new ColorScale("z", null, -1, 1), Equal = true },
        ["bars"] = Of(new Series("trials", Mark.Bars, [0, 1], [12, 0]), new Series("more", Mark.Bars, [0, 1], [3, 4]) { Color = 1 }) with
        {
            X = new Axis("reason") { Categories = ["energy", "q0.10, with a comma and a name so long that names have to lean"] },
        },
        ["one value"] = Of(new Series("flat", Mark.Line, [5], [0])),
        ["nothing finite"] = Of(new Series("gap", Mark.Line, [double.NaN], [double.NaN])),
    };

    private static Figure Of(params Series[] series) => new()
    {
        Id = "sketch",
        Title = "A title with <tags> & more",
        Caption = "What is \"seen\".",
        X = new Axis("distance", "Å"),
        Y = new Axis("energy change", "meV/atom"),
        Series = series,
    };
}
