using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>A PostgreSQL store that a verb works with, and this process's place among its nodes.</summary>
internal sealed class NodeConnection : IDisposable
{
    private readonly Session _session;
    private PostgresDatabase? _leaseDatabase;
    private NodeLease? _lease;

    private NodeConnection(StoreAddress address, Session session, bool create)
    {
        _session = session;
        Address = address;
        Database = new PostgresDatabase(address, session.Warn, create, session.Stop);
    }

    /// <summary>Where.</summary>
    public StoreAddress Address { get; }

    /// <summary>The connection for the work.</summary>
    public PostgresDatabase Database { get; }

    /// <summary>Connects.</summary>
    /// <param name="address">Where.</param>
    /// <param name="session">For warnings, and the wish to stop.</param>
    /// <param name="create">Whether to make the store's tables where there are none.</param>
    /// <exception cref="InputException">The address is of no PostgreSQL database, or it cannot be used.</exception>
    public static NodeConnection Open(string address, Session session, bool create = true) => new(Parse(address), session, create);

    /// <summary>The address of a PostgreSQL database.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static StoreAddress Parse(string address)
    {
        StoreAddress parsed = StoreAddress.Parse(address);
        return parsed.IsPostgres
            ? parsed
            : throw new InputException(
                "a store of one run's folder has no nodes", null, expected: "--store postgres://user@host:port/database", found: address);
    }

    /// <summary>Makes this process a node: from now on it keeps a lease, until this is disposed.</summary>
    public SharedStore Join(int threads, TimeSpan lease)
    {
        NodeRecord node = NodeLease.Describe(threads, RunNumerics.Current);
        _leaseDatabase = new PostgresDatabase(Address, giveUp: _session.Stop);
        _lease = new NodeLease(_leaseDatabase, node, lease, _session.Warn);
        return new SharedStore(new NodeRegistry(Database), node, wake => new StoreListener(Address, wake));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease?.Dispose();
        _leaseDatabase?.Dispose();
        Database.Dispose();
    }
}
