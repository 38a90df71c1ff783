using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Search;

/// <summary>
/// Everything random and decisive about a trial, as a pure function of its number: immutable, shared by all samplers.
/// </summary>
internal interface ITrialJudge
{
    /// <summary>The pair of a trial of this version.</summary>
    AtomPair Draw(ChainVersion version, long trial);

    /// <summary>Whether the estimate of a trial ends it, so that nobody needs the rest of its relaxation.</summary>
    bool Dismisses(ChainVersion version, PairEstimate estimate, long trial);

    /// <summary>
    /// The decision over a trial with these numbers, or what is missing for it. It does not depend on numbers that it does not need.
    /// </summary>
    TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial);
}

/// <summary>
/// The judge of a Markov chain: pairs by Eq. 5, decisions by <see cref="MultiTargetRule"/>, with screening first by the estimate.
/// </summary>
/// <param name="seed">The key of every random number.</param>
/// <param name="replica">The chain.</param>
/// <param name="rule">The rule, with the constants of the chain's rung.</param>
/// <param name="screening">What estimates may decide; null for nothing.</param>
/// <param name="reversible">Whether an acceptance must return to its origin.</param>
/// <param name="chance">
/// The probability with which a trial that converged is accepted, whatever its targets are: a control. Null for the rule.
/// </param>
/// <param name="transmutations">Share of the trials in which one atom takes another species.</param>
internal sealed class ChainJudge(
    ulong seed, int replica, MultiTargetRule rule, ScreeningSettings? screening = null, bool reversible = false, double? chance = null,
    double transmutations = 0) : ITrialJudge
{
    /// <summary>The name under which chance vetoes.</summary>
    public const string Chance = "chance";

    private readonly ScreeningSettings _screening = screening ?? new ScreeningSettings();

    /// <summary>The rule, with the constants of the chain's rung.</summary>
    public MultiTargetRule Rule { get; } = rule;

    // The first stage of delayed acceptance is a rule of its own, without a margin.
    private double Margin => _screening.Mode == ScreeningMode.EarlyReject ? _screening.Margin : 0;

    /// <inheritdoc/>
    public AtomPair Draw(ChainVersion version, long trial) =>
        TransmutationProposal.Draw(version.Structure, transmutations, seed, RandomStream.Transmutation, replica, trial)
        ?? PairDraws.Draw(version.Proposal, seed, RandomStream.PairChoice, replica, trial);

    /// <inheritdoc/>
    public bool Dismisses(ChainVersion version, PairEstimate estimate, long trial) =>
        Rule.Screens(version.Objectives, estimate.Objectives, Margin, First(trial)) is not null && !Audits(trial);

    /// <inheritdoc/>
    public TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial)
    {
        if (!_screening.Estimates)
        {
            return DecideInFull(version, outcome, trial);
        }

        if (outcome.Estimate is not { } estimate)
        {
            return TrialDecision.Lacks(MissingNumbers.Relaxation);
        }

        string? veto = Rule.Screens(version.Objectives, estimate.Objectives, Margin, First(trial));
        if (veto is not null && !Audits(trial))
        {
            return new TrialDecision(false, TrialOutcome.Screened, veto);
        }

        if (outcome.Outcome == TrialOutcome.Screened)
        {
            return TrialDecision.Lacks(MissingNumbers.Relaxation);
        }

        if (veto is null)
        {
            return _screening.Mode == ScreeningMode.EarlyReject
                ? DecideInFull(version, outcome, trial)
                : DecideSecond(version, outcome, estimate, trial);
        }

        TrialDecision full = DecideInFull(version, outcome, trial);
        return full.Accepted && reversible && outcome.Returns is null
            ? TrialDecision.Lacks(MissingNumbers.Return)
            : new TrialDecision(false, TrialOutcome.Screened, veto) { Audit = full.Accepted };
    }

    private double First(long trial) => RandomStreams.Uniform(seed, RandomStream.Acceptance, replica, trial, 0);

    private bool Audits(long trial) =>
        _screening.Mode == ScreeningMode.EarlyReject &&
        RandomStreams.Uniform(seed, RandomStream.ScreeningAudit, replica, trial, 0) < _screening.AuditShare;

    private TrialDecision DecideInFull(ChainVersion version, PairOutcome outcome, long trial) =>
        outcome.Outcome == TrialOutcome.Converged
            ? Decision(outcome, Decide(version, outcome, trial))
            : new TrialDecision(false, outcome.Outcome, null);

    private Verdict Decide(ChainVersion version, PairOutcome outcome, long trial) => chance is { } probability
        ? First(trial) < probability ? new Verdict(true, null) : new Verdict(false, Chance)
        : Rule.Decide(version.Objectives, outcome.Objectives, outcome.LogHastings, First(trial));

    private TrialDecision DecideSecond(ChainVersion version, PairOutcome outcome, PairEstimate estimate, long trial)
    {
        if (outcome.Outcome != TrialOutcome.Converged)
        {
            return new TrialDecision(false, outcome.Outcome, null);
        }

        if (outcome.Back is not { } back)
        {
            return TrialDecision.Lacks(MissingNumbers.WayBack);
        }

        double second = RandomStreams.Uniform(seed, RandomStream.SecondStage, replica, trial, 0);
        return Decision(outcome, Rule.DecideSecond(
            version.Objectives, outcome.Objectives, estimate.Objectives, back.Objectives, outcome.LogHastings, second));
    }

    private static TrialDecision Decision(PairOutcome outcome, Verdict verdict) =>
        verdict.Accepted && outcome.Returns == false
            ? new TrialDecision(false, TrialOutcome.NotReversible, null)
            : new TrialDecision(verdict.Accepted, outcome.Outcome, verdict.VetoedBy);
}

/// <summary>The judge of pilot trials: pairs from a stream of their own, and every trial relaxed to its end and rejected.</summary>
/// <param name="seed">The key of every random number.</param>
/// <param name="transmutations">Share of the trials in which one atom takes another species.</param>
internal sealed class PilotJudge(ulong seed, double transmutations = 0) : ITrialJudge
{
    /// <inheritdoc/>
    public AtomPair Draw(ChainVersion version, long trial) =>
        TransmutationProposal.Draw(version.Structure, transmutations, seed, RandomStream.PilotTransmutation, 0, trial)
        ?? PairDraws.Draw(version.Proposal, seed, RandomStream.PilotPair, 0, trial);

    /// <inheritdoc/>
    public bool Dismisses(ChainVersion version, PairEstimate estimate, long trial) => false;

    /// <inheritdoc/>
    public TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial) =>
        new(false, outcome.Outcome, null);
}

/// <summary>The draws of a pair: 0 the pair of species, 1 the first atom, 2 the second.</summary>
internal static class PairDraws
{
    /// <summary>The pair of one trial.</summary>
    public static AtomPair Draw(SwapProposal proposal, ulong seed, RandomStream stream, int replica, long trial) =>
        proposal.Draw(
            RandomStreams.Uniform(seed, stream, replica, trial, 0),
            RandomStreams.Uniform(seed, stream, replica, trial, 1),
            RandomStreams.Uniform(seed, stream, replica, trial, 2));
}
