using System.Data.Common;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <content>Exchanges of rungs, and the scales of the ladders.</content>
internal sealed partial class RunStore
{
    private const string ExchangeColumns =
        "ladder, round, pair, replica_low, replica_high, version_low, version_high, probability, accepted";

    /// <inheritdoc/>
    public CommitOutcome CommitExchange(ExchangeRecord exchange, long nextTrial, long fence) => _database.Transact(s =>
    {
        // Both rows are locked, always in this order, before anything of them is believed.
        var rows = s.Query(
            $"""
            SELECT replica, version, next_trial, rung, fence FROM chain WHERE run = @a AND replica IN (@b, @c)
            ORDER BY replica {_database.ForUpdate}
            """,
            r => (Replica: r.GetInt32(0), Version: r.GetInt64(1), NextTrial: r.GetInt64(2), Rung: r.GetInt32(3), Fence: r.GetInt64(4)),
            Run, exchange.ReplicaLow, exchange.ReplicaHigh);
        ExchangeRecord? present = s.Query(
            $"SELECT {ExchangeColumns} FROM exchange WHERE run = @a AND ladder = @b AND round = @c AND pair = @d",
            ReadExchangeRow, Run, exchange.Ladder, exchange.Round, exchange.Pair).FirstOrDefault();
        if (present is not null)
        {
            // The partner's owner was first, or the answer to an earlier attempt was lost. Between other structures it is an exchange that
            // was looked at too late.
            return present == exchange ? CommitOutcome.Committed
                : present with { Probability = exchange.Probability, Accepted = exchange.Accepted } != exchange ? CommitOutcome.StaleVersion
                : throw new LawBrokenException(
                    $"the exchange of rungs {exchange.Pair} and {exchange.Pair + 1} in round {exchange.Round} is in the store with other numbers");
        }

        if (rows.TrueForAll(row => row.Fence != fence))
        {
            return CommitOutcome.StaleFence;
        }

        if (!rows.Exists(row => (row.Replica, row.Version, row.NextTrial, row.Rung) == (exchange.ReplicaLow, exchange.VersionLow, nextTrial, exchange.Pair)) ||
            !rows.Exists(row => (row.Replica, row.Version, row.NextTrial, row.Rung) == (exchange.ReplicaHigh, exchange.VersionHigh, nextTrial, exchange.Pair + 1)))
        {
            return CommitOutcome.StaleVersion;
        }

        s.Execute(
            $"INSERT INTO exchange(run, {ExchangeColumns}) VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i, @j)",
            Run, exchange.Ladder, exchange.Round, exchange.Pair, exchange.ReplicaLow, exchange.ReplicaHigh, exchange.VersionLow,
            exchange.VersionHigh, exchange.Probability, exchange.Accepted ? 1 : 0);
        if (exchange.Accepted)
        {
            s.Execute("UPDATE chain SET rung = @c WHERE run = @a AND replica = @b", Run, exchange.ReplicaLow, exchange.Pair + 1);
            s.Execute("UPDATE chain SET rung = @c WHERE run = @a AND replica = @b", Run, exchange.ReplicaHigh, exchange.Pair);
        }

        _database.Wake(s, Run);
        return CommitOutcome.Committed;
    });

    /// <inheritdoc/>
    public IReadOnlyList<ExchangeRecord> ReadExchanges() => _database.Read(s => s.Query(
        $"SELECT {ExchangeColumns} FROM exchange WHERE run = @a ORDER BY round, ladder, pair", ReadExchangeRow, Run));

    /// <inheritdoc/>
    public ExchangeRecord? ReadExchange(int ladder, int round, int replica) => _database.Read(s => s.Query(
        $"""
        SELECT {ExchangeColumns} FROM exchange
        WHERE run = @a AND ladder = @b AND round = @c AND (replica_low = @d OR replica_high = @d)
        """,
        ReadExchangeRow, Run, ladder, round, replica)).FirstOrDefault();

    /// <inheritdoc/>
    public void CommitLadder(int round, IReadOnlyList<double> scales) => _database.Transact(s =>
    {
        byte[] bytes = Doubles.ToBytes([.. scales]);
        int rows = s.Execute("INSERT INTO ladder(run, round, scales) VALUES(@a, @b, @c) ON CONFLICT DO NOTHING", Run, round, bytes);
        if (rows == 0 &&
            !s.Query("SELECT scales FROM ladder WHERE run = @a AND round = @b", r => (byte[])r[0], Run, round)[0].AsSpan().SequenceEqual(bytes))
        {
            throw new LawBrokenException($"the scales after round {round} are in the store with other numbers");
        }

        _database.Wake(s, Run);
    });

    /// <inheritdoc/>
    public IReadOnlyList<(int Round, double[] Scales)> ReadLadders() => _database.Read(s => s.Query(
        "SELECT round, scales FROM ladder WHERE run = @a ORDER BY round",
        r => (r.GetInt32(0), Doubles.FromBytes((byte[])r[1])),
        Run));

    /// <inheritdoc/>
    public IReadOnlyList<RungTotals> ReadRungs() => _database.Read(s => s.Query(
        "SELECT rung, COUNT(*), CAST(SUM(accepted) AS BIGINT) FROM outcome WHERE run = @a GROUP BY rung ORDER BY rung",
        r => new RungTotals(r.GetInt32(0), r.GetInt64(1), r.GetInt64(2)),
        Run));

    private static ExchangeRecord ReadExchangeRow(DbDataReader r) => new(
        r.GetInt32(0), r.GetInt32(1), r.GetInt32(2), r.GetInt32(3), r.GetInt32(4), r.GetInt64(5), r.GetInt64(6), r.GetDouble(7), r.GetInt64(8) != 0);
}
