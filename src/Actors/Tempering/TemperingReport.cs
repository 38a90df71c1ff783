using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tempering;

/// <summary>
/// How a ladder works: a function of what the store has committed. In rounds after the warm-up, where there are any, else in all.
/// </summary>
internal sealed record TemperingReport
{
    /// <summary>The scales in force at the end, s_r.</summary>
    public required IReadOnlyList<double> Scales { get; init; }

    /// <summary>Trials and acceptances on each rung, over the whole run.</summary>
    public required IReadOnlyList<RungTotals> Rungs { get; init; }

    /// <summary>What each pair of neighbors exchanged.</summary>
    public required IReadOnlyList<PairExchanges> Pairs { get; init; }

    /// <summary>Rounds in which something was exchanged so far, warm-up included.</summary>
    public required int Rounds { get; init; }

    /// <summary>Rounds that the figures of the pairs are about.</summary>
    public required int CountedRounds { get; init; }

    /// <summary>
    /// Λ, the sum of the mean rejections of neighbors: how hard the way from the last rung to the first is. With many rungs it does not
    /// depend on their number; a ladder of about 2Λ + 1 rungs is a good one.
    /// </summary>
    public required double Barrier { get; init; }

    /// <summary>Round trips of all replicas, over the whole run.</summary>
    public required long RoundTrips { get; init; }

    /// <summary>Rounds × ladders / (2 + 2Λ): what round trips come to when rungs are many and structures forget between rounds.</summary>
    public double RoundTripLimit => Ladders * Rounds / (2 + (2 * Barrier));

    /// <summary>Number of ladders.</summary>
    public required int Ladders { get; init; }

    /// <summary>Makes the report of a run.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="first">The scales that it began with.</param>
    /// <param name="store">Its store.</param>
    /// <param name="replicas">Its replicas.</param>
    public static TemperingReport Of(TemperingPlan plan, IReadOnlyList<double> first, IRunStore store, int replicas)
    {
        IReadOnlyList<ExchangeRecord> exchanges = store.ReadExchanges();
        int last = exchanges.Count > 0 ? exchanges[^1].Round : 0;
        int warm = last > plan.WarmUpRounds ? plan.WarmUpRounds : 0;
        var walk = new IndexProcess(plan, replicas);
        var tried = new long[plan.Rungs - 1];
        var accepted = new long[plan.Rungs - 1];
        var probability = new double[plan.Rungs - 1];
        foreach (ExchangeRecord exchange in exchanges)
        {
            walk.Apply(exchange);
            if (exchange.Round > warm)
            {
                tried[exchange.Pair]++;
                accepted[exchange.Pair] += exchange.Accepted ? 1 : 0;
                probability[exchange.Pair] += exchange.Probability;
            }
        }

        PairExchanges[] pairs = [.. tried.Select((n, pair) => new PairExchanges(pair, n, accepted[pair], probability[pair] / n))];
        IReadOnlyList<(int Round, double[] Scales)> ladders = store.ReadLadders();
        return new TemperingReport
        {
            Scales = ladders.Count > 0 ? ladders[^1].Scales : [.. first],
            Rungs = store.ReadRungs(),
            Pairs = pairs,
            Rounds = last,
            CountedRounds = last - warm,
            Barrier = pairs.Where(pair => pair.Tried > 0).Sum(pair => 1 - pair.MeanProbability),
            RoundTrips = walk.RoundTrips.Sum(),
            Ladders = plan.Ladders,
        };
    }
}

/// <summary>The exchanges of two neighboring rungs.</summary>
/// <param name="Pair">The lower rung.</param>
/// <param name="Tried">How many were tried, over all ladders.</param>
/// <param name="Accepted">Of these accepted.</param>
/// <param name="MeanProbability">Mean of p; NaN where none was tried.</param>
internal sealed record PairExchanges(int Pair, long Tried, long Accepted, double MeanProbability);
