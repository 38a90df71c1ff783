using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <summary>
/// One chain of traditional swap Monte Carlo (<c>relax = off</c>). Its trials cost microseconds, so they are run one after the
/// other in stretches by one sampler at a time; several chains run in parallel. Each stretch is one transaction: its trials, and
/// the structure at its end as the next version if any was accepted. Takes <see cref="ChainMessage"/>s; supervised as <see cref="Replica"/> is.
/// </summary>
internal sealed class TraditionalReplica : Actor<ChainMessage>
{
    private readonly ReplicaParts _parts;
    private readonly IMailbox<CoordinatorMessage> _coordinator;

    // Canceled at the end by the halt alone; a token source without a timer holds nothing that must be released.
    private readonly CancellationToken _canceled;
    private readonly Action _cancel;
    private ChainState _state;
    private ChainTotals _totals;
    private ChainVersion? _version;
    private MultiTargetRule _rule;
    private int _roundsPassed;
    private bool _atRoundEnd;
    private double _lowest;
    private bool _busy;
    private bool _ended;

    /// <summary>Creates a replica that stands where the store says.</summary>
    public TraditionalReplica(
        ReplicaParts parts, IMailbox<CoordinatorMessage> coordinator, ISupervisor<ChainMessage> supervisor)
        : base($"replica-{parts.Index}", supervisor)
    {
        _parts = parts;
        _coordinator = coordinator;
        _state = parts.State;
        _totals = parts.Totals;
        _rule = parts.Rule;
        _roundsPassed = parts.RoundsPassed;
        _lowest = LowestSoFar(parts);
        var source = new CancellationTokenSource();
        _canceled = source.Token;
        _cancel = source.Cancel;
    }

    private WorkDemand Demand => new(!_ended && !_busy && !_atRoundEnd, _busy ? 1 : 0);

    /// <inheritdoc/>
    protected override void Handle(ChainMessage message)
    {
        switch (message)
        {
            case OfferSampler offer:
                Answer(offer);
                return;
            case VersionPrepared prepared:
                _busy = false;
                Begin(prepared.Version);
                break;
            case SegmentAdvanced segment:
                _busy = false;
                Commit(segment);
                break;
            case TrialCanceled:
                _busy = false;
                return;
            case RoundPassed passed:
                GoOn(passed.End);
                break;
            case ShareWork:
                // A stretch is one after the other.
                return;
            case TakeCheckpoint:
                // Every stretch is written as soon as it ends.
                return;
            case HaltChain:
                _cancel();
                _ended = true;
                _coordinator.Tell(new ChainHalted(_parts.Index, _parts.State.Fence));
                return;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }

        _coordinator.Tell(new DemandChanged(_parts.Index, Demand));
    }

    /// <inheritdoc/>
    protected override void OnRestart()
    {
        // Another process has the chain: what is under way here does not count any more.
        _ended = true;
        _cancel();
    }

    private void Answer(OfferSampler offer)
    {
        bool taken = Demand.Open;
        if (taken)
        {
            _busy = true;
            StoredVersion stored = _state.Structure;
            offer.Sampler.Tell(_version is null
                ? new PrepareVersion(this, stored.Number, stored.Trial, stored.Bytes)
                : new AdvanceSegment(
                    this,
                    new TraditionalSegment(
                        _parts.Settings, _parts.Index, _state.Rung, _rule, _parts.FirstRule, _version, _state.NextTrial,
                        Math.Min(_parts.Settings.Trials, _parts.Plan.LastTrialBeforeRound(_state.NextTrial)), _totals.Accepted, _lowest),
                    _canceled));
        }

        _coordinator.Tell(new OfferAnswered(_parts.Index, offer.Index, taken, Demand));
    }

    private void Begin(ChainVersion version)
    {
        if (!_state.Accepts(version))
        {
            throw new LawBrokenException(
                $"version {version.Number} of the store evaluates to other numbers than when it was committed");
        }

        _version = version;
        Report();
        EndIfDone();
        WaitAtRoundEnd();
    }

    private void WaitAtRoundEnd()
    {
        if (!_ended && _parts.Plan.RoundBefore(_state.NextTrial) is { } round && round > _roundsPassed)
        {
            _atRoundEnd = true;
            _coordinator.Tell(new RoundReached(new Standing(
                _parts.Index, round, _state.Rung, _state.Version, _state.Structure.Objectives, _state.Fence)));
        }
    }

    private void GoOn(RoundEnd end)
    {
        _atRoundEnd = false;
        _roundsPassed = end.Round;
        _state = _state with { Rung = end.Rung };
        _rule = end.Rule;
    }

    private void Commit(SegmentAdvanced segment)
    {
        if (_ended)
        {
            return;
        }

        StoredVersion? next = segment.Next is { } version ? StoredVersion.Of(version) : null;
        double score = segment.Best is { } lowest ? _parts.FirstRule.Score(lowest.Objectives) : double.NaN;
        StoredVersion? best = score < _lowest ? StoredVersion.Of(segment.Best!) : null;
        CommitOutcome outcome = _parts.Telemetry.Commit(
            _parts.Store, new ChainCommit(_parts.Index, _state.Fence, _state.Version, segment.Trials, next) { Best = best });
        if (outcome != CommitOutcome.Committed)
        {
            throw new OwnershipLostException(_parts.Index, outcome);
        }

        // Order matters: the files only ever show what the store has.
        _parts.Projection?.Append(segment.Trials, next);
        _state = _state.After(segment.Trials, next);
        _version = segment.Next ?? _version;
        _lowest = best is null ? _lowest : score;
        foreach (TrialRecord trial in segment.Trials)
        {
            _totals = _totals.Plus(trial);
        }

        Report();
        EndIfDone();
        WaitAtRoundEnd();
    }

    /// <summary>Lowest Σ_k F_k/C_k that the store has of the chain.</summary>
    private static double LowestSoFar(ReplicaParts parts)
    {
        double lowest = double.PositiveInfinity;
        foreach (VersionSummary version in parts.Store.ReadSummaries(parts.Index))
        {
            lowest = Math.Min(lowest, parts.FirstRule.Score(version.Objectives));
        }

        return parts.Store.ReadBest(parts.Index) is { } best ? Math.Min(lowest, parts.FirstRule.Score(best.Objectives)) : lowest;
    }

    private void EndIfDone()
    {
        if (!_ended && (_totals.Trials >= _parts.Settings.Trials ||
            (_parts.Settings.Stop.Accepted is { } accepted && _totals.Accepted >= accepted)))
        {
            _ended = true;
            CommitOutcome outcome = _parts.Store.EndChain(_parts.Index, _state.Fence);
            if (outcome != CommitOutcome.Committed)
            {
                throw new OwnershipLostException(_parts.Index, outcome);
            }

            _coordinator.Tell(new ChainFinished(_parts.Index));
        }
    }

    private void Report() =>
        _coordinator.Tell(new ChainAdvanced(_parts.Index, ChainProgress.At(_state.Structure, _totals, _state.Rung, repeats: 0)));
}
