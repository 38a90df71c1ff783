using Glasswright.Host.Reports;

namespace Glasswright.Host.Dashboard;

/// <summary>The points of a series after a change: the first ones as they were, then new ones.</summary>
/// <param name="Keep">How many stay.</param>
/// <param name="X">Where the new ones are.</param>
/// <param name="Y">Their values.</param>
internal sealed record SeriesChange(int Keep, double[] X, double[] Y);

/// <summary>How a chart changes.</summary>
/// <param name="Id">The figure.</param>
/// <param name="Whole">The figure itself where more than points changed; null otherwise.</param>
/// <param name="Series">The changes of its series in order; null with <paramref name="Whole"/>.</param>
internal sealed record FigureChange(string Id, Figure? Whole, IReadOnlyList<SeriesChange>? Series)
{
    /// <summary>From one figure to a later one of the same name; null where nothing has changed.</summary>
    public static FigureChange? Between(Figure later, Figure earlier)
    {
        bool alike = Names(later).SequenceEqual(Names(earlier)) && (later.X.Categories ?? []).SequenceEqual(earlier.X.Categories ?? []) && later.Caption == earlier.Caption;
        if (!alike)
        {
            return new FigureChange(later.Id, later, null);
        }

        SeriesChange[] changes = [.. later.Series.Zip(earlier.Series, Between)];
        bool none = changes.Zip(earlier.Series).All(pair => pair.First.X.Length == 0 && pair.First.Keep == pair.Second.X.Length);
        return none ? null : new FigureChange(later.Id, null, changes);
    }

    private static IEnumerable<string> Names(Figure figure) => figure.Series.Select(series => series.Name);

    private static SeriesChange Between(Series later, Series earlier)
    {
        int most = Math.Min(later.X.Length, earlier.X.Length);
        int keep = Math.Min(later.X.AsSpan(0, most).CommonPrefixLength(earlier.X.AsSpan(0, most)), later.Y.AsSpan(0, most).CommonPrefixLength(earlier.Y.AsSpan(0, most)));
        return new SeriesChange(keep, later.X[keep..], later.Y[keep..]);
    }
}
