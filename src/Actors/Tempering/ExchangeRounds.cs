using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tempering;

/// <summary>
/// Holds the rounds of a run against its store, for the replicas of one process. A replica that has reached the end of a round waits for
/// its partner of that round only; where the scales adapt, for all. What was exchanged stands in the store, so whoever comes second, or
/// comes back from a crash, reads it there. For one thread at a time.
/// </summary>
internal sealed class ExchangeRounds
{
    private readonly SearchSettings _settings;
    private readonly double[] _constants;
    private readonly IRunStore _store;
    private readonly bool _shared;
    private readonly SortedDictionary<int, Standing> _waiting = [];

    // Read at most once a settling: a position that is old by then is refused by the store, and looked at again the next time.
    private IReadOnlyList<ChainPosition>? _elsewhere;
    private readonly SortedDictionary<int, ExchangeRule> _ladders = [];
    private ExchangeRule? _latest;

    /// <summary>The rounds of a run.</summary>
    /// <param name="settings">The search.</param>
    /// <param name="constants">C_k of the first rung.</param>
    /// <param name="store">The authority.</param>
    /// <param name="shared">Whether other processes may have the partners.</param>
    public ExchangeRounds(SearchSettings settings, IReadOnlyList<double> constants, IRunStore store, bool shared)
    {
        _settings = settings;
        _constants = [.. constants];
        _store = store;
        _shared = shared;
        Plan = new TemperingPlan(settings.Tempering, settings.Replicas, settings.Trials);
        Learn(0, settings.Tempering.Scales);
        Refresh();
    }

    /// <summary>Who exchanges with whom and when.</summary>
    public TemperingPlan Plan { get; }

    /// <summary>The rungs of the trials after a round.</summary>
    public ExchangeRule LadderAfter(int round) => _ladders.Last(ladder => ladder.Key <= round).Value;

    /// <summary>The rungs as far as this process knows them. Any thread may ask.</summary>
    public ExchangeRule Latest => Volatile.Read(ref _latest!);

    /// <summary>Rounds that a chain has behind it.</summary>
    public int Passed(ChainState chain)
    {
        Refresh();
        if (Plan.RoundBefore(chain.NextTrial) is not { } round)
        {
            return Plan.Exchanges ? checked((int)((chain.NextTrial - 1) / Plan.Every)) : 0;
        }

        bool exchanged = Plan.PairOf(chain.Rung, round) is null ||
            _store.ReadExchange(Plan.LadderOf(chain.Replica), round, chain.Replica) is not null;
        return exchanged && (!Plan.AdaptsAfter(round) || _ladders.ContainsKey(round)) ? round : round - 1;
    }

    /// <summary>Whether every exchange that is due before a trial is in the store.</summary>
    public bool AreHeldBefore(long nextTrial) => Plan.RoundBefore(nextTrial) is not { } round || AreHeld(_store.ReadExchanges(), round);

    /// <summary>A replica is not this process's any more, or begins anew here: where it stood counts no more.</summary>
    public void Forget(int replica) => _waiting.Remove(replica);

    /// <summary>A replica of this process stands at the end of a round; all its trials are in the store.</summary>
    public void Reach(Standing standing) => _waiting[standing.Replica] = standing;

    /// <summary>
    /// Holds what can be held of the rounds that replicas wait for, and tells who goes on, and whom another process has taken over.
    /// </summary>
    public (IReadOnlyList<RoundEnd> Ended, IReadOnlyList<int> Lost) Settle()
    {
        // Whoever waits at the end of a round has all earlier ladders behind it, wherever they were adapted.
        Refresh();
        _elsewhere = null;
        var ended = new List<RoundEnd>();
        var lost = new List<int>();
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach (Standing standing in _waiting.Values.ToArray())
            {
                try
                {
                    if (TryPass(standing) is { } end)
                    {
                        _waiting.Remove(standing.Replica);
                        ended.Add(end);
                        moved = true;
                    }
                }
                catch (OwnershipLostException)
                {
                    _waiting.Remove(standing.Replica);
                    lost.Add(standing.Replica);
                }
            }
        }

        return (ended, lost);
    }

    private RoundEnd? TryPass(Standing standing)
    {
        int round = standing.Round;
        int rung = standing.Rung;
        if (Plan.PairOf(rung, round) is { } pair)
        {
            ExchangeRecord? exchange = _store.ReadExchange(Plan.LadderOf(standing.Replica), round, standing.Replica) ?? Exchange(standing, pair);
            if (exchange is null)
            {
                return null;
            }

            rung = (exchange.ReplicaLow == standing.Replica) == exchange.Accepted ? pair + 1 : pair;
        }

        if (Plan.AdaptsAfter(round) && !_ladders.ContainsKey(round) && !Adapt(round))
        {
            return null;
        }

        return new RoundEnd(standing.Replica, round, rung, LadderAfter(round).Rules[rung]);
    }

    private ExchangeRecord? Exchange(Standing standing, int pair)
    {
        int ladder = Plan.LadderOf(standing.Replica);
        int partnerRung = standing.Rung == pair ? pair + 1 : pair;
        Standing? partner = _waiting.Values.FirstOrDefault(
            other => other.Rung == partnerRung && other.Round == standing.Round && Plan.LadderOf(other.Replica) == ladder)
            ?? (_shared ? Elsewhere(standing.Replica, ladder, partnerRung, standing.Round) : null);
        if (partner is null)
        {
            return null;
        }

        // Both values must be of one model. A decision about it comes after the exchange: if that is still not there, the values are of the
        // model that both chains came with; if it is, it counts.
        if (_settings.Learning is not null && _shared && _store.ReadExchange(ladder, standing.Round, standing.Replica) is { } held)
        {
            return held;
        }

        (Standing low, Standing high) = standing.Rung == pair ? (standing, partner) : (partner, standing);
        (double probability, bool accepted) = LadderAfter(standing.Round - 1).Decide(
            _settings.Seed, ladder, standing.Round, pair, low.Objectives, high.Objectives);
        var exchange = new ExchangeRecord(
            ladder, standing.Round, pair, low.Replica, high.Replica, low.Version, high.Version, probability, accepted);
        return _store.CommitExchange(exchange, Plan.TrialAfter(standing.Round), standing.Fence) switch
        {
            CommitOutcome.Committed => exchange,
            CommitOutcome.StaleVersion when _shared => null,
            var outcome => throw new OwnershipLostException(standing.Replica, outcome),
        };
    }

    /// <summary>
    /// A replica of another process that stands at the end of a round. Not the one itself: if its exchange was committed a moment ago, it
    /// is on its partner's rung by now.
    /// </summary>
    private Standing? Elsewhere(int itself, int ladder, int rung, int round) => (_elsewhere ??= _store.ReadPositions())
        .Where(chain => chain.Replica != itself && Plan.LadderOf(chain.Replica) == ladder && chain.Rung == rung &&
            chain.NextTrial == Plan.TrialAfter(round))
        .Select(chain => new Standing(
            chain.Replica, round, rung, chain.Version, _store.ReadObjectives(chain.Replica, chain.Version), chain.Fence))
        .FirstOrDefault();

    /// <summary>Adapts the scales if every chain stands at the end of this round and every exchange of it is in the store.</summary>
    private bool Adapt(int round)
    {
        // Who stands there does not move on before this: positions of a moment ago tell at most too little.
        if ((_elsewhere ??= _store.ReadPositions()).Any(position => position.NextTrial != Plan.TrialAfter(round)))
        {
            return false;
        }

        IReadOnlyList<ExchangeRecord> exchanges = _store.ReadExchanges();
        if (!AreHeld(exchanges, round))
        {
            return false;
        }

        double[] scales = LadderAdaptation.Adapt(Epochs(exchanges, round));
        _store.CommitLadder(round, scales);
        Learn(round, scales);
        return true;
    }

    private bool AreHeld(IReadOnlyList<ExchangeRecord> exchanges, int round) =>
        exchanges.Count(exchange => exchange.Round == round) == Plan.Ladders * Plan.Pairs(round).Count();

    private List<LadderAdaptation.Epoch> Epochs(IReadOnlyList<ExchangeRecord> exchanges, int last)
    {
        var epochs = new List<LadderAdaptation.Epoch>();
        int begin = 1;
        foreach (int end in Enumerable.Range(1, last).Where(Plan.AdaptsAfter))
        {
            var tried = new long[Plan.Rungs - 1];
            var rejections = new double[Plan.Rungs - 1];
            foreach (ExchangeRecord exchange in exchanges.Where(exchange => exchange.Round >= begin && exchange.Round <= end))
            {
                tried[exchange.Pair]++;
                rejections[exchange.Pair] += 1 - exchange.Probability;
            }

            epochs.Add(new LadderAdaptation.Epoch([.. LadderAfter(begin - 1).Scales], end - begin + 1, tried, rejections));
            begin = end + 1;
        }

        return epochs;
    }

    private void Refresh()
    {
        if (Plan.WarmUpRounds > 0 && !_ladders.ContainsKey(Plan.WarmUpRounds))
        {
            foreach ((int round, double[] scales) in _store.ReadLadders().Where(ladder => !_ladders.ContainsKey(ladder.Round)))
            {
                Learn(round, scales);
            }
        }
    }

    private void Learn(int round, IReadOnlyList<double> scales)
    {
        _ladders[round] = new ExchangeRule(_settings.TargetSet, _constants, scales);
        Volatile.Write(ref _latest, _ladders.Last().Value);
    }
}

/// <summary>A replica at the end of a round.</summary>
/// <param name="Replica">Which.</param>
/// <param name="Round">The round.</param>
/// <param name="Rung">Its rung before the exchange.</param>
/// <param name="Version">Its version.</param>
/// <param name="Objectives">F_k there.</param>
/// <param name="Fence">The fence that its owner commits with.</param>
internal sealed record Standing(int Replica, int Round, int Rung, long Version, double[] Objectives, long Fence);

/// <summary>A replica goes on after a round.</summary>
/// <param name="Replica">Which.</param>
/// <param name="Round">The round.</param>
/// <param name="Rung">Its rung from now on.</param>
/// <param name="Rule">The rule of that rung from now on.</param>
internal sealed record RoundEnd(int Replica, int Round, int Rung, MultiTargetRule Rule);
