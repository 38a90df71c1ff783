using Glasswright.Actors.Messages;

namespace Glasswright.Actors.Storage;

/// <content>What the processes of a run have spent, one row for each; under which numerics it was computed.</content>
internal sealed partial class RunStore
{
    /// <inheritdoc/>
    public void WriteSpent(SpentWork spent, long entry) => _database.Transact(s =>
    {
        WorkCost cost = spent.Cost;
        s.Execute(
            """
            INSERT INTO spent(run, fence, trials, repeats, evaluations, relaxations, relax_ticks, decide_ticks, evaluate_ticks)
            VALUES(@a, @b, @c, @d, @e, @f, @g, @h, @i)
            ON CONFLICT(run, fence) DO UPDATE SET trials = @c, repeats = @d, evaluations = @e, relaxations = @f, relax_ticks = @g,
                decide_ticks = @h, evaluate_ticks = @i
            """,
            Run, entry, spent.Trials, spent.Repeats, cost.Evaluations, cost.Relaxations, cost.RelaxTime.Ticks,
            cost.DecideTime.Ticks, cost.EvaluateTime.Ticks);
    });

    /// <inheritdoc/>
    public SpentWork ReadSpent() => _database.Read(s => s.Query(
        """
        SELECT CAST(COALESCE(SUM(trials), 0) AS BIGINT), CAST(COALESCE(SUM(repeats), 0) AS BIGINT),
            CAST(COALESCE(SUM(evaluations), 0) AS BIGINT), CAST(COALESCE(SUM(relaxations), 0) AS BIGINT),
            CAST(COALESCE(SUM(relax_ticks), 0) AS BIGINT), CAST(COALESCE(SUM(decide_ticks), 0) AS BIGINT),
            CAST(COALESCE(SUM(evaluate_ticks), 0) AS BIGINT)
        FROM spent WHERE run = @a
        """,
        r => new SpentWork(
            new WorkCost(
                r.GetInt64(2), r.GetInt64(3), TimeSpan.FromTicks(r.GetInt64(4)), TimeSpan.FromTicks(r.GetInt64(5)),
                TimeSpan.FromTicks(r.GetInt64(6))),
            r.GetInt64(0),
            r.GetInt64(1)),
        Run))[0];

    /// <inheritdoc/>
    public void ForkNumerics(string numerics) => _database.Transact(s =>
    {
        s.Execute(
            $"""
            INSERT INTO numerics(run, replica, version, trial, previous, numerics, at)
            SELECT chain.run, replica, version, next_trial, run.numerics, @b, {_database.Now} FROM chain JOIN run ON run.run = chain.run
            WHERE chain.run = @a AND run.numerics <> @b
            ON CONFLICT(run, replica, trial, previous) DO UPDATE SET numerics = @b
            """,
            Run, numerics);
        s.Execute("UPDATE run SET numerics = @b WHERE run = @a", Run, numerics);
    });

    /// <inheritdoc/>
    public IReadOnlyList<NumericsFork> ReadForks() => _database.Read(s => s.Query(
        "SELECT replica, trial, previous, numerics FROM numerics WHERE run = @a ORDER BY replica, trial, COALESCE(at, 0)",
        r => new NumericsFork(r.GetInt32(0), r.GetInt64(1), r.GetString(2), r.GetString(3)),
        Run));

    private bool ForkedAt(DatabaseSession s, int replica, long version) => s.Query(
        "SELECT 1 FROM numerics WHERE run = @a AND replica = @b AND version = @c LIMIT 1", r => r.GetInt32(0), Run, replica, version).Count > 0;
}
