namespace Glasswright.Actors.Storage;

/// <summary>A run of a database, at a glance.</summary>
/// <param name="Run">Its id.</param>
/// <param name="State">What it is at.</param>
/// <param name="Numerics">What computes it.</param>
/// <param name="Replicas">Its chains.</param>
/// <param name="Trials">Trials committed over all chains.</param>
/// <param name="Wanted">Trials in all; null of a run that an earlier release made.</param>
/// <param name="Accepted">Of these the ones that made a version.</param>
/// <param name="Age">Since it was made; null of one that an earlier release made.</param>
internal sealed record RunListing(string Run, RunState State, string Numerics, int Replicas, long Trials, long? Wanted, long Accepted, TimeSpan? Age)
{
    /// <summary>Whether something of it waits for a node: the run before it has chains, or a chain that has not ended.</summary>
    public bool HasFreeWork { get; init; }

    /// <summary>All runs, the oldest first.</summary>
    public static IReadOnlyList<RunListing> Read(Database database) => database.Read(s => s.Query(
        $"""
        SELECT run.run, state, numerics, replicas, CAST(COALESCE(SUM(next_trial - 1), 0) AS BIGINT), CAST(COALESCE(SUM(version), 0) AS BIGINT),
            {database.Now} - created, trials * replicas,
            CAST(COALESCE(SUM(CASE WHEN ended = 0 AND (chain.owner IS NULL OR {NodeRegistry.IsOver(database, "chain.owner")}) THEN 1 ELSE 0 END), 0) AS BIGINT),
            CASE WHEN COUNT(chain.replica) = 0 AND (run.owner IS NULL OR {NodeRegistry.IsOver(database, "run.owner")}) THEN 1 ELSE 0 END
        FROM run LEFT JOIN chain ON chain.run = run.run
        GROUP BY run.run, state, numerics, replicas, created, trials, run.owner ORDER BY created, run.run
        """,
        r => new RunListing(
            r.GetString(0),
            Enum.Parse<RunState>(r.GetString(1), ignoreCase: true),
            r.GetString(2),
            r.GetInt32(3),
            r.GetInt64(4),
            r.IsDBNull(7) ? null : r.GetInt64(7),
            r.GetInt64(5),
            r.IsDBNull(6) ? null : TimeSpan.FromSeconds(r.GetDouble(6)))
        {
            HasFreeWork = r.GetInt64(8) > 0 || r.GetInt32(9) > 0,
        }));
}
