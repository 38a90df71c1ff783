using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Runtime;

namespace Glasswright.Actors.Search;

/// <content>Decisions about the model: the learner makes each when every chain stands there, and all chains go on together.</content>
internal sealed partial class Coordinator
{
    private readonly SortedDictionary<int, long> _atDecision = [];
    private Learner? _learner;
    private int _decided;
    private int _generation;

    private void BeginLearning(IReadOnlyList<double> constants)
    {
        if (_parts.Settings.Learning is not { } learning)
        {
            return;
        }

        if (_parts.Ownership.IsShared)
        {
            throw new InvalidOperationException("A model cannot change in a run that several processes share.");
        }

        // Each has its row, from the first on.
        IReadOnlyList<LearningRecord> decisions = _parts.Store.ReadLearning();
        (_decided, _generation) = (decisions.Count, LearningRecord.GenerationAfter(decisions));
        LearningParts parts = _parts.Learning ?? throw new InvalidOperationException("Nothing is given to learn with.");
        _learner = new Learner(
            new LearnerParts(_parts.Settings, learning, parts, _parts.Store, constants, _parts.Decided, _parts.Telemetry), this, new LearnerSupervisor(this));
        _learner.Start();
        AskForLabels();
    }

    private void AskForLabels()
    {
        if (_parts.Settings.LearningPlan.NeedsLabelsOf(_decided))
        {
            _learner!.Tell(new MakeLabels(_decided));
        }
    }

    private void ReachDecision(DecisionReached reached)
    {
        _atDecision[reached.Replica] = reached.Fence;
        if (_atDecision.Count == _parts.Settings.Replicas && !_stopping)
        {
            _learner!.Tell(new Decide(reached.Decision, [.. _atDecision.Values]));
        }
    }

    private void PassDecision(DecisionMade made)
    {
        (_decided, _generation) = (made.Decision, made.Generation);
        _atDecision.Clear();
        if (!_stopping)
        {
            // One that is halted reads of the decision in the store when it is resumed.
            TellOwners(new DecisionPassed(made.Decision, made.Generation));
            AskForLabels();
        }
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
