using Glasswright.Actors.Runtime;
using Glasswright.Actors.Search;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Messages;

/// <summary>What an owner of work understands: the opening of a run, and every replica.</summary>
internal abstract record ChainMessage;

/// <summary>
/// A free sampler. Answered to the coordinator by <see cref="OfferAnswered"/>, after the sampler was told what to do if
/// there is something.
/// </summary>
internal sealed record OfferSampler(int Index, IMailbox<SamplerCommand> Sampler) : ChainMessage;

/// <summary>The round that the chain waited for was held.</summary>
internal sealed record RoundPassed(RoundEnd End) : ChainMessage;

/// <summary>The decision about the model that the chain waited for was made.</summary>
/// <param name="Decision">Which.</param>
/// <param name="Generation">The model from here on.</param>
internal sealed record DecisionPassed(int Decision, int Generation) : ChainMessage;

/// <summary>Have so many trials on offer to other nodes, and take in what these have found.</summary>
internal sealed record ShareWork(int Trials) : ChainMessage;

/// <summary>Look for trials that other nodes offer, for so many free samplers, and bring back what was found.</summary>
/// <param name="FreeSamplers">Samplers that nobody here has work for.</param>
/// <param name="TrialSeconds">What a trial takes here; 0 as long as nobody knows.</param>
internal sealed record HelpOthers(int FreeSamplers, double TrialSeconds) : ChainMessage;

/// <summary>Write to the store what is committed but not yet written.</summary>
internal sealed record TakeCheckpoint : ChainMessage;

/// <summary>Cancel what is under way, take a checkpoint, and answer <see cref="ChainHalted"/>.</summary>
internal sealed record HaltChain : ChainMessage;

/// <summary>What a sampler answers.</summary>
/// <param name="Cost">What it spent.</param>
internal abstract record SamplerEvent(WorkCost Cost) : ChainMessage;

/// <summary>The start structure was relaxed.</summary>
/// <param name="Relaxation">How it ended.</param>
/// <param name="Bytes">Canonical bytes of the relaxed structure; null if it did not converge.</param>
/// <param name="Cost">What it spent.</param>
internal sealed record StartRelaxed(Relaxation Relaxation, byte[]? Bytes, WorkCost Cost) : SamplerEvent(Cost);

/// <summary>A version was evaluated in full.</summary>
internal sealed record VersionPrepared(ChainVersion Version, WorkCost Cost) : SamplerEvent(Cost);

/// <summary>A trial was evaluated and decided.</summary>
/// <param name="Version">The version it started from.</param>
/// <param name="Trial">Its number.</param>
/// <param name="Outcome">Its numbers.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Structure">Canonical bytes of a would-be accepted structure, else null.</param>
/// <param name="Cost">What it spent.</param>
internal sealed record TrialEvaluated(
    long Version, long Trial, PairOutcome Outcome, TrialDecision Decision, byte[]? Structure, WorkCost Cost)
    : SamplerEvent(Cost);

/// <summary>A trial was given up because it could no longer count.</summary>
internal sealed record TrialCanceled(long Version, long Trial, WorkCost Cost) : SamplerEvent(Cost);

/// <summary>A stretch of traditional swap Monte Carlo was run.</summary>
/// <param name="Trials">Its trials, in order.</param>
/// <param name="Next">
/// The structure at its end, evaluated in full from its canonical bytes; null where nothing was accepted and it is the one at
/// the beginning.
/// </param>
/// <param name="Best">
/// The structure of lowest Σ_k F_k/C_k within it, evaluated in full from its canonical bytes, if it is lower than the chain's so far.
/// </param>
/// <param name="Cost">What it spent.</param>
internal sealed record SegmentAdvanced(IReadOnlyList<TrialRecord> Trials, ChainVersion? Next, ChainVersion? Best, WorkCost Cost)
    : SamplerEvent(Cost);

/// <summary>What a piece of work spent; reported, never part of the answer.</summary>
/// <param name="Evaluations">Force evaluations.</param>
/// <param name="Relaxations">Relaxations of trials that ran to their end.</param>
/// <param name="RelaxTime">Time in relaxations, or in unrelaxed trials.</param>
/// <param name="DecideTime">Time of the decider in trials.</param>
/// <param name="EvaluateTime">Time in full evaluations of versions and in reversibility checks.</param>
internal readonly record struct WorkCost(
    long Evaluations, long Relaxations, TimeSpan RelaxTime, TimeSpan DecideTime, TimeSpan EvaluateTime)
{
    /// <summary>Structures whose values a decider or a property model computed.</summary>
    public long Inferences { get; init; }

    /// <summary>Sum.</summary>
    public static WorkCost operator +(WorkCost a, WorkCost b) => new(
        a.Evaluations + b.Evaluations,
        a.Relaxations + b.Relaxations,
        a.RelaxTime + b.RelaxTime,
        a.DecideTime + b.DecideTime,
        a.EvaluateTime + b.EvaluateTime)
    {
        Inferences = a.Inferences + b.Inferences,
    };
}
