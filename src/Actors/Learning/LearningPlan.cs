namespace Glasswright.Actors.Learning;

/// <summary>
/// When decisions about the model fall: a function of the settings alone. Decision k follows trial k·every of every chain. What it is about
/// are the structures in which the chains stood after trial (k - 1)·every, so that their labels are made while the chains go on.
/// </summary>
/// <remarks>A decision that would follow the last trial is not made: no trial would be decided by it.</remarks>
/// <param name="every">Trials between two decisions; null for no decisions.</param>
/// <param name="trials">Trials of each chain.</param>
internal sealed class LearningPlan(long? every, long trials)
{
    /// <summary>Number of decisions.</summary>
    public int Decisions => every is { } m ? checked((int)((trials - 1) / m)) : 0;

    /// <summary>The most labels that decisions may need: one of the start, and one of each chain for every later decision but the last.</summary>
    /// <param name="replicas">Number of chains.</param>
    public long MostLabels(int replicas) => Decisions == 0 ? 0 : 1 + ((long)(Decisions - 1) * replicas);

    /// <summary>The decision that a chain has reached when this is its next trial; null between two.</summary>
    public int? DecisionBefore(long nextTrial) =>
        every is { } m && nextTrial > 1 && nextTrial <= trials && (nextTrial - 1) % m == 0 ? checked((int)((nextTrial - 1) / m)) : null;

    /// <summary>Decisions that lie before a trial.</summary>
    public int DecisionsBefore(long trial) => every is { } m ? (int)Math.Min(Decisions, (trial - 1) / m) : 0;

    /// <summary>The last trial before a decision; 0 for "decision" 0, the start.</summary>
    public long TrialOf(int decision) => decision * (every ?? 0);

    /// <summary>The last trial that a chain may begin once it has so many decisions behind it.</summary>
    public long LastTrialAfter(int decision) => decision < Decisions ? TrialOf(decision + 1) : trials;

    /// <summary>Whether a decision needs labels of the structures after this one.</summary>
    public bool NeedsLabelsOf(int decision) => decision < Decisions;
}
