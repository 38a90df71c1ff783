using System.Diagnostics;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Search;

/// <summary>What a coordinator works with.</summary>
/// <param name="Settings">The search.</param>
/// <param name="Start">The structure that the run was given.</param>
/// <param name="Store">The authority.</param>
/// <param name="Ownership">Which chains this process works on.</param>
/// <param name="Entry">Its number among the processes of the run.</param>
/// <param name="MakeEvaluator">Makes a sampler's evaluator by a generation of models, on the sampler's thread.</param>
/// <param name="MakeProjection">Opens the files of a chain; null for a run without a folder.</param>
/// <param name="Progress">Told whenever something was committed, on the coordinator's thread.</param>
/// <param name="Learning">What active learning works with; null without.</param>
/// <param name="Decided">Told when a decision about the model is in the store, on the coordinator's thread.</param>
/// <param name="Telemetry">What is measured.</param>
/// <param name="Gate">Where samplers wait while the user wants it; null for never.</param>
internal sealed record CoordinatorParts(
    SearchSettings Settings,
    AtomicStructure Start,
    IRunStore Store,
    IOwnership Ownership,
    long Entry,
    Func<int, ITrialEvaluator> MakeEvaluator,
    Func<int, IChainProjection>? MakeProjection,
    IProgress<SearchProgress>? Progress,
    LearningParts? Learning,
    Action? Decided,
    RunTelemetry Telemetry,
    PauseGate? Gate = null);

/// <summary>
/// One per run. Starts samplers, opening and replicas; hands every free sampler to the chain where its trial is likeliest to
/// count, which is the one with the fewest trials under way; sees to checkpoints; ends the run when all chains have, when the
/// user says so, or at the first failure. Supervises all of them. It decides nothing that the answer depends on, and holds
/// nothing that a restart could lose.
/// </summary>
#pragma warning disable CA1001 // The timer is released in OnStopped, on the actor's own thread.
internal sealed partial class Coordinator : Actor<CoordinatorMessage>
#pragma warning restore CA1001
{
    private readonly CoordinatorParts _parts;
    private readonly TaskCompletionSource<CoordinatorReport> _report;
    private readonly Sampler[] _samplers;
    private readonly Stack<int> _idle = new();

    // By owner number; the opening is one of them until it has ended. Sorted, so that ties go to the lowest number.
    private readonly SortedDictionary<int, Owner> _owners = [];
    // Kept to the end: an owner that has finished still answers offers that were on their way to it.
    private readonly List<Actor<ChainMessage>> _started = [];
    private readonly ChainProgress?[] _chains;
    private readonly Timer _checkpoints;
    private readonly Timer? _surveys;
    private SearchStage _stage = SearchStage.Opening;
    private WorkCost _cost;
    private long? _trialsFound;
    private SearchOutcome _outcome = SearchOutcome.Stopped;
    private bool _stopping;
    private bool _reported;
    private Exception? _error;
    private string? _failedDuring;

    /// <summary>Creates the coordinator of one process.</summary>
    public Coordinator(CoordinatorParts parts)
        : this(parts, new TaskCompletionSource<CoordinatorReport>(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    private Coordinator(CoordinatorParts parts, TaskCompletionSource<CoordinatorReport> report)
        : this(parts, report, new OwnFailure())
    {
    }

    private Coordinator(CoordinatorParts parts, TaskCompletionSource<CoordinatorReport> report, OwnFailure own)
        : base("coordinator", own)
    {
        own.Coordinator = this;
        _parts = parts;
        _report = report;
        _chains = new ChainProgress?[parts.Settings.Replicas];
        _trialsTaken = new long[parts.Settings.Replicas];
        _trialsStored = new long[parts.Settings.Replicas];
        _samplers = new Sampler[parts.Settings.SamplerCount];
        var supervisor = new SamplerSupervisor(this);
        for (int i = 0; i < _samplers.Length; i++)
        {
            _samplers[i] = new Sampler(i, parts.MakeEvaluator, parts.Settings, this, supervisor, parts.Gate);
        }

        _checkpoints = new Timer(_ => Tell(new CheckpointDue()));
        _surveys = parts.Ownership.IsShared ? new Timer(_ => Wake()) : null;
    }

    /// <summary>How the run ended; every actor of it has stopped by then.</summary>
    public Task<CoordinatorReport> Report => _report.Task;

    /// <summary>Starts the run, or goes on with it from what the store has.</summary>
    public void Begin()
    {
        Start();
        for (int i = 0; i < _samplers.Length; i++)
        {
            _samplers[i].Start();
        }

        _checkpoints.Change(_parts.Settings.CheckpointEvery, _parts.Settings.CheckpointEvery);
        _surveys?.Change(BetweenSurveys, BetweenSurveys);
        Tell(new BeginSearch());
    }

    /// <summary>Something in the store may have changed. Any thread may say so, as often as it likes.</summary>
    public void Wake()
    {
        // One survey that was not begun yet sees all that was there when it begins; and of many wakes in a row one is enough.
        if (Interlocked.Exchange(ref _surveyTold, 1) == 0)
        {
            TimeSpan since = Stopwatch.GetElapsedTime(Volatile.Read(ref _surveyed));
            TimeSpan pause = Pause;
            if (since >= pause)
            {
                Tell(new SurveyDue());
            }
            else
            {
                Volatile.Write(ref _wakeWaits, 1);
                _surveys?.Change(pause - since, Period);
                Volatile.Write(ref _surveyTold, 0);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Handle(CoordinatorMessage message)
    {
        switch (message)
        {
            case BeginSearch:
                for (int i = 0; i < _samplers.Length; i++)
                {
                    _idle.Push(i);
                }

                Survey();
                break;
            case SurveyDue:
                SurveyAndPause();
                break;
            case SamplerFreed freed:
                _idle.Push(freed.Index);
                break;
            case OfferAnswered answered:
                Update(answered.Owner, answered.Demand, answers: 1);
                if (!answered.Taken)
                {
                    _idle.Push(answered.Index);
                }

                break;
            case DemandChanged changed:
                Update(changed.Owner, changed.Demand, answers: 0);
                break;
            case RunOpened:
                _owners.Remove(Opening.OwnerNumber);
                Survey();
                break;
            case PilotAdvanced when _stage == SearchStage.Running:
                // Sent before the run was opened and overtaken by it.
                return;
            case PilotAdvanced pilot:
                _stage = SearchStage.Calibrating;
                Announce(pilot.Done, pilot.Total, pilot.Done);
                return;
            case ChainAdvanced advanced:
                _chains[advanced.Replica] = advanced.Progress;
                AnnounceChains();
                return;
            case ChainFinished finished:
                _owners.Remove(finished.Replica);
                Survey();
                break;
            case ChainHalted halted:
                Forget(halted.Owner, halted.Fence);
                break;
            case OwnerLost lost:
                Forget(lost.Owner, lost.Fence);
                break;
            case RoundReached reached when IsPresent(reached.Standing.Replica, reached.Standing.Fence):
                _rounds!.Reach(reached.Standing);
                SettleRounds();
                return;
            case RoundReached:
                // Of an owner that the chain was taken from.
                return;
            case DecisionReached reached:
                ReachDecision(reached);
                return;
            case DecisionMade made:
                PassDecision(made.Decision, made.Generation);
                return;
            case WorkPaid paid:
                _cost += paid.Cost;
                _parts.Telemetry.Pay(paid.Cost);
                return;
            case CheckpointDue:
                TellOwners(new TakeCheckpoint());
                _parts.Store.WriteSpent(Spent(), _parts.Entry);
                return;
            case ActorsEnded ended:
                // Told after the samplers' last words, so the cost of trials given up is counted.
                SpentWork spent = Spent();
                _parts.Store.WriteSpent(spent, _parts.Entry);
                _report.TrySetResult(new CoordinatorReport(
                    _error is null ? ended.Outcome : SearchOutcome.Failed, _error, _failedDuring, spent));
                RequestStop();
                return;
            case StopSearch:
                Halt();
                break;
            case ActorFailed failed:
                Fail(failed);
                break;
            default:
                throw new InvalidOperationException($"{Name} does not know {message.GetType().Name}.");
        }

        Assign();
        EndIfDone();
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        _checkpoints.Dispose();
        _surveys?.Dispose();
        StopActors();
    }

    private void Add(int number, long fence, Actor<ChainMessage> actor)
    {
        _owners.Add(number, new Owner(actor, fence) { Demand = new WorkDemand(true, 0) });
        _started.Add(actor);
        actor.Start();
    }

    private bool IsPresent(int number, long fence) => _owners.TryGetValue(number, out Owner? owner) && owner.Fence == fence;

    private void Forget(int number, long fence)
    {
        if (IsPresent(number, fence))
        {
            _owners.Remove(number);
            _rounds?.Forget(number);
            _atDecision.Remove(number);
        }
    }

    private void Update(int number, WorkDemand demand, int answers)
    {
        Owner? owner = number == Helper.OwnerNumber ? _helper : _owners.GetValueOrDefault(number);
        if (owner is not null)
        {
            owner.Demand = demand;
            owner.Offers -= answers;
        }
    }

    private void Halt()
    {
        if (!_stopping)
        {
            _stopping = true;

            // Owners wait for what samplers have in hand, which ends at once when it is canceled.
            _parts.Gate?.OpenForGood();
            TellOwners(new HaltChain());
            _helper?.Actor.Tell(new HaltChain());
        }
    }

    private void Fail(ActorFailed failed)
    {
        _error ??= failed.Error;
        _failedDuring ??= $"{failed.Actor}: {failed.During}";
        foreach ((int number, Owner owner) in _owners.ToArray())
        {
            if (owner.Actor.Name == failed.Actor)
            {
                _owners.Remove(number);
            }
        }

        Halt();
    }

    private void TellOwners(ChainMessage message)
    {
        foreach (Owner owner in _owners.Values)
        {
            owner.Actor.Tell(message);
        }
    }

    private void EndIfDone()
    {
        _parts.Telemetry.CountChains(_owners.Count - (_owners.ContainsKey(Opening.OwnerNumber) ? 1 : 0));

        // A process that shares the run stays as long as others have chains of it: it may be needed.
        bool waits = _parts.Ownership.IsShared && !_stopping && _outcome == SearchOutcome.Stopped;
        if (_owners.Count > 0 || _reported || waits)
        {
            return;
        }

        _reported = true;
        _helper?.Actor.Tell(new HaltChain());
        _ = EndAsync(_error is not null ? SearchOutcome.Failed : _outcome);
    }

    private SpentWork Spent()
    {
        long repeats = 0;
        foreach (ChainProgress? chain in _chains)
        {
            repeats += chain?.Repeats ?? 0;
        }

        return new SpentWork(_cost, TrialsHere(), repeats);
    }

    /// <summary>Reports only when every actor has ended, so that nothing of the run is alive by then.</summary>
    private async Task EndAsync(SearchOutcome outcome)
    {
        try
        {
            StopActors();
            await ActorsEndAsync().ConfigureAwait(false);
            Tell(new ActorsEnded(outcome));
        }
#pragma warning disable CA1031 // Whoever awaits the report receives it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _report.TrySetException(error);
            RequestStop();
        }
    }

    private async Task GiveUpAsync(Exception error)
    {
        StopActors();
        try
        {
            await ActorsEndAsync().ConfigureAwait(false);
        }
        finally
        {
            _report.TrySetException(error);
        }
    }

    private Task ActorsEndAsync() =>
        Task.WhenAll(_samplers.Select(s => s.Completion).Concat(_started.Select(a => a.Completion)).Append(_learner?.Completion ?? Task.CompletedTask));

    private void StopActors()
    {
        _learner?.Abandon();
        foreach (Sampler sampler in _samplers)
        {
            sampler.Abandon();
        }

        foreach (Actor<ChainMessage> actor in _started)
        {
            actor.RequestStop();
        }
    }

    private void AnnounceChains()
    {
        long done = 0;
        for (int r = 0; r < _chains.Length; r++)
        {
            done += Math.Max(_chains[r]?.Trials ?? 0, _trialsStored[r]);
        }

        // Where others work too, time left follows from what all of them have done since this process came.
        _trialsFound ??= done;
        Announce(done, _parts.Settings.Trials * _chains.Length, _parts.Ownership.IsShared ? done - _trialsFound.Value : TrialsHere());
    }

    private long TrialsHere()
    {
        long here = 0;
        for (int r = 0; r < _chains.Length; r++)
        {
            here += _chains[r] is { } chain ? chain.Trials - _trialsTaken[r] : 0;
        }

        return here;
    }

    private void Announce(long done, long total, long here) =>
        _parts.Progress?.Report(new SearchProgress(_stage, done, total, here, [.. _chains], _cost));

    private sealed record BeginSearch : CoordinatorMessage;

    private sealed record ActorsEnded(SearchOutcome Outcome) : CoordinatorMessage;

    private sealed class Owner(Actor<ChainMessage> actor, long fence)
    {
        public Actor<ChainMessage> Actor { get; } = actor;

        // By which its words are told from those of an earlier owner of the same chain.
        public long Fence { get; } = fence;

        public WorkDemand Demand { get; set; }

        // Offers told and not yet answered.
        public int Offers { get; set; }

        public int Load => Demand.InFlight + Offers;
    }
}
