using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tempering;

/// <summary>
/// The walk of replicas over the rungs, as the exchanges tell it. A round trip is a way from the first rung to the last and
/// back; their number says how often structures found under large constants reach the small ones.
/// </summary>
internal sealed class IndexProcess
{
    private readonly int _rungs;
    private readonly int[] _rung;
    private readonly bool?[] _upward;
    private readonly long[] _roundTrips;
    private readonly int[] _holders;

    /// <summary>The walk before the first round.</summary>
    public IndexProcess(TemperingPlan plan, int replicas)
    {
        _rungs = plan.Rungs;
        _rung = [.. Enumerable.Range(0, replicas).Select(plan.FirstRung)];
        _upward = [.. _rung.Select(rung => rung == 0 ? true : (bool?)null)];
        _roundTrips = new long[replicas];
        _holders = [.. Enumerable.Range(0, replicas)];
    }

    /// <summary>The rung of every replica.</summary>
    public IReadOnlyList<int> Rungs => _rung;

    /// <summary>Round trips of every replica.</summary>
    public IReadOnlyList<long> RoundTrips => _roundTrips;

    /// <summary>The replica on a rung of a ladder.</summary>
    public int Holder(int ladder, int rung) => _holders[(ladder * _rungs) + rung];

    /// <summary>Takes an exchange; rounds must come in order.</summary>
    /// <exception cref="InvalidDataException">It does not continue the walk.</exception>
    public void Apply(ExchangeRecord exchange)
    {
        if (_rung[exchange.ReplicaLow] != exchange.Pair || _rung[exchange.ReplicaHigh] != exchange.Pair + 1)
        {
            throw new InvalidDataException(
                $"The exchange of rungs {exchange.Pair} and {exchange.Pair + 1} in round {exchange.Round} does not continue the ones before.");
        }

        if (exchange.Accepted)
        {
            Move(exchange.ReplicaLow, exchange.Ladder, exchange.Pair + 1);
            Move(exchange.ReplicaHigh, exchange.Ladder, exchange.Pair);
        }
    }

    private void Move(int replica, int ladder, int rung)
    {
        _rung[replica] = rung;
        _holders[(ladder * _rungs) + rung] = replica;
        if (rung == 0)
        {
            _roundTrips[replica] += _upward[replica] == false ? 1 : 0;
            _upward[replica] = true;
        }
        else if (rung == _rungs - 1 && _upward[replica] is not null)
        {
            _upward[replica] = false;
        }
    }
}
