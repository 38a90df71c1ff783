using Glasswright.Actors.Messages;

namespace Glasswright.Actors.Storage;

/// <content>What the processes of a run have spent: one row for each, found by its fence.</content>
internal sealed partial class SqliteRunStore
{
    /// <inheritdoc/>
    public void WriteSpent(SpentWork spent, long fence)
    {
        lock (_gate)
        {
            WorkCost cost = spent.Cost;
            Execute(
                """
                INSERT OR REPLACE INTO spent(run, fence, trials, repeats, evaluations, relaxations, relax_ticks, decide_ticks,
                    evaluate_ticks)
                VALUES($a, $b, $c, $d, $e, $f, $g, $h, $i)
                """,
                Run, fence, spent.Trials, spent.Repeats, cost.Evaluations, cost.Relaxations, cost.RelaxTime.Ticks,
                cost.DecideTime.Ticks, cost.EvaluateTime.Ticks);
        }
    }

    /// <inheritdoc/>
    public SpentWork ReadSpent()
    {
        lock (_gate)
        {
            return Query(
                """
                SELECT COALESCE(SUM(trials), 0), COALESCE(SUM(repeats), 0), COALESCE(SUM(evaluations), 0),
                    COALESCE(SUM(relaxations), 0), COALESCE(SUM(relax_ticks), 0), COALESCE(SUM(decide_ticks), 0),
                    COALESCE(SUM(evaluate_ticks), 0)
                FROM spent WHERE run = $a
                """,
                r => new SpentWork(
                    new WorkCost(
                        r.GetInt64(2), r.GetInt64(3), TimeSpan.FromTicks(r.GetInt64(4)), TimeSpan.FromTicks(r.GetInt64(5)),
                        TimeSpan.FromTicks(r.GetInt64(6))),
                    r.GetInt64(0),
                    r.GetInt64(1)),
                Run)[0];
        }
    }
}
