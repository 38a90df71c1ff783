namespace Glasswright.Actors.Learning;

/// <summary>What the learner understands.</summary>
internal abstract record LearnerMessage;

/// <summary>Label the structures in which chains stood at a decision; 0 for the start. They have it behind them.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Replicas">Which chains.</param>
internal sealed record MakeLabels(int Decision, IReadOnlySet<int> Replicas) : LearnerMessage;

/// <summary>Make a decision: every chain stands there, with all its trials in the store.</summary>
/// <param name="Decision">Which, from 1.</param>
internal sealed record Decide(int Decision) : LearnerMessage;
