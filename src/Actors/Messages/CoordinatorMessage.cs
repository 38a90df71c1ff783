using Glasswright.Actors.Search;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Messages;

/// <summary>What the coordinator understands.</summary>
internal abstract record CoordinatorMessage;

/// <summary>A sampler has answered its command and is free. Told after the answer, so its owner sees the answer first.</summary>
internal sealed record SamplerFreed(int Index) : CoordinatorMessage;

/// <summary>An owner has taken a sampler, or has nothing for it.</summary>
/// <param name="Owner">The owner's number.</param>
/// <param name="Index">The sampler.</param>
/// <param name="Taken">Whether it was given work.</param>
/// <param name="Demand">What the owner can use now.</param>
internal sealed record OfferAnswered(int Owner, int Index, bool Taken, WorkDemand Demand) : CoordinatorMessage;

/// <summary>What an owner can use has changed.</summary>
internal sealed record DemandChanged(int Owner, WorkDemand Demand) : CoordinatorMessage;

/// <summary>What an owner of work can use.</summary>
/// <param name="Open">Whether a sampler would find work.</param>
/// <param name="InFlight">How many it has; the more, the less likely the next trial counts.</param>
internal readonly record struct WorkDemand(bool Open, int InFlight);

/// <summary>The store has version 0 and the constants: replicas can start.</summary>
internal sealed record RunOpened : CoordinatorMessage;

/// <summary>A chain has moved on.</summary>
internal sealed record ChainAdvanced(int Replica, ChainProgress Progress) : CoordinatorMessage;

/// <summary>Pilot trials have moved on.</summary>
internal sealed record PilotAdvanced(long Done, long Total) : CoordinatorMessage;

/// <summary>A chain has reached the end of a round, and waits there; all its trials are in the store.</summary>
internal sealed record RoundReached(Standing Standing) : CoordinatorMessage;

/// <summary>A chain has reached a decision about the model, and waits there; all its trials are in the store.</summary>
/// <param name="Replica">Which chain.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Fence">The fence that the chain commits with.</param>
internal sealed record DecisionReached(int Replica, int Decision, long Fence) : CoordinatorMessage;

/// <summary>A decision about the model is in the store.</summary>
/// <param name="Decision">Which.</param>
/// <param name="Generation">The model from here on.</param>
internal sealed record DecisionMade(int Decision, int Generation) : CoordinatorMessage;

/// <summary>A chain has reached its end; all of it is in the store.</summary>
internal sealed record ChainFinished(int Replica) : CoordinatorMessage;

/// <summary>Another process has taken a chain over, or the opening of the run; this one has stopped working on it.</summary>
/// <param name="Owner">Its number.</param>
/// <param name="Fence">The fence that it had.</param>
internal sealed record OwnerLost(int Owner, long Fence) : CoordinatorMessage;

/// <summary>It is time to look at the store for what others have done, and for work.</summary>
internal sealed record SurveyDue : CoordinatorMessage;

/// <summary>An owner has stopped after a checkpoint.</summary>
/// <param name="Owner">Its number.</param>
/// <param name="Fence">The fence that it had.</param>
internal sealed record ChainHalted(int Owner, long Fence) : CoordinatorMessage;

/// <summary>A piece of work was paid for.</summary>
internal sealed record WorkPaid(WorkCost Cost) : CoordinatorMessage;

/// <summary>An actor failed for good.</summary>
internal sealed record ActorFailed(string Actor, string During, Exception Error) : CoordinatorMessage;

/// <summary>The user wants the run to end after a checkpoint.</summary>
internal sealed record StopSearch : CoordinatorMessage;

/// <summary>It is time to write.</summary>
internal sealed record CheckpointDue : CoordinatorMessage;
