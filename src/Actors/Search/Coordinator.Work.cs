using System.Diagnostics;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <content>
/// What there is to do: opening the run, chains to take, rounds to hold, trials to share. Where other processes work on the run too,
/// the store is looked at again and again: whatever another one did, or failed to do, is seen there.
/// </content>
internal sealed partial class Coordinator
{
    // Often enough that nobody waits for long; wakes come in between.
    private static readonly TimeSpan BetweenSurveys = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LeastBetweenSurveys = TimeSpan.FromMilliseconds(40);

    // A slow store, or one with very many chains, is asked less often: surveys take a tenth of the time at most.
    private const int PauseBySurvey = 9;
    private static readonly TimeSpan MostBetweenSurveys = TimeSpan.FromSeconds(2);

    // What a thread elsewhere is given at a time is worth its way to the store and back only with so much work behind it; trials so short
    // that too many would be needed are not shared.
    private const double ClaimedSeconds = 0.5;
    private const int MostClaimsAThread = 100;

    private readonly long[] _trialsTaken;
    private readonly long[] _trialsStored;
    private ExchangeRounds? _rounds;
    private IReadOnlyList<PairOutcome> _known = [];
    private Owner? _helper;
    private int _surveyTold;
    private int _wakeWaits;
    private long _surveyed;
    private long _pause = LeastBetweenSurveys.Ticks;

    private TimeSpan Pause => TimeSpan.FromTicks(Interlocked.Read(ref _pause));

    private TimeSpan Period => Pause > BetweenSurveys ? Pause : BetweenSurveys;

    private void SurveyAndPause()
    {
        Volatile.Write(ref _surveyTold, 0);
        Volatile.Write(ref _wakeWaits, 0);
        long began = Stopwatch.GetTimestamp();
        Survey();
        long pause = PauseBySurvey * Stopwatch.GetElapsedTime(began).Ticks;
        Interlocked.Exchange(ref _pause, Math.Clamp(pause, LeastBetweenSurveys.Ticks, MostBetweenSurveys.Ticks));
        Volatile.Write(ref _surveyed, Stopwatch.GetTimestamp());

        // A wake that came meanwhile was put off by the timer, which is set anew here.
        _surveys?.Change(Volatile.Read(ref _wakeWaits) == 1 ? Pause : Period, Period);
    }

    private void Survey()
    {
        if (_stopping || _reported)
        {
            return;
        }

        if (_parts.Ownership.IsShared && _parts.Store.ReadState() is RunState.Canceled or RunState.Failed)
        {
            Halt();
            return;
        }

        if (_rounds is null && !OpenChains())
        {
            return;
        }

        if (_parts.Ownership.IsShared)
        {
            FindDecisions();
        }

        IReadOnlyList<ChainPosition> positions = _parts.Store.ReadPositions();
        bool taken = false;
        foreach ((int replica, long fence) in _parts.Ownership.TakeChains(_owners.Keys.Where(number => number >= 0).ToHashSet(), positions))
        {
            StartReplica(replica, fence);
            taken = true;
        }

        foreach (ChainPosition position in positions)
        {
            _trialsStored[position.Replica] = position.NextTrial - 1;
        }

        if (_parts.Ownership.IsShared && positions.Count > 0)
        {
            // Whoever waits, or only helps, sees how far the others are.
            AnnounceChains();
        }

        SettleRounds();
        if (taken)
        {
            AskForLabels();
        }

        SettleDecision(positions);
        if (positions.All(position => position.Ended) && !_owners.Keys.Any(number => number >= 0))
        {
            _outcome = SearchOutcome.Finished;
            return;
        }

        if (_parts.Ownership.IsShared)
        {
            ShareTrials(positions);
        }
    }

    /// <summary>Whether the constants stand, so that there are chains; if not, opens the run where that falls to this process.</summary>
    private bool OpenChains()
    {
        if (_parts.Store.ReadCalibration() is not { } calibration)
        {
            if (!_owners.ContainsKey(Opening.OwnerNumber) && _parts.Ownership.TakeRun() is { } fence)
            {
                Add(Opening.OwnerNumber, fence, new Opening(
                    _parts.Settings, _parts.Start, _parts.Store, fence, this, new ChainSupervisor(this, Opening.OwnerNumber, fence)));
            }

            return false;
        }

        if (_owners.Remove(Opening.OwnerNumber, out Owner? opening))
        {
            // Another process was faster.
            opening.Actor.Tell(new HaltChain());
        }

        _stage = SearchStage.Running;
        _known = _parts.Store.ReadPilots();
        _rounds = new ExchangeRounds(_parts.Settings, calibration.Constants, _parts.Store, _parts.Ownership.IsShared);
        BeginLearning(calibration.Constants);
        if (_parts.Ownership.IsShared && _parts.Settings.Proposal.Relax)
        {
            var helper = new Helper(
                _parts.Settings, _parts.Store, _parts.Ownership.Node, _rounds, this, new ChainSupervisor(this, Helper.OwnerNumber, 0));
            _helper = new Owner(helper, 0);
            _started.Add(helper);
            helper.Start();
        }

        return true;
    }

    private void StartReplica(int replica, long fence)
    {
        if (_owners.Remove(replica, out Owner? before))
        {
            // Taken back from itself: the lease had run out without anybody noticing. What is under way under the old fence counts no more.
            before.Actor.Tell(new HaltChain());
        }

        _rounds!.Forget(replica);
        _atDecision.Remove(replica);
        SearchSettings settings = _parts.Settings;
        ChainState state = ReadChain(replica)
            ?? throw new InvalidDataException($"The store has no chain {replica}, though the run has {settings.Replicas} replicas.");
        ChainTotals totals = _parts.Store.ReadTotals(replica);
        _trialsTaken[replica] = totals.Trials - (_chains[replica] is { } past ? past.Trials - _trialsTaken[replica] : 0);
        if (_parts.Ownership.IsShared)
        {
            _parts.Store.ResetClaims(replica);
        }

        int passed = _rounds.Passed(state);
        if (_parts.Ownership.IsShared)
        {
            // The partner's owner may have committed an exchange since the chain was read. One that comes still later is found at the round.
            state = state with { Rung = _parts.Store.ReadPositions()[replica].Rung };
        }

        var parts = new ReplicaParts(
            replica,
            settings,
            _rounds.Plan,
            passed,
            _rounds.LadderAfter(passed).Rules[state.Rung],
            _rounds.LadderAfter(0).Rules[0],
            state with { Fence = fence },
            totals,
            _parts.Store,
            _parts.MakeProjection?.Invoke(replica),
            _known,
            _decided,
            _generation,
            _parts.Telemetry.OfChain(replica));
        var supervisor = new ChainSupervisor(this, replica, fence);
        Add(replica, fence, settings.Proposal.Relax
            ? new Replica(parts, this, supervisor)
            : new TraditionalReplica(parts, this, supervisor));
    }

    private void SettleRounds()
    {
        (IReadOnlyList<RoundEnd> ended, IReadOnlyList<int> lost) = _rounds!.Settle();
        foreach (RoundEnd end in ended)
        {
            // One that was halted meanwhile reads of the round in the store when it is resumed.
            if (_owners.TryGetValue(end.Replica, out Owner? owner))
            {
                owner.Actor.Tell(new RoundPassed(end));
            }
        }

        foreach (int replica in lost)
        {
            if (_parts.Ownership.IsShared)
            {
                _owners.Remove(replica, out Owner? owner);
                owner?.Actor.Tell(new HaltChain());
            }
            else
            {
                throw new OwnershipLostException(replica, CommitOutcome.StaleFence);
            }
        }
    }

    /// <summary>Lets others help this process's chains, and this process's free samplers help others.</summary>
    private void ShareTrials(IReadOnlyList<ChainPosition> positions)
    {
        double seconds = _cost.Relaxations > 0 ? (_cost.RelaxTime + _cost.DecideTime).TotalSeconds / _cost.Relaxations : 0;
        double aThread = seconds > 0 ? Math.Max(1, ClaimedSeconds / seconds) : 1;
        int chains = Math.Max(1, positions.Count(position => !position.Ended));
        int wanted = aThread <= MostClaimsAThread ? (int)Math.Ceiling(2 * aThread * _parts.Ownership.FreeThreadsElsewhere / chains) : 0;
        foreach ((int number, Owner owner) in _owners)
        {
            if (number >= 0)
            {
                owner.Actor.Tell(new ShareWork(wanted));
            }
        }

        _helper?.Actor.Tell(new HelpOthers(_idle.Count, seconds));
        if ((wanted == 0 || _helper is null) && _parts.Ownership.FreeThreadsElsewhere > 0)
        {
            HandOver();
        }
    }

    /// <summary>
    /// Where single trials are not worth their way, whoever came late is given whole chains: one that is halted here is free at the next
    /// survey, and for others to take.
    /// </summary>
    private void HandOver()
    {
        int[] held = [.. _owners.Keys.Where(number => number >= 0)];
        foreach (int replica in held.Skip(_parts.Ownership.FairShare))
        {
            _owners[replica].Actor.Tell(new HaltChain());
        }
    }

    private void Assign()
    {
        while (!_stopping && _idle.Count > 0)
        {
            Owner? best = null;
            foreach (Owner owner in _owners.Values)
            {
                if (owner.Demand.Open && (best is null || owner.Load < best.Load))
                {
                    best = owner;
                }
            }

            // Others are helped with what nobody here can use.
            best ??= _helper is { Demand.Open: true } ? _helper : null;
            if (best is null)
            {
                return;
            }

            int index = _idle.Pop();
            best.Offers++;
            best.Actor.Tell(new OfferSampler(index, _samplers[index]));
        }
    }
}
