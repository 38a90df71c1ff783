using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <content>Exchanges.</content>
internal sealed partial class SqliteRunStore
{
    public CommitOutcome CommitExchange(ExchangeRecord e, long nextTrial, long fence)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            var rows = Query("SELECT replica, version, next_trial, rung, fence FROM chain WHERE run = $a AND replica IN ($b, $c)",
                r => (Replica: r.GetInt32(0), Version: r.GetInt64(1), Next: r.GetInt64(2), Rung: r.GetInt32(3), Fence: r.GetInt64(4)), Run, e.ReplicaLow, e.ReplicaHigh);
            var low = rows.Single(r => r.Replica == e.ReplicaLow);
            var high = rows.Single(r => r.Replica == e.ReplicaHigh);
            if (low.Fence != fence && high.Fence != fence)
            {
                return CommitOutcome.StaleFence;
            }

            if (low.Next != nextTrial || high.Next != nextTrial || low.Version != e.VersionLow || high.Version != e.VersionHigh || low.Rung != e.Pair || high.Rung != e.Pair + 1)
            {
                return CommitOutcome.StaleVersion;
            }

            Execute("INSERT INTO exchange VALUES($a, $b, $c, $d, $e, $f, $g, $h, $i, $j)",
                Run, e.Ladder, e.Round, e.Pair, e.ReplicaLow, e.ReplicaHigh, e.VersionLow, e.VersionHigh, e.Probability, e.Accepted ? 1 : 0);
            if (e.Accepted)
            {
                Execute("UPDATE chain SET rung = $c WHERE run = $a AND replica = $b", Run, e.ReplicaLow, e.Pair + 1);
                Execute("UPDATE chain SET rung = $c WHERE run = $a AND replica = $b", Run, e.ReplicaHigh, e.Pair);
            }

            transaction.Commit();
            return CommitOutcome.Committed;
        }
    }

    public IReadOnlyList<ExchangeRecord> ReadExchanges() => Exchanges("ORDER BY round, ladder, pair");

    public ExchangeRecord? ReadExchange(int ladder, int round, int replica) =>
        Exchanges("").FirstOrDefault(e => e.Ladder == ladder && e.Round == round && (e.ReplicaLow == replica || e.ReplicaHigh == replica));

    public CommitOutcome CommitLadder(int round, IReadOnlyList<double> scales, long fence)
    {
        lock (_gate)
        {
            Execute("INSERT INTO ladder VALUES($a, $b, $c)", Run, round, Doubles.ToBytes([.. scales]));
            return CommitOutcome.Committed;
        }
    }

    public IReadOnlyList<(int Round, double[] Scales)> ReadLadders()
    {
        lock (_gate)
        {
            return Query("SELECT round, scales FROM ladder WHERE run = $a ORDER BY round", r => (r.GetInt32(0), Doubles.FromBytes((byte[])r[1])), Run);
        }
    }

    public IReadOnlyList<ChainPosition> ReadPositions()
    {
        lock (_gate)
        {
            return Query("SELECT replica, version, next_trial, rung, owner, fence FROM chain WHERE run = $a ORDER BY replica",
                r => new ChainPosition(r.GetInt32(0), r.GetInt64(1), r.GetInt64(2), r.GetInt32(3), null, r.GetInt64(5)), Run);
        }
    }

    public double[] ReadObjectives(int replica, long version) => ReadSummaries(replica).Single(s => s.Number == version).Objectives;

    public IReadOnlyList<RungTotals> ReadRungs()
    {
        lock (_gate)
        {
            return Query("SELECT rung, COUNT(*), SUM(accepted) FROM outcome WHERE run = $a GROUP BY rung ORDER BY rung",
                r => new RungTotals(r.GetInt32(0), r.GetInt64(1), r.GetInt64(2)), Run);
        }
    }

    private List<ExchangeRecord> Exchanges(string order)
    {
        lock (_gate)
        {
            return Query("SELECT ladder, round, pair, replica_low, replica_high, version_low, version_high, probability, accepted FROM exchange WHERE run = $a " + order,
                r => new ExchangeRecord(r.GetInt32(0), r.GetInt32(1), r.GetInt32(2), r.GetInt32(3), r.GetInt32(4), r.GetInt64(5), r.GetInt64(6), r.GetDouble(7), r.GetInt32(8) != 0), Run);
        }
    }
}
