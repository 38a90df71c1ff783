using Glasswright.Actors.Messages;

namespace Glasswright.Actors.Search;

/// <summary>What a search is at.</summary>
internal enum SearchStage
{
    /// <summary>Relaxing the start structure.</summary>
    Opening,

    /// <summary>Running pilot trials.</summary>
    Calibrating,

    /// <summary>Running the chains.</summary>
    Running,
}

/// <summary>How far a search is, told whenever something was committed. Never part of the answer.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Done">Units done of that stage: pilot trials, or trials of all replicas, those of earlier processes included.</param>
/// <param name="Total">Units in all.</param>
/// <param name="DoneHere">Units done by this process: the base of a rate.</param>
/// <param name="Chains">Each replica's state; null until it has one.</param>
/// <param name="Cost">What this process spent on computing.</param>
internal sealed record SearchProgress(
    SearchStage Stage, long Done, long Total, long DoneHere, IReadOnlyList<ChainProgress?> Chains, WorkCost Cost);
