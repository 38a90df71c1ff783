namespace Glasswright.Actors.Storage;

/// <content>
/// Who works on what. A lease tells only when work may be taken over; what a commit counts by is the fence, which moves whenever the
/// owner does.
/// </content>
internal sealed partial class RunStore
{
    /// <inheritdoc/>
    public long TakeOver(string owner) => _database.Transact(s =>
    {
        long fence = s.Query(
            "UPDATE run SET fence = fence + 1, owner = @b WHERE run = @a RETURNING fence", r => r.GetInt64(0), Run, owner)[0];

        // A chain's fence only ever grows, also where nodes have taken it more often than the run.
        s.Execute("UPDATE chain SET owner = @b, fence = CASE WHEN fence >= @c THEN fence + 1 ELSE @c END WHERE run = @a", Run, owner, fence);
        return fence;
    });

    /// <inheritdoc/>
    public long Enter() => _database.Transact(s => s.Query(
        "UPDATE run SET entries = entries + 1 WHERE run = @a RETURNING entries", r => r.GetInt64(0), Run)[0]);

    /// <inheritdoc/>
    public long? TakeRun(string node) => _database.Transact(s => s.Query(
        $"UPDATE run SET fence = fence + 1, owner = @b WHERE run = @a AND (owner IS NULL OR owner = @b OR {IsOver("run.owner")}) RETURNING fence",
        r => (long?)r.GetInt64(0),
        Run, node)).FirstOrDefault();

    /// <inheritdoc/>
    public IReadOnlyList<(int Replica, long Fence)> TakeFree(string node, int most) => _database.Transact(s => s.Query(
        $"""
        UPDATE chain SET fence = fence + 1, owner = @b WHERE run = @a AND replica IN (
            SELECT replica FROM chain WHERE run = @a AND ended = 0 AND (owner IS NULL OR {IsOver("chain.owner")})
            ORDER BY replica LIMIT @c {_database.ForUpdateSkipLocked})
        RETURNING replica, fence
        """,
        r => (r.GetInt32(0), r.GetInt64(1)),
        Run, node, most).OrderBy(taken => taken.Item1).ToList());

    /// <inheritdoc/>
    public void Release(string node) => _database.Transact(s =>
    {
        s.Execute("UPDATE chain SET owner = NULL WHERE run = @a AND owner = @b", Run, node);
        s.Execute("UPDATE run SET owner = NULL WHERE run = @a AND owner = @b", Run, node);
        s.Execute("UPDATE claim SET node = NULL WHERE run = @a AND node = @b", Run, node);
        _database.Wake(s, Run);
    });

    /// <inheritdoc/>
    public void Release(string node, int replica) => _database.Transact(s => s.Execute(
        "UPDATE chain SET owner = NULL WHERE run = @a AND owner = @b AND replica = @c", Run, node, replica));

    private string IsOver(string owner) => NodeRegistry.IsOver(_database, owner);
}
