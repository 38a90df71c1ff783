using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <content>Under which numerics a run was computed from which trial on.</content>
internal sealed partial class SqliteRunStore
{
    /// <inheritdoc/>
    public void ForkNumerics(string numerics)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _database.Begin();
            Execute(
                """
                INSERT OR REPLACE INTO numerics(run, replica, version, trial, previous, numerics)
                SELECT chain.run, replica, version, next_trial, run.numerics, $b FROM chain JOIN run ON run.run = chain.run
                WHERE chain.run = $a
                """,
                Run, numerics);
            Execute("UPDATE run SET numerics = $b WHERE run = $a", Run, numerics);
            transaction.Commit();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<NumericsFork> ReadForks()
    {
        lock (_gate)
        {
            return Query(
                "SELECT replica, trial, previous, numerics FROM numerics WHERE run = $a ORDER BY replica, trial, rowid",
                r => new NumericsFork(r.GetInt32(0), r.GetInt64(1), r.GetString(2), r.GetString(3)),
                Run);
        }
    }

    private bool ForkedAt(int replica, long version) =>
        Query("SELECT 1 FROM numerics WHERE run = $a AND replica = $b AND version = $c LIMIT 1", r => r.GetInt32(0), Run, replica, version).Count > 0;
}
