using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <summary>The store refused a commit: another process owns the chain now, and this one must not go on.</summary>
internal sealed class OwnershipLostException(int replica, CommitOutcome outcome)
    : Exception($"The store refused a commit of replica {replica} ({outcome}): another process has taken the run over.")
{
    /// <summary>Why it was refused.</summary>
    public CommitOutcome Outcome { get; } = outcome;
}
