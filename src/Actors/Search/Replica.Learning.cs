using Glasswright.Actors.Learning;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <content>Decisions about the model, at which a chain waits for all others.</content>
internal sealed partial class Replica
{
    private readonly LearningPlan _learning;
    private int _decided;
    private int _generation;
    private bool _atDecision;

    /// <summary>Whether the chain stands where it must not go on yet. Where both fall together the round is held first, by one model.</summary>
    private bool Waits() => ReachesRound() || ReachesDecision();

    /// <summary>
    /// Whether the chain stands at a decision that is not made yet. Unlike at a round nobody works ahead: pairs and numbers depend on the model,
    /// so the window ends here.
    /// </summary>
    private bool ReachesDecision()
    {
        if (_ended || _learning.DecisionBefore(_window!.NextTrial) is not { } decision || decision <= _decided)
        {
            return false;
        }

        if (!_atDecision)
        {
            _atDecision = true;
            WriteRejected();
            _coordinator.Tell(new DecisionReached(_parts.Index, decision, _state.Fence));
        }

        return true;
    }

    private void GoOn(DecisionPassed passed)
    {
        if (_ended || passed.Decision <= _decided)
        {
            return;
        }

        _atDecision = false;
        _decided = passed.Decision;
        if (passed.Generation == _generation)
        {
            // One that has just been taken over has no window yet.
            if (_window is not null)
            {
                _window.Extend(_learning.LastTrialAfter(_decided));
                Advance();
            }

            return;
        }

        // Nothing is under way: all trials of the window are committed. The store has the version as the new model sees it, and the window
        // opens anew when a sampler has found the same.
        _generation = passed.Generation;
        ChainState stored = _parts.Store.ReadChain(_parts.Index, _generation)!;
        Require(stored.Fence == _state.Fence ? CommitOutcome.Committed : CommitOutcome.StaleFence);
        _state = stored;
        _repeats += _window?.Repeats ?? 0;
        _window = null;
        _wanted = Want(_state.Structure);
    }
}
