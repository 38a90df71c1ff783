using Glasswright.Actors.Proposal;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Messages;

/// <summary>What a sampler is told to do. Each command is answered by one <see cref="SamplerEvent"/> to its owner.</summary>
/// <param name="Owner">Who asked.</param>
internal abstract record SamplerCommand(IMailbox<ChainMessage> Owner)
{
    /// <summary>The models that it is about: 0 for the run's own, then one more for each change.</summary>
    public virtual int Generation => 0;
}

/// <summary>Relax the structure that the run was given; answered by <see cref="StartRelaxed"/>.</summary>
internal sealed record RelaxStart(IMailbox<ChainMessage> Owner, AtomicStructure Start, CancellationToken Cancel)
    : SamplerCommand(Owner);

/// <summary>Evaluate a structure in full from its canonical bytes; answered by <see cref="VersionPrepared"/>.</summary>
/// <param name="Owner">Who asked.</param>
/// <param name="Number">The version that it will be.</param>
/// <param name="Trial">The trial that made it.</param>
/// <param name="Bytes">Canonical bytes.</param>
/// <param name="Models">The generation of the models.</param>
internal sealed record PrepareVersion(IMailbox<ChainMessage> Owner, long Number, long Trial, byte[] Bytes, int Models = 0)
    : SamplerCommand(Owner)
{
    /// <inheritdoc/>
    public override int Generation => Models;
}

/// <summary>Evaluate a trial and decide over it; answered by <see cref="TrialEvaluated"/> or <see cref="TrialCanceled"/>.</summary>
/// <param name="Owner">Who asked.</param>
/// <param name="Version">The version it starts from.</param>
/// <param name="Trial">Its number.</param>
/// <param name="Pair">Its pair.</param>
/// <param name="Known">Numbers that an equal pair left, where only the structure is missing.</param>
/// <param name="Judge">Decides.</param>
/// <param name="Cancel">Canceled when the trial can no longer count.</param>
internal sealed record RelaxTrial(
    IMailbox<ChainMessage> Owner,
    ChainVersion Version,
    long Trial,
    AtomPair Pair,
    PairOutcome? Known,
    ITrialJudge Judge,
    CancellationToken Cancel)
    : SamplerCommand(Owner)
{
    /// <inheritdoc/>
    public override int Generation => Version.Generation;
}

/// <summary>Run a stretch of traditional swap Monte Carlo; answered by <see cref="SegmentAdvanced"/> or <see cref="TrialCanceled"/>.</summary>
/// <param name="Owner">Who asked.</param>
/// <param name="Segment">The stretch.</param>
/// <param name="Cancel">Canceled when the run stops.</param>
internal sealed record AdvanceSegment(IMailbox<ChainMessage> Owner, TraditionalSegment Segment, CancellationToken Cancel)
    : SamplerCommand(Owner);
