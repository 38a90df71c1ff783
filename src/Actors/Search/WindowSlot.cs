using Glasswright.Actors.Proposal;

namespace Glasswright.Actors.Search;

/// <summary>Where a trial of the window stands.</summary>
internal enum SlotState
{
    /// <summary>A sampler must evaluate it: it was withdrawn, or its numbers are known but its structure is needed.</summary>
    Waiting,

    /// <summary>A sampler evaluates it.</summary>
    InFlight,

    /// <summary>Another trial with the same pair is being evaluated and will give its numbers.</summary>
    Following,

    /// <summary>Decided; committed as soon as all lower trials are.</summary>
    Decided,
}

/// <summary>One trial of the window, from assignment to commit.</summary>
internal sealed class WindowSlot(long trial, AtomPair pair)
{
    /// <summary>Trial number.</summary>
    public long Trial { get; } = trial;

    /// <summary>Its pair.</summary>
    public AtomPair Pair { get; } = pair;

    /// <summary>Where it stands.</summary>
    public SlotState State { get; set; } = SlotState.Waiting;

    /// <summary>Who decides where it is being evaluated.</summary>
    public ITrialJudge? Judge { get; set; }

    /// <summary>Its numbers, once decided.</summary>
    public PairOutcome? Outcome { get; set; }

    /// <summary>The decision, once decided.</summary>
    public TrialDecision Decision { get; set; }

    /// <summary>The canonical bytes of an accepted trial's structure.</summary>
    public byte[]? Structure { get; set; }

    /// <summary>Ends its evaluation when it can no longer count.</summary>
    public CancellationTokenSource? Cancellation { get; set; }
}
