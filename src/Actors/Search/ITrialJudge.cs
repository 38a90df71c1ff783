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

    /// <summary>The decision over a trial with these numbers.</summary>
    TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial);
}

/// <summary>The judge of a Markov chain: pairs by Eq. 5, decisions by <see cref="MultiTargetRule"/>.</summary>
internal sealed class ChainJudge(ulong seed, int replica, MultiTargetRule rule) : ITrialJudge
{
    /// <summary>The rule, with the constants of the chain's rung.</summary>
    public MultiTargetRule Rule { get; } = rule;

    /// <inheritdoc/>
    public AtomPair Draw(ChainVersion version, long trial) =>
        PairDraws.Draw(version.Proposal, seed, RandomStream.PairChoice, replica, trial);

    /// <inheritdoc/>
    public TrialDecision Judge(ChainVersion version, PairOutcome outcome, long trial)
    {
        if (outcome.Outcome != TrialOutcome.Converged)
        {
            return new TrialDecision(false, outcome.Outcome, null);
        }

        double u = RandomStreams.Uniform(seed, RandomStream.Acceptance, replica, trial, 0);
        Verdict verdict = Rule.Decide(version.Objectives, outcome.Objectives, outcome.LogHastings, u);
        return verdict.Accepted && outcome.Returns == false
            ? new TrialDecision(false, TrialOutcome.NotReversible, null)
            : new TrialDecision(verdict.Accepted, outcome.Outcome, verdict.VetoedBy);
    }
}

/// <summary>The judge of pilot trials: pairs from a stream of their own, and every trial rejected.</summary>
internal sealed class PilotJudge(ulong seed) : ITrialJudge
{
    /// <inheritdoc/>
    public AtomPair Draw(ChainVersion version, long trial) =>
        PairDraws.Draw(version.Proposal, seed, RandomStream.PilotPair, 0, trial);

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
