using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <summary>How a search ended.</summary>
internal enum SearchOutcome
{
    /// <summary>Every chain reached its end.</summary>
    Finished,

    /// <summary>Stopped by the user after a checkpoint; resuming goes on to the original total.</summary>
    Stopped,

    /// <summary>An actor failed; what was committed is in the store.</summary>
    Failed,
}

/// <summary>What the coordinator says at its end.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">The first failure.</param>
/// <param name="FailedDuring">The actor and message of the first failure.</param>
/// <param name="Spent">What this process spent.</param>
internal sealed record CoordinatorReport(SearchOutcome Outcome, Exception? Error, string? FailedDuring, SpentWork Spent);
