using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Host.Dashboard;

/// <summary>Where a live page finds its run.</summary>
/// <param name="Open">Opens a connection of its own, so that whoever computes never waits for a reader; given up with the token.</param>
/// <param name="Run">The run's id.</param>
internal sealed record RunSource(Func<CancellationToken, Database> Open, string Run)
{
    /// <summary>The run's folder, for its log; null where only the store is at hand.</summary>
    public string? Folder { get; init; }

    /// <summary>What the search in this process said last; null elsewhere.</summary>
    public Func<SearchProgress?>? Progress { get; init; }

    /// <summary>What may be done to the run; null for a page that only looks.</summary>
    public RunControl? Control { get; init; }
}
