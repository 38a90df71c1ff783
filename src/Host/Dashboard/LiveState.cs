using System.Text.Json;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Dashboard;

/// <summary>All that the live page shows at one moment.</summary>
internal sealed record LiveState
{
    /// <summary>Grows with every change; what a page names when it comes back.</summary>
    public required long Revision { get; init; }

    /// <summary>What is watched.</summary>
    public required string Title { get; init; }

    /// <summary>What it is at, in one word: <c>opening</c>, <c>running</c>, <c>paused</c>, <c>finished</c>, …</summary>
    public required string State { get; init; }

    /// <summary>What readers should know about the state; null for nothing.</summary>
    public required string? Note { get; init; }

    /// <summary>Done of all, from 0 to 1.</summary>
    public required double Done { get; init; }

    /// <summary>The figures of the headline.</summary>
    public required IReadOnlyList<ReportFact> Facts { get; init; }

    /// <summary>The charts.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>Chains, nodes.</summary>
    public required IReadOnlyList<ReportTable> Tables { get; init; }

    /// <summary>The end of the log; null where there is none.</summary>
    public required string? Log { get; init; }

    /// <summary>What whoever has the token may do now: <c>pause</c>, <c>resume</c>, <c>stop</c>, <c>cancel</c>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>Whether a reader would see no difference. Every new trial changes a fact.</summary>
    public bool IsLike(LiveState other) =>
        State == other.State && Note == other.Note && Log == other.Log && Facts.SequenceEqual(other.Facts) && Actions.SequenceEqual(other.Actions) && Tables.Count == other.Tables.Count;

    /// <summary>The whole state, for a page that knows nothing yet.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportDocument.Json);

    /// <summary>What has changed since an earlier state: new points only, where old ones stayed.</summary>
    public string ChangesSince(LiveState earlier)
    {
        bool same = Figures.Select(figure => figure.Id).SequenceEqual(earlier.Figures.Select(figure => figure.Id));
        return !same ? ToJson() : JsonSerializer.Serialize(
            new
            {
                Revision,
                Title,
                State,
                Note,
                Done,
                Facts,
                Tables,
                Log,
                Actions,
                Changes = Figures.Zip(earlier.Figures, FigureChange.Between).OfType<FigureChange>(),
            },
            ReportDocument.Json);
    }
}
