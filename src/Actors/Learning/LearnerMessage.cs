namespace Glasswright.Actors.Learning;

/// <summary>What the learner understands.</summary>
internal abstract record LearnerMessage;

/// <summary>Label the structures in which the chains stood at a decision; 0 for the start. They have it behind them.</summary>
internal sealed record MakeLabels(int Decision) : LearnerMessage;

/// <summary>Make a decision: every chain stands there, with all its trials in the store.</summary>
/// <param name="Decision">Which, from 1.</param>
/// <param name="Fences">The fence of every chain, by replica.</param>
internal sealed record Decide(int Decision, IReadOnlyList<long> Fences) : LearnerMessage;
