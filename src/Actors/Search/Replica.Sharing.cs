using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <content>Trials that other nodes evaluate for the chain.</content>
internal sealed partial class Replica
{
    private readonly HashSet<long> _offered = [];

    /// <summary>
    /// Takes in what other nodes have found, and has so many trials on offer to them. To the window they are samplers far away: it hands
    /// trials out to them as to others, and decides by their numbers itself.
    /// </summary>
    private void Share(int wanted)
    {
        if (_ended || _wanted is not null || _window is not { } window)
        {
            return;
        }

        long version = _state.Version;
        if (_offered.Count > 0)
        {
            // In this order: a claim that is gone by then has its result by then, unless it was taken back.
            IReadOnlySet<long> claimed = _parts.Store.ReadClaims(_parts.Index, version);
            foreach (RemoteResult result in _parts.Store.ReadResults(_parts.Index, version, _offered.Min()))
            {
                if (_offered.Remove(result.Trial))
                {
                    window.Complete(result.Trial, result.Outcome, null, result.Structure);
                }
            }

            foreach (long trial in _offered.Where(trial => !claimed.Contains(trial)).ToArray())
            {
                _offered.Remove(trial);
                window.Withdraw(trial);
            }
        }

        if (_offered.Count > wanted)
        {
            _parts.Store.RetractClaims(_parts.Index, version, _offered.Count - wanted);
        }

        var fresh = new List<(long Trial, Proposal.AtomPair Pair)>();
        while (_offered.Count < wanted && window.TryAssign(out TrialAssignment work, ofUnknownPairs: true))
        {
            _offered.Add(work.Trial);
            fresh.Add((work.Trial, work.Pair));
        }

        if (fresh.Count > 0)
        {
            _parts.Store.OfferClaims(_parts.Index, version, _state.Fence, fresh);
        }

        Advance();
    }
}
