using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>
/// Brings a run to where its replicas can start: relaxes the start structure to version 0, runs the pilot trials, fixes the
/// constants, each written to the store as soon as it stands, so a run killed meanwhile goes on from there. Takes
/// <see cref="ChainMessage"/>s, tells the coordinator <see cref="RunOpened"/> and ends. A failure here ends the run.
/// </summary>
#pragma warning disable CA1001 // The cancellation source is released in OnStopped, on the actor's own thread.
internal sealed class Opening : Actor<ChainMessage>
#pragma warning restore CA1001
{
    private readonly SearchSettings _settings;
    private readonly TargetSet _targets;
    private readonly IRunStore _store;
    private readonly long _fence;
    private readonly PilotJudge _judge;
    private readonly IMailbox<CoordinatorMessage> _coordinator;
    private readonly CancellationTokenSource _halt = new();
    private readonly List<double[]?> _changes = [];
    private readonly List<(long Pilot, PairOutcome Outcome)> _unwritten = [];
    private readonly HashSet<Proposal.AtomPair> _written = [];
    private SamplerCommand? _wanted;
    private bool _busy;
    private bool _ended;
    private TrialWindow? _pilots;

    /// <summary>Creates the opening of a run whose store has no constants yet.</summary>
    public Opening(
        SearchSettings settings,
        AtomicStructure start,
        IRunStore store,
        long fence,
        IMailbox<CoordinatorMessage> coordinator,
        ISupervisor<ChainMessage> supervisor)
        : base("opening", supervisor)
    {
        _settings = settings;
        _targets = settings.TargetSet;
        _store = store;
        _fence = fence;
        _coordinator = coordinator;
        _judge = new PilotJudge(settings.Seed, settings.Proposal.TransmutationShare);
        if (store.ReadVersions(0, 0).FirstOrDefault() is { } version)
        {
            _wanted = new PrepareVersion(this, 0, 0, version.Bytes);
        }
        else
        {
            _wanted = settings.Proposal.Relax
                ? new RelaxStart(this, start.Clone(), _halt.Token)
                : new PrepareVersion(this, 0, 0, CanonicalStructure.WrapAndEncode(start.Clone()));
        }
    }

    /// <summary>The number by which the coordinator knows it: below every replica.</summary>
    public const int OwnerNumber = -1;

    private WorkDemand Demand => _ended
        ? new WorkDemand(false, 0)
        : new WorkDemand((_wanted is not null && !_busy) || _pilots is { CanAssign: true }, _pilots?.InFlight ?? 0);

    /// <inheritdoc/>
    protected override void Handle(ChainMessage message)
    {
        switch (message)
        {
            case OfferSampler offer:
                Answer(offer);
                return;
            case StartRelaxed relaxed:
                Relaxed(relaxed);
                break;
            case VersionPrepared prepared:
                Prepared(prepared.Version);
                break;
            case TrialEvaluated pilot:
                _pilots?.Complete(pilot.Trial, pilot.Outcome, pilot.Decision, null);
                Advance();
                break;
            case TrialCanceled:
                return;
            case TakeCheckpoint:
                WritePilots();
                return;
            case HaltChain:
                _ended = true;
                _halt.Cancel();
                _pilots?.CancelAll();
                WritePilots();
                _coordinator.Tell(new ChainHalted(OwnerNumber, _fence));
                return;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }

        _coordinator.Tell(new DemandChanged(OwnerNumber, Demand));
    }

    /// <inheritdoc/>
    protected override void OnRestart()
    {
        // Another process opens the run: what is under way here does not count any more.
        _ended = true;
        _halt.Cancel();
        _pilots?.CancelAll();
    }

    /// <inheritdoc/>
    protected override void OnStopped() => _halt.Dispose();

    private void Answer(OfferSampler offer)
    {
        bool taken = false;
        if (!_ended && _wanted is { } wanted && !_busy)
        {
            _busy = taken = true;
            offer.Sampler.Tell(wanted);
        }
        else if (!_ended && _pilots is { } window)
        {
            if (window.TryAssign(out TrialAssignment work))
            {
                taken = true;
                offer.Sampler.Tell(new RelaxTrial(
                    this, window.Version, work.Trial, work.Pair, work.Known, _judge, work.Cancel));
            }
        }

        _coordinator.Tell(new OfferAnswered(OwnerNumber, offer.Index, taken, Demand));
        if (!_ended && _pilots is not null)
        {
            Advance();
            _coordinator.Tell(new DemandChanged(OwnerNumber, Demand));
        }
    }

    private void Relaxed(StartRelaxed relaxed)
    {
        _busy = false;
        if (_ended)
        {
            return;
        }

        if (relaxed.Bytes is null)
        {
            throw new InputException(
                "the start structure does not relax with the search's minimizer",
                expected: nameof(TrialOutcome.Converged),
                found: $"{relaxed.Relaxation.Outcome} after {relaxed.Relaxation.Evaluations} force evaluations");
        }

        _wanted = new PrepareVersion(this, 0, 0, relaxed.Bytes);
    }

    private void Prepared(ChainVersion version)
    {
        _busy = false;
        _wanted = null;
        if (_ended)
        {
            return;
        }

        for (int k = 0; k < _targets.Count; k++)
        {
            if (!double.IsFinite(version.Objectives[k]))
            {
                throw new InputException($"the target {_targets[k].Name} of the start structure is not a finite number");
            }
        }

        // Version 0 itself: another node may have opened the run meanwhile, and its chains have gone on.
        if (_store.ReadVersions(0, 0).FirstOrDefault() is { } stored)
        {
            // Before the stored pilot trials count: they started from the numbers of that time.
            if (!stored.Agrees(version))
            {
                throw new LawBrokenException("version 0 of the store evaluates to other numbers than when it was written");
            }
        }
        else
        {
            RequireOwned(_store.CreateChains(
                [.. Enumerable.Range(0, _settings.Replicas).Select(r => r % _settings.Tempering.Scales.Count)], _fence, StoredVersion.Of(version)));
        }

        double[] given = _targets.GivenConstants(version.Structure, _settings.ScaleConstantsPerAtom);
        if (_settings.EffectiveCalibration is not { } calibration)
        {
            Finish(Calibration.AsGiven(_targets, given));
            return;
        }

        IReadOnlyList<PairOutcome> known = _store.ReadPilots();
        foreach (PairOutcome pilot in known)
        {
            _written.Add(pilot.Pair);
        }

        _pilots = new TrialWindow(version, _judge, 1, calibration.Pilot, known);
    }

    private void Advance()
    {
        bool moved = false;
        while (!_ended && _pilots!.TryCommit(out WindowSlot? slot))
        {
            moved = true;
            PairOutcome outcome = slot!.Outcome!;
            if (_written.Add(outcome.Pair))
            {
                _unwritten.Add((slot.Trial, outcome));
            }

            _changes.Add(outcome.Outcome == TrialOutcome.Converged ? Change(outcome) : null);
            int pilots = _settings.EffectiveCalibration!.Pilot;
            if (_changes.Count == pilots)
            {
                double[] given = _targets.GivenConstants(
                    _pilots.Version.Structure, _settings.ScaleConstantsPerAtom);
                Finish(Calibration.Solve(_targets, given, _changes, _settings.EffectiveCalibration.Acceptance));
            }
        }

        if (moved)
        {
            _coordinator.Tell(new PilotAdvanced(_changes.Count, _settings.EffectiveCalibration!.Pilot));
        }
    }

    private double[] Change(PairOutcome outcome)
    {
        var change = new double[_targets.Count];
        for (int k = 0; k < change.Length; k++)
        {
            change[k] = outcome.Objectives[k] - _pilots!.Version.Objectives[k];
        }

        return change;
    }

    private void Finish(CalibrationResult calibration)
    {
        _ended = true;
        WritePilots();
        RequireOwned(_store.WriteCalibration(calibration, _fence));
        _coordinator.Tell(new RunOpened());
    }

    private void WritePilots()
    {
        if (_unwritten.Count > 0)
        {
            RequireOwned(_store.WritePilots(_unwritten, _fence));
            _unwritten.Clear();
        }
    }

    private static void RequireOwned(CommitOutcome outcome)
    {
        if (outcome != CommitOutcome.Committed)
        {
            throw new OwnershipLostException(0, outcome);
        }
    }
}
