using Glasswright.Actors.Proposal;

namespace Glasswright.Actors.Search;

/// <summary>A trial handed to a sampler.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Pair">Its pair.</param>
/// <param name="Known">Numbers that an equal pair left, where only the structure is missing.</param>
/// <param name="Cancel">Canceled when the trial can no longer count.</param>
internal readonly record struct TrialAssignment(long Trial, AtomPair Pair, PairOutcome? Known, CancellationToken Cancel);

/// <summary>
/// The rolling reorder buffer of one version: trials are assigned from the lowest number up, evaluated in any order and
/// committed in order. It holds no thread and no lock: the actor that owns the chain owns it.
/// </summary>
/// <remarks>
/// What makes the answer independent of the schedule: a trial's pair, numbers and decision depend on version and number only;
/// commits run in trial order; the first accepted trial ends the version, so nothing beyond it ever counts. Hence a would-be
/// accepted trial is a barrier: no trial beyond it is started, and those already under way are canceled at once. A pair that
/// occurs again in the version takes the numbers of the first (or follows it while it is under way); only if its new random
/// number would accept it, is it evaluated again, for the structure, and only if that number needs more than the first left
/// (a screened trial leaves an estimate), for the numbers.
/// </remarks>
internal sealed class TrialWindow
{
    /// <summary>How far assignment may run ahead of commits; bounds memory when nearly every trial is a repeat.</summary>
    public const int Reach = 1024;

    private readonly ChainVersion _version;
    private readonly SortedDictionary<long, WindowSlot> _slots = [];

    // Looked up by pair, never enumerated: their order must not be seen.
    private readonly Dictionary<AtomPair, PairOutcome> _known = [];
    private readonly Dictionary<AtomPair, long> _leaders = [];
    private readonly HashSet<AtomPair> _committed = [];

    private ITrialJudge _judge;
    private long _lastTrial;
    private long _nextUnassigned;
    private long _barrier = long.MaxValue;
    private long _handedOut;
    private long _handedOutAndCommitted;

    /// <summary>A window over the trials from <paramref name="firstTrial"/> to <paramref name="lastTrial"/> of one version.</summary>
    public TrialWindow(
        ChainVersion version, ITrialJudge judge, long firstTrial, long lastTrial, IEnumerable<PairOutcome>? known = null)
    {
        _version = version;
        _judge = judge;
        _lastTrial = lastTrial;
        NextTrial = firstTrial;
        _nextUnassigned = firstTrial;
        _known.Add(AtomPair.None, PairOutcome.NoPair);
        foreach (PairOutcome outcome in known ?? [])
        {
            _known.TryAdd(outcome.Pair, outcome);
            _committed.Add(outcome.Pair);
        }
    }

    /// <summary>The version whose trials these are.</summary>
    public ChainVersion Version => _version;

    /// <summary>The lowest trial not committed.</summary>
    public long NextTrial { get; private set; }

    /// <summary>Trials under way that can still count.</summary>
    public int InFlight { get; private set; }

    /// <summary>
    /// Committed trials whose pair a lower one or a known outcome had before. Counted at commit, in trial order, so it does not
    /// depend on the schedule.
    /// </summary>
    public long Repeats { get; private set; }

    /// <summary>Whether <see cref="TryAssign"/> may find something.</summary>
    public bool CanAssign => MayAdvance || _slots.Values.Any(IsOpen);

    private bool MayAdvance =>
        _nextUnassigned <= _lastTrial && _nextUnassigned < _barrier && _nextUnassigned - NextTrial < Reach;

    /// <summary>
    /// Hands out the lowest trial that a sampler must evaluate. Repeats met on the way are decided here, so commits may have
    /// become possible even if it answers false.
    /// </summary>
    /// <param name="assignment">The trial.</param>
    /// <param name="ofUnknownPairs">
    /// Only one of whose pair nothing is known yet. Of any other a certain part is missing, the structure mostly, and only this process's
    /// own samplers are sure to bring it: another process decides by what it knows of the chain's rung.
    /// </param>
    public bool TryAssign(out TrialAssignment assignment, bool ofUnknownPairs = false)
    {
        WindowSlot? open = _slots.Values.FirstOrDefault(CanHandOut);
        while (open is null && MayAdvance)
        {
            long trial = _nextUnassigned++;
            var slot = new WindowSlot(trial, _judge.Draw(_version, trial));
            _slots.Add(trial, slot);
            if (_known.TryGetValue(slot.Pair, out PairOutcome? outcome))
            {
                DecideFromNumbers(slot, outcome);
            }
            else if (!_leaders.TryAdd(slot.Pair, trial))
            {
                slot.State = SlotState.Following;
            }

            open = CanHandOut(slot) ? slot : null;
        }

        if (open is null)
        {
            assignment = default;
            return false;
        }

        if (open.State == SlotState.Following)
        {
            _slots[_leaders[open.Pair]].State = SlotState.Following;
            _leaders[open.Pair] = open.Trial;
        }

        open.State = SlotState.InFlight;
        open.Judge = _judge;
        open.Cancellation = new CancellationTokenSource();
        InFlight++;
        _handedOut++;
        _known.TryGetValue(open.Pair, out PairOutcome? numbers);
        assignment = new TrialAssignment(open.Trial, open.Pair, numbers, open.Cancellation.Token);
        return true;

        bool CanHandOut(WindowSlot slot) => IsOpen(slot) && !(ofUnknownPairs && _known.ContainsKey(slot.Pair));
    }

    /// <summary>
    /// Takes what a sampler found. A trial that is no longer under way (canceled, or of a window given up) is ignored.
    /// </summary>
    /// <param name="trial">Its number.</param>
    /// <param name="outcome">Its numbers.</param>
    /// <param name="decision">The decision computed where the trial ended; null where it was another process: it is made here.</param>
    /// <param name="structure">Canonical bytes of a would-be accepted structure.</param>
    public void Complete(long trial, PairOutcome outcome, TrialDecision? decision, byte[]? structure)
    {
        if (!_slots.TryGetValue(trial, out WindowSlot? slot) || slot.State != SlotState.InFlight)
        {
            return;
        }

        InFlight--;
        outcome = Learn(outcome);
        bool led = _leaders.Remove(slot.Pair);
        if (decision is { } made && ReferenceEquals(slot.Judge, _judge))
        {
            Decide(slot, outcome, made, structure);
        }
        else
        {
            DecideAnew(slot, outcome, structure);
        }

        if (slot is { State: SlotState.Decided, Decision.Accepted: true })
        {
            RaiseBarrier(trial);
        }

        if (led)
        {
            foreach (WindowSlot follower in _slots.Values.Where(s => s.State == SlotState.Following && s.Pair == slot.Pair))
            {
                DecideFromNumbers(follower, outcome);
            }
        }
    }

    /// <summary>
    /// From now on another judge decides, over every trial that is not committed yet: neither pairs nor numbers depend on the constants, so
    /// trials are evaluated ahead of an exchange of rungs, and only their decisions are made again after it.
    /// </summary>
    public void Rejudge(ITrialJudge judge)
    {
        _judge = judge;
        _barrier = long.MaxValue;
        foreach (WindowSlot slot in _slots.Values.Where(slot => slot.State == SlotState.Decided))
        {
            DecideAnew(slot, slot.Outcome!, slot.Structure);
        }

        if (_slots.Values.FirstOrDefault(slot => slot is { State: SlotState.Decided, Decision.Accepted: true }) is { } first)
        {
            RaiseBarrier(first.Trial);
        }
    }

    /// <summary>Trials up to a later one belong to it too.</summary>
    public void Extend(long lastTrial) => _lastTrial = lastTrial;

    /// <summary>Takes back a trial whose sampler gave it up; it is handed out again if it can still count.</summary>
    public void Withdraw(long trial)
    {
        if (_slots.TryGetValue(trial, out WindowSlot? slot) && slot.State == SlotState.InFlight)
        {
            InFlight--;
            slot.State = SlotState.Waiting;
        }
    }

    /// <summary>Commits the next trial if it is decided. After an accepted one the window is at its end.</summary>
    public bool TryCommit(out WindowSlot? slot)
    {
        if (NextTrial > _barrier || !_slots.TryGetValue(NextTrial, out slot) || slot.State != SlotState.Decided)
        {
            slot = null;
            return false;
        }

        _slots.Remove(NextTrial);
        NextTrial++;
        _handedOutAndCommitted += slot.Judge is null ? 0 : 1;
        Repeats += slot.Pair.IsNone || _committed.Add(slot.Pair) ? 0 : 1;
        if (slot.Decision.Accepted)
        {
            CancelAll();
        }

        return true;
    }

    /// <summary>
    /// How many evaluations were in vain, as far as it was not asked before: of trials that were handed out and are not committed, or were handed
    /// out once more. To be asked when the window has ended. It depends on the schedule and is no part of the answer.
    /// </summary>
    public long TakeDiscards()
    {
        long discards = _handedOut - _handedOutAndCommitted;
        (_handedOut, _handedOutAndCommitted) = (0, 0);
        return discards;
    }

    /// <summary>Ends every evaluation under way; nothing is handed out any more.</summary>
    public void CancelAll() => RaiseBarrier(NextTrial - 1);

    private bool IsOpen(WindowSlot slot) =>
        slot.Trial < _barrier && (slot.State == SlotState.Waiting || (slot.State == SlotState.Following && IsOrphan(slot)));

    /// <summary>Whether whom it follows has been canceled by a barrier above it: that one will not be evaluated, so this one must.</summary>
    private bool IsOrphan(WindowSlot slot) =>
        _leaders.TryGetValue(slot.Pair, out long leader) && leader >= _barrier && _slots[leader].State == SlotState.Waiting;

    private void DecideFromNumbers(WindowSlot slot, PairOutcome outcome)
    {
        TrialDecision decision = _judge.Judge(_version, outcome, slot.Trial);
        if (decision.Missing != MissingNumbers.None)
        {
            // One of them finds what is missing, the others follow it.
            slot.State = _leaders.TryAdd(slot.Pair, slot.Trial) ? SlotState.Waiting : SlotState.Following;
        }
        else if (decision.Accepted)
        {
            // The numbers are known, but a rejected twin left no structure.
            slot.State = SlotState.Waiting;
        }
        else
        {
            Decide(slot, outcome, decision, null);
        }
    }

    /// <summary>Decides by numbers that were found under another judge, and by the structure if they came with one.</summary>
    private void DecideAnew(WindowSlot slot, PairOutcome outcome, byte[]? structure)
    {
        TrialDecision decision = _judge.Judge(_version, outcome, slot.Trial);
        if (decision is { Missing: MissingNumbers.None, Accepted: true } && structure is not null)
        {
            Decide(slot, outcome, decision, structure);
        }
        else
        {
            DecideFromNumbers(slot, outcome);
        }
    }

    /// <summary>Keeps all that is known of a pair by now: trials look for different parts of it.</summary>
    private PairOutcome Learn(PairOutcome outcome)
    {
        if (_known.TryGetValue(outcome.Pair, out PairOutcome? before))
        {
            outcome = outcome.Outcome == TrialOutcome.Screened ? before : outcome with
            {
                Returns = outcome.Returns ?? before.Returns,
                Back = outcome.Back ?? before.Back,
            };
        }

        _known[outcome.Pair] = outcome;
        return outcome;
    }

    private static void Decide(WindowSlot slot, PairOutcome outcome, TrialDecision decision, byte[]? structure)
    {
        slot.State = SlotState.Decided;
        slot.Outcome = outcome;
        slot.Decision = decision;
        slot.Structure = structure;
    }

    private void RaiseBarrier(long trial)
    {
        if (trial >= _barrier)
        {
            return;
        }

        _barrier = trial;
        foreach (WindowSlot slot in _slots.Values.Where(s => s.Trial > trial && s.State == SlotState.InFlight))
        {
            slot.State = SlotState.Waiting;
            InFlight--;
            slot.Cancellation?.Cancel();
        }
    }
}
