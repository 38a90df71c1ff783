namespace Glasswright.Actors.Storage;

/// <summary>A process that works for runs.</summary>
/// <param name="Id">Its name, unique for all times.</param>
/// <param name="Host">The machine.</param>
/// <param name="Process">The process there.</param>
/// <param name="Threads">Samplers.</param>
/// <param name="Numerics">What it computes with.</param>
internal sealed record NodeRecord(string Id, string Host, int Process, int Threads, string Numerics);

/// <summary>A node as others see it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Age">Since it was announced.</param>
/// <param name="Alive">Whether its lease runs.</param>
/// <param name="Run">The run that it works on; null while it waits for one.</param>
internal sealed record NodeStatus(NodeRecord Node, TimeSpan Age, bool Alive, string? Run);

/// <summary>
/// The processes at work on a database, each with a lease that it renews: by the server's clock until <c>until</c>. A lease is over as
/// well when it ends farther in the future than it is long: then the clock was set back. Leases decide when work is taken over, never
/// what counts.
/// </summary>
internal sealed class NodeRegistry(Database database)
{
    /// <summary>Whether a lease is over, as a condition.</summary>
    /// <param name="database">The database.</param>
    /// <param name="owner">The column that names the node.</param>
    public static string IsOver(Database database, string owner) =>
        $"NOT EXISTS (SELECT 1 FROM node WHERE node.node = {owner} AND {database.Now} < node.until AND node.until <= {database.Now} + node.lease)";

    /// <summary>Begins or renews a lease. Nodes whose lease ended more than a minute ago are forgotten.</summary>
    public void Announce(NodeRecord node, TimeSpan lease) => database.Transact(s =>
    {
        s.Execute(
            $"""
            INSERT INTO node(node, host, process, threads, numerics, started, until, lease)
            VALUES(@a, @b, @c, @d, @e, {database.Now}, {database.Now} + @f, @f)
            ON CONFLICT(node) DO UPDATE SET until = {database.Now} + @f, lease = @f
            """,
            node.Id, node.Host, node.Process, node.Threads, node.Numerics, lease.TotalSeconds);
        s.Execute($"DELETE FROM node WHERE until < {database.Now} - 60");
    });

    /// <summary>Tells which run a node works on from now on; null for none.</summary>
    public void WorkOn(string node, string? run) => database.Transact(s => s.Execute("UPDATE node SET run = @b WHERE node = @a", node, run));

    /// <summary>Ends a lease.</summary>
    public void Leave(string node) => database.Transact(s =>
    {
        s.Execute("DELETE FROM node WHERE node = @a", node);
        database.Wake(s, node);
    });

    /// <summary>All nodes.</summary>
    public IReadOnlyList<NodeStatus> Read() => database.Read(s => s.Query(
        $"""
        SELECT node, host, process, threads, numerics, {database.Now} - started,
            CASE WHEN {database.Now} < until AND until <= {database.Now} + lease THEN 1 ELSE 0 END, run
        FROM node ORDER BY started, node
        """,
        r => new NodeStatus(
            new NodeRecord(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetInt32(3), r.GetString(4)),
            TimeSpan.FromSeconds(r.GetDouble(5)),
            r.GetInt32(6) != 0,
            r.IsDBNull(7) ? null : r.GetString(7))));
}
