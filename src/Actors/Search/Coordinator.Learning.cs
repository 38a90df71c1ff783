using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <content>
/// Decisions about the model: one is made when every chain stands there, and all chains go on together. Where several processes share the run
/// each labels the structures of its own chains, the one that has chain 0 decides, and the others find the decision in the store.
/// </content>
internal sealed partial class Coordinator
{
    // This process's chains that wait for the next decision.
    private readonly SortedSet<int> _atDecision = [];
    private Learner? _learner;
    private int _decided;
    private int _generation;
    private int _deciding;

    private void BeginLearning(IReadOnlyList<double> constants)
    {
        if (_parts.Settings.Learning is not { } learning)
        {
            return;
        }

        LearningParts parts = _parts.Learning ?? throw new InvalidOperationException("Nothing is given to learn with.");
        _learner = new Learner(
            new LearnerParts(_parts.Settings, learning, parts, _parts.Store, constants, _parts.Ownership.IsShared, _parts.Telemetry), this, new LearnerSupervisor(this));
        _learner.Start();
        FindDecisions();
    }

    /// <summary>Has the structures labeled that the next decision is about, as far as they are of this process's chains.</summary>
    private void AskForLabels()
    {
        HashSet<int> own = [.. _owners.Keys.Where(number => number >= 0)];
        if (own.Count > 0 && _parts.Settings.LearningPlan.NeedsLabelsOf(_decided))
        {
            _learner?.Tell(new MakeLabels(_decided, own));
        }
    }

    private void ReachDecision(DecisionReached reached)
    {
        if (IsPresent(reached.Replica, reached.Fence) && reached.Decision == _decided + 1)
        {
            _atDecision.Add(reached.Replica);
            SettleDecision(null);
        }
    }

    /// <summary>
    /// Has the next decision made if it falls to this process and all chains stand there. Those of others are seen in the store: they have all
    /// their trials before it there, and the exchanges that are due before it.
    /// </summary>
    private void SettleDecision(IReadOnlyList<ChainPosition>? positions)
    {
        int next = _decided + 1;
        if (_learner is null || _stopping || _deciding == next || !_atDecision.Contains(0))
        {
            return;
        }

        long nextTrial = _parts.Settings.LearningPlan.TrialOf(next) + 1;
        bool allStand = _atDecision.Count == _parts.Settings.Replicas ||
            (_parts.Ownership.IsShared && (positions ?? _parts.Store.ReadPositions()).All(chain => chain.NextTrial == nextTrial)
                && _rounds!.AreHeldBefore(nextTrial));
        if (allStand)
        {
            _deciding = next;
            _learner.Tell(new Decide(next));
        }
    }

    /// <summary>What others have decided.</summary>
    private void FindDecisions()
    {
        if (_learner is null)
        {
            return;
        }

        // Each has its row, from the first on.
        IReadOnlyList<LearningRecord> decisions = _parts.Store.ReadLearning();
        PassDecision(decisions.Count, LearningRecord.GenerationAfter(decisions));
    }

    private void PassDecision(int decision, int generation)
    {
        if (decision <= _decided)
        {
            return;
        }

        // Store first, then files.
        (_decided, _generation) = (decision, generation);
        _atDecision.Clear();
        _parts.Decided?.Invoke();
        if (!_stopping)
        {
            // One that is halted reads of the decision in the store when it is resumed.
            foreach ((int number, Owner owner) in _owners)
            {
                if (number >= 0)
                {
                    owner.Actor.Tell(new DecisionPassed(decision, generation));
                }
            }

            AskForLabels();
        }
    }

    /// <summary>
    /// A chain as the store has it, under the model that is known here: a decision that is made meanwhile by another process is found first.
    /// </summary>
    private ChainState? ReadChain(int replica)
    {
        ChainState? state;
        int decided;
        do
        {
            FindDecisions();
            decided = _decided;
            state = _parts.Store.ReadChain(replica);
            FindDecisions();
        }
        while (decided != _decided);
        return state;
    }

    private sealed class LearnerSupervisor(IMailbox<CoordinatorMessage> coordinator) : ISupervisor<LearnerMessage>
    {
        public Directive Decide(Failure<LearnerMessage> failure)
        {
            coordinator.Tell(new ActorFailed(failure.Actor, failure.Message.GetType().Name, failure.Error));
            return Directive.Stop;
        }
    }
}
