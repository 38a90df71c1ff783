using Glasswright.Actors.Proposal;

namespace Glasswright.Actors.Storage;

/// <content>
/// Trials that other nodes evaluate for the owner of a chain. The owner offers some; whoever is free takes a few and brings back their
/// numbers, with the structure only where it would be accepted; the owner decides and commits. A claim whose node is dead is offered anew.
/// Nothing here depends on an answer that may be lost: claims and results are read as they stand.
/// </content>
internal sealed partial class RunStore
{
    private const string Trial = "trial";

    /// <inheritdoc/>
    public void OfferClaims(int replica, long version, long fence, IReadOnlyList<(long Trial, AtomPair Pair)> trials) => _database.Transact(s =>
    {
        // An owner that does not know yet that it has lost the chain would offer what nobody needs.
        bool owns = s.Query(
            $"SELECT fence FROM chain WHERE run = @a AND replica = @b {_database.ForUpdate}", r => r.GetInt64(0), Run, replica)[0] == fence;
        if (!owns)
        {
            return;
        }

        s.ExecuteMany(
            """
            INSERT INTO claim(run, replica, version, trial, atom_a, atom_b) VALUES(@a, @b, @c, @d, @e, @f) ON CONFLICT DO NOTHING
            """,
            [.. trials.Select(trial => (object?[])[Run, replica, version, trial.Trial, trial.Pair.A, trial.Pair.B])]);
        _database.Wake(s, Run);
    });

    /// <inheritdoc/>
    public IReadOnlyList<Claim> TakeClaims(string node, int most) => _database.Transact(s =>
    {
        s.Execute(
            $"""
            UPDATE claim SET node = @b WHERE run = @a AND (replica, version, trial) IN (
                SELECT replica, version, trial FROM claim
                WHERE run = @a AND (node IS NULL OR {IsOver("claim.node")})
                ORDER BY trial, replica LIMIT @c {_database.ForUpdateSkipLocked})
            """,
            Run, node, most);
        return s.Query(
            "SELECT replica, version, trial, atom_a, atom_b FROM claim WHERE run = @a AND node = @b ORDER BY trial, replica",
            r => new Claim(r.GetInt32(0), r.GetInt64(1), r.GetInt64(2), new AtomPair(r.GetInt32(3), r.GetInt32(4))),
            Run, node);
    });

    /// <inheritdoc/>
    public void RetractClaims(int replica, long version, int most) => _database.Transact(s => s.Execute(
        $"""
        DELETE FROM claim WHERE run = @a AND replica = @b AND version = @c AND trial IN (
            SELECT trial FROM claim
            WHERE run = @a AND replica = @b AND version = @c AND (node IS NULL OR {IsOver("claim.node")})
            ORDER BY trial LIMIT @d {_database.ForUpdateSkipLocked})
        """,
        Run, replica, version, most));

    /// <inheritdoc/>
    public IReadOnlySet<long> ReadClaims(int replica, long version) => _database.Read(s => s.Query(
        "SELECT trial FROM claim WHERE run = @a AND replica = @b AND version = @c", r => r.GetInt64(0), Run, replica, version)).ToHashSet();

    /// <inheritdoc/>
    public void WriteResults(IReadOnlyList<RemoteResult> results) => _database.Transact(s =>
    {
        foreach (RemoteResult result in results)
        {
            // Of a version that has passed, nobody needs it; the row would only stay behind.
            bool present = s.Query(
                "SELECT version FROM chain WHERE run = @a AND replica = @b", r => r.GetInt64(0), Run, result.Replica)[0] == result.Version;
            if (present)
            {
                InsertResult(s, Trial, result.Replica, result.Version, result.Trial, result.Outcome, result.Structure);
            }

            s.Execute(
                "DELETE FROM claim WHERE run = @a AND replica = @b AND version = @c AND trial = @d",
                Run, result.Replica, result.Version, result.Trial);
        }

        _database.Wake(s, Run);
    });

    /// <inheritdoc/>
    public IReadOnlyList<RemoteResult> ReadResults(int replica, long version, long fromTrial) => _database.Read(s => s.Query(
        $"""
        SELECT {ResultColumns}, structure FROM result
        WHERE run = @a AND replica = @b AND version = @c AND kind = '{Trial}' AND trial >= @d ORDER BY trial
        """,
        r => new RemoteResult(replica, version, r.GetInt64(0), ReadOutcome(r), r.IsDBNull(15) ? null : (byte[])r[15]),
        Run, replica, version, fromTrial));

    /// <inheritdoc/>
    public void ResetClaims(int replica) => _database.Transact(s => s.Execute(
        "DELETE FROM claim WHERE run = @a AND replica = @b", Run, replica));

    /// <summary>What was evaluated for trials that are decided by now.</summary>
    private void ForgetResults(DatabaseSession s, int replica, long version, long nextTrial)
    {
        s.Execute("DELETE FROM claim WHERE run = @a AND replica = @b AND (version < @c OR trial < @d)", Run, replica, version, nextTrial);
        s.Execute(
            $"DELETE FROM result WHERE run = @a AND replica = @b AND kind = '{Trial}' AND (version < @c OR trial < @d)",
            Run, replica, version, nextTrial);
    }
}
