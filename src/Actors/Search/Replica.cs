using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <summary>What a replica is made of.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Settings">The search.</param>
/// <param name="Plan">When it meets others.</param>
/// <param name="RoundsPassed">Rounds of exchange that it has behind it.</param>
/// <param name="Rule">The rule with the constants of its rung.</param>
/// <param name="FirstRule">The rule of the first rung, by which structures of all rungs are compared.</param>
/// <param name="State">Where its chain stands in the store.</param>
/// <param name="Totals">Sums over what is committed.</param>
/// <param name="Store">The authority.</param>
/// <param name="Projection">The chain's files; null for a run without a folder.</param>
/// <param name="Known">Outcomes of pairs in version 0 that the pilot trials left.</param>
/// <param name="Decided">Decisions about the model that it has behind it.</param>
/// <param name="Generation">The model in force.</param>
/// <param name="Telemetry">What is measured of it.</param>
internal sealed record ReplicaParts(
    int Index,
    SearchSettings Settings,
    TemperingPlan Plan,
    int RoundsPassed,
    MultiTargetRule Rule,
    MultiTargetRule FirstRule,
    ChainState State,
    ChainTotals Totals,
    IRunStore Store,
    IChainProjection? Projection,
    IReadOnlyList<PairOutcome> Known,
    int Decided,
    int Generation,
    ChainTelemetry Telemetry);

/// <summary>
/// One Markov chain. Owns the window of its version and commits trials in order; what it commits goes to the store in one
/// transaction, then to the files. Takes <see cref="ChainMessage"/>s; tells the coordinator what it can use, how far it is, and
/// when it has finished or halted. Supervised by the coordinator: a failure here ends the run, since half-changed state of a
/// chain must not go on. A restarted process goes on from the store alone.
/// </summary>
internal sealed partial class Replica : Actor<ChainMessage>
{
    // Rejected trials are written in batches of at most this many, or at a checkpoint.
    private const int LargestBatch = 1000;

    private readonly ReplicaParts _parts;
    private readonly IMailbox<CoordinatorMessage> _coordinator;
    private readonly List<TrialRecord> _unwritten = [];
    private ChainJudge _judge;
    private ChainState _state;
    private ChainTotals _totals;
    private long _repeats;
    private int _roundsPassed;
    private bool _atRoundEnd;

    // The version to be evaluated from its bytes before the window can open: of the store at first, then of each acceptance.
    private PrepareVersion? _wanted;
    private bool _preparing;
    private WindowSlot? _accepted;
    private TrialWindow? _window;
    private bool _ended;

    /// <summary>Creates a replica that stands where the store says.</summary>
    public Replica(ReplicaParts parts, IMailbox<CoordinatorMessage> coordinator, ISupervisor<ChainMessage> supervisor)
        : base($"replica-{parts.Index}", supervisor)
    {
        _parts = parts;
        _coordinator = coordinator;
        _judge = Judge(parts.Rule);
        _roundsPassed = parts.RoundsPassed;
        _learning = parts.Settings.LearningPlan;
        _decided = parts.Decided;
        _generation = parts.Generation;
        _state = parts.State;
        _totals = parts.Totals;
        _wanted = Want(parts.State.Structure);
    }

    private WorkDemand Demand => _ended
        ? new WorkDemand(false, 0)
        : new WorkDemand(
            (_wanted is not null && !_preparing) || _window is { CanAssign: true },
            (_window?.InFlight ?? 0) + (_preparing ? 1 : 0));

    /// <inheritdoc/>
    protected override void Handle(ChainMessage message)
    {
        switch (message)
        {
            case OfferSampler offer:
                Answer(offer);
                return;
            case VersionPrepared prepared:
                Open(prepared.Version);
                break;
            case TrialEvaluated trial when trial.Version == _window?.Version.Number:
                _window.Complete(trial.Trial, trial.Outcome, trial.Decision, trial.Structure);
                Advance();
                break;
            case TrialEvaluated or TrialCanceled:
                // Of a version that has ended: what it found does not count.
                return;
            case RoundPassed passed:
                GoOn(passed.End);
                break;
            case DecisionPassed passed:
                GoOn(passed);
                break;
            case ShareWork share:
                Share(share.Trials);
                break;
            case TakeCheckpoint:
                WriteRejected();
                return;
            case HaltChain:
                Halt();
                return;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }

        _coordinator.Tell(new DemandChanged(_parts.Index, Demand));
    }

    private ChainJudge Judge(MultiTargetRule rule) => new(
        _parts.Settings.Seed, _parts.Index, rule, _parts.Settings.Screening, _parts.Settings.Proposal.Reversible, _parts.Settings.Decider.Acceptance,
        _parts.Settings.Proposal.TransmutationShare);

    private PrepareVersion Want(StoredVersion version) => new(this, version.Number, version.Trial, version.Bytes, _generation);

    private void Answer(OfferSampler offer)
    {
        bool taken = false;
        if (!_ended && _wanted is { } wanted && !_preparing)
        {
            _preparing = true;
            taken = true;
            offer.Sampler.Tell(wanted);
        }
        else if (!_ended && _window is { } window)
        {
            if (window.TryAssign(out TrialAssignment work))
            {
                taken = true;
                offer.Sampler.Tell(new RelaxTrial(
                    this, window.Version, work.Trial, work.Pair, work.Known, _judge, work.Cancel));
            }

        }

        _coordinator.Tell(new OfferAnswered(_parts.Index, offer.Index, taken, Demand));

        // Repeats met on the way may have been decided. After the answer: if the chain turns out to be lost, no sampler is.
        if (!_ended && _window is not null && _wanted is null)
        {
            Advance();
            _coordinator.Tell(new DemandChanged(_parts.Index, Demand));
        }
    }

    /// <inheritdoc/>
    protected override void OnRestart()
    {
        // Another process has the chain: what is under way here does not count any more.
        _ended = true;
        GiveUpWindow();
    }

    /// <summary>Commits what is decided, in trial order, up to the end of the version, of the round or of the chain.</summary>
    private void Advance()
    {
        bool moved = false;
        while (!_ended && _wanted is null && !Waits() && _window!.TryCommit(out WindowSlot? slot))
        {
            moved = true;
            if (slot!.Decision.Accepted)
            {
                // The row waits for the version in full: both are written in one transaction.
                _accepted = slot;
                _repeats += _window.Repeats;
                _parts.Telemetry.Discard(_window.TakeDiscards());
                _wanted = new PrepareVersion(this, _state.Version + 1, slot.Trial, slot.Structure!, _generation);
            }
            else
            {
                _unwritten.Add(Record(slot));
                _totals = _totals.Plus(_unwritten[^1]);
                if (_unwritten.Count >= LargestBatch)
                {
                    WriteRejected();
                }

                EndIfDone();
            }
        }

        if (moved)
        {
            Report();
        }
    }

    /// <summary>
    /// Whether the chain stands at the end of a round that is not held yet. It waits there with its commits alone: neither pairs nor
    /// relaxations depend on the constants, so samplers work ahead.
    /// </summary>
    private bool ReachesRound()
    {
        if (_ended || _parts.Plan.RoundBefore(_window!.NextTrial) is not { } round || round <= _roundsPassed)
        {
            return false;
        }

        if (!_atRoundEnd)
        {
            _atRoundEnd = true;
            WriteRejected();
            _coordinator.Tell(new RoundReached(new Standing(
                _parts.Index, round, _state.Rung, _state.Version, _state.Structure.Objectives, _state.Fence)));
        }

        return true;
    }

    private void GoOn(RoundEnd end)
    {
        if (_ended)
        {
            return;
        }

        _atRoundEnd = false;
        _roundsPassed = end.Round;
        _state = _state with { Rung = end.Rung };
        if (!ReferenceEquals(end.Rule, _judge.Rule))
        {
            // A decision about the model that others made right after the round may have closed the window already; it opens with this judge.
            _judge = Judge(end.Rule);
            _window?.Rejudge(_judge);
        }

        Advance();
    }

    /// <summary>Makes the version that was prepared the present one.</summary>
    private void Open(ChainVersion version)
    {
        _preparing = false;
        if (_ended || _wanted is null || (_wanted.Number, _wanted.Generation) != (version.Number, version.Generation))
        {
            // Nobody wants it any more, or it was evaluated by a model that is not the present one.
            return;
        }

        if (_accepted is { } slot)
        {
            if (!double.IsFinite(version.Evaluation.Energy) || !Array.TrueForAll(version.Objectives, double.IsFinite))
            {
                throw new LawBrokenException(
                    $"the accepted structure of trial {slot.Trial} has finite targets as relaxed and others as stored");
            }

            TrialRecord record = Record(slot);
            StoredVersion stored = StoredVersion.Of(version);
            Write([.. _unwritten, record], stored);
            _totals = _totals.Plus(record);
            _accepted = null;
        }
        else if (!_state.Accepts(version))
        {
            throw new LawBrokenException(
                $"version {version.Number} of the store evaluates to other numbers than when it was committed");
        }

        // Of a version that the chain forked at, the store has the numbers of before.
        if (_parts.Settings.RoundTripEveryCommit && !_state.Forked && Reload() is { } reloaded)
        {
            version = reloaded;
        }

        _wanted = null;
        _offered.Clear();
        _window = new TrialWindow(
            version,
            _judge,
            _state.NextTrial,
            _learning.LastTrialAfter(_decided),
            version.Number == 0 && !_state.Forked && _generation == 0 ? _parts.Known : null);
        EndIfDone();
        Waits();
        Report();
    }

    /// <summary>
    /// Takes state and version from the store's bytes. The evaluation in full is not repeated here: it was a function of the
    /// same bytes, and the next process to resume compares it.
    /// </summary>
    private ChainVersion? Reload()
    {
        ChainState stored = _parts.Store.ReadChain(_parts.Index)
            ?? throw new LawBrokenException($"chain {_parts.Index} is not in the store after its commit");
        if (stored.Version != _state.Version || stored.NextTrial != _state.NextTrial ||
            !stored.Structure.Bytes.AsSpan().SequenceEqual(_state.Structure.Bytes))
        {
            throw new LawBrokenException($"chain {_parts.Index} reads back otherwise than it was written");
        }

        _state = stored;
        _totals = _parts.Store.ReadTotals(_parts.Index);
        Kernels.Structure.AtomicStructure structure = CanonicalStructure.Decode(stored.Structure.Bytes);
        return new ChainVersion
        {
            Number = stored.Version,
            Trial = stored.Structure.Trial,
            Structure = structure,
            Bytes = stored.Structure.Bytes,
            Id = CanonicalStructure.Id(stored.Structure.Bytes),
            Generation = _generation,
            Evaluation = stored.Structure.Evaluation,
            Objectives = stored.Structure.Objectives,
            Report = stored.Structure.Report,
            Proposal = new Proposal.SwapProposal(
                structure, stored.Structure.Evaluation.Values, _parts.Settings.Proposal.BiasExponent),
        };
    }

    private void EndIfDone()
    {
        StopSettings stop = _parts.Settings.Stop;
        bool done = _totals.Trials >= _parts.Settings.Trials ||
            (stop.Accepted is { } accepted && _totals.Accepted >= accepted) ||
            (stop.MeanBelow is { } mean && _state.Structure.Report.Mean < mean);
        if (!done)
        {
            return;
        }

        _ended = true;
        GiveUpWindow();
        WriteRejected();
        Require(_parts.Store.EndChain(_parts.Index, _state.Fence));
        Report();
        _coordinator.Tell(new ChainFinished(_parts.Index));
    }

    private void Halt()
    {
        GiveUpWindow();
        if (!_ended)
        {
            _ended = true;
            WriteRejected();
            Report();
        }

        _coordinator.Tell(new ChainHalted(_parts.Index, _parts.State.Fence));
    }

    private void GiveUpWindow()
    {
        _window?.CancelAll();
        _parts.Telemetry.Discard(_window?.TakeDiscards() ?? 0);
    }

    private void WriteRejected()
    {
        if (_unwritten.Count > 0)
        {
            Write([.. _unwritten], null);
        }
    }

    /// <summary>Store first, then files: these only ever show what the store has.</summary>
    private void Write(IReadOnlyList<TrialRecord> trials, StoredVersion? next)
    {
        Require(_parts.Telemetry.Commit(_parts.Store, new ChainCommit(_parts.Index, _state.Fence, _state.Version, trials, next)));
        _unwritten.Clear();
        _state = _state.After(trials, next);
        _parts.Projection?.Append(trials, next);
    }

    private void Require(CommitOutcome outcome)
    {
        if (outcome != CommitOutcome.Committed)
        {
            throw new OwnershipLostException(_parts.Index, outcome);
        }
    }

    private TrialRecord Record(WindowSlot slot)
    {
        long[] ids = _window!.Version.Structure.Ids;
        PairOutcome outcome = slot.Outcome!;
        if (slot.Decision.Outcome == TrialOutcome.Screened)
        {
            // The row of a screened trial tells of its estimate alone, whether or not the pair was ever followed to its end.
            outcome = new PairOutcome
            {
                Pair = slot.Pair,
                Outcome = TrialOutcome.Screened,
                Evaluations = outcome.Estimate!.Evaluations,
            };
        }

        return new TrialRecord
        {
            Trial = slot.Trial,
            Version = _window.Version.Number,
            Accepted = slot.Decision.Accepted,
            AtomA = slot.Pair.IsNone ? 0 : ids[slot.Pair.A],
            AtomB = slot.Pair.IsNone ? 0 : slot.Pair.IsTransmutation ? slot.Pair.B : ids[slot.Pair.B],
            Outcome = slot.Decision.Outcome,
            Energy = outcome.Energy,
            PressureBar = outcome.PressureBar,
            Evaluations = outcome.Evaluations,
            Rung = _state.Rung,
            VetoedBy = slot.Decision.VetoedBy,
            Report = outcome.Report,
            Audit = slot.Decision.Audit,
        };
    }

    private void Report() => _coordinator.Tell(new ChainAdvanced(
        _parts.Index, ChainProgress.At(_state.Structure, _totals, _state.Rung, _repeats + (_accepted is null ? _window?.Repeats ?? 0 : 0))));
}
