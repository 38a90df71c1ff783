using System.Diagnostics;
using System.Net.Sockets;
using Glasswright.Kernels;
using Npgsql;

namespace Glasswright.Actors.Storage;

/// <summary>
/// A PostgreSQL database, shared by any number of processes. A connection that is lost after the start (the server was killed, the
/// network cut) is made again with growing pauses and the work repeated, until it succeeds or the caller gives up: whoever waits for a
/// commit learns the truth or nothing.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    // Any two processes that may make the schema at the same time must agree on it.
    private const long SchemaLock = 0x676c617373;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(30);

    private readonly StoreAddress _address;
    private readonly CancellationToken _giveUp;
    private readonly Action<string>? _report;
    private NpgsqlConnection? _connection;

    /// <summary>Connects, and makes the schema or brings it up to date.</summary>
    /// <param name="address">Where.</param>
    /// <param name="report">Told when the connection is lost, from time to time as long as it is, and when it stands again.</param>
    /// <param name="create">Whether to make the schema where there is none.</param>
    /// <param name="giveUp">Ends the waiting for a lost connection: whoever waits is told by an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InputException">There is no such database, it lets nobody in, it has no store, or it was written by a newer release.</exception>
    public PostgresDatabase(StoreAddress address, Action<string>? report = null, bool create = true, CancellationToken giveUp = default)
    {
        _address = address;
        _report = report;
        _giveUp = giveUp;
        try
        {
            _connection = Connect(address);
            Transact(session =>
            {
                session.Execute("SELECT pg_advisory_xact_lock(@a)", SchemaLock);
                if (session.Query("SELECT 1 FROM pg_namespace WHERE nspname = @a", r => r.GetInt32(0), address.Schema).Count == 0)
                {
                    if (!create)
                    {
                        throw new InputException(
                            "this database holds no store", address.ToString(), expected: "one that a search or a node has used");
                    }

                    session.Execute($"CREATE SCHEMA {address.Schema}");
                }

                Migrate(session, address.ToString(), InDialect);
            });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new InputException(
                "the file of passwords cannot be read", Environment.GetEnvironmentVariable("PGPASSFILE"), expected: "what PGPASSFILE names", inner: error);
        }
        catch (OperationCanceledException stopped) when (stopped.InnerException is { } error)
        {
            _connection?.Dispose();
            throw Unusable(error);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException)
        {
            _connection?.Dispose();
            throw Unusable(error);
        }
        catch
        {
            _connection?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Now => "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)";

    /// <inheritdoc/>
    public override string ForUpdate => "FOR UPDATE";

    /// <inheritdoc/>
    public override string ForUpdateSkipLocked => "FOR UPDATE SKIP LOCKED";

    /// <summary>Opens a connection of its own.</summary>
    public static NpgsqlConnection Connect(StoreAddress address)
    {
        var connection = new NpgsqlConnection(address.Connection().ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether a failure means that the connection or the server is gone, or that two transactions met: worth another attempt.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        // 08: connection; 25P03, 25P04: frozen in a transaction for too long; 40001, 40P01: serialization, deadlock; 53300: too many
        // connections; 57014: canceled by somebody; 57P01 to 57P05: shut down, crashed, starting.
        PostgresException { SqlState: { } state } =>
            state.StartsWith("08", StringComparison.Ordinal) || state is "25P03" or "25P04" or "40001" or "40P01" or "53300" or "57014" ||
            state.StartsWith("57P0", StringComparison.Ordinal),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        ObjectDisposedException or InvalidOperationException => false,
        _ => false,
    };

    /// <inheritdoc/>
    public override void Wake(DatabaseSession session, string what) => session.Execute("SELECT pg_notify(@a, @b)", _address.Channel, what);

    /// <inheritdoc/>
    protected override T RunTransaction<T>(Func<DatabaseSession, T> work) => Insist(connection =>
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        T result = work(new DatabaseSession(connection, transaction));
        transaction.Commit();
        return result;
    });

    /// <inheritdoc/>
    protected override T RunReading<T>(Func<DatabaseSession, T> work) =>
        Insist(connection => work(new DatabaseSession(connection, null)));

    /// <inheritdoc/>
    protected override void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private InputException Unusable(Exception error) => new(
        "the store cannot be used",
        _address.ToString(),
        expected: "a PostgreSQL database that this user may change; passwords come from PGPASSFILE or PGPASSWORD",
        found: (error as PostgresException)?.MessageText ?? error.InnerException?.Message ?? error.Message,
        inner: error);

    private T Insist<T>(Func<NpgsqlConnection, T> work)
    {
        TimeSpan pause = FirstPause;
        long lost = 0, reported = 0;
        while (true)
        {
            try
            {
                T result = work(_connection ??= Connect(_address));
                if (reported != 0)
                {
                    _report?.Invoke(FormattableString.Invariant(
                        $"the store answers again after {Stopwatch.GetElapsedTime(lost).TotalSeconds:F0} s"));
                }

                return result;
            }
            catch (Exception error) when (IsPassing(error) && !_giveUp.IsCancellationRequested)
            {
                // What it was in the middle of is unknown: a new connection begins anew.
                Close();
                lost = lost == 0 ? Stopwatch.GetTimestamp() : lost;
                if (pause > FirstPause && (reported == 0 || Stopwatch.GetElapsedTime(reported) > BetweenReports))
                {
                    reported = Stopwatch.GetTimestamp();
                    _report?.Invoke($"the store {_address} does not answer ({(error as PostgresException)?.MessageText ?? error.Message}); trying again");
                }

                _giveUp.WaitHandle.WaitOne(pause);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception error) when (IsPassing(error))
            {
                Close();
                throw new OperationCanceledException($"the store {_address} does not answer, and is not waited for any longer", error, _giveUp);
            }
        }
    }

    private static string InDialect(string sql) => sql
        .Replace("INTEGER", "BIGINT", StringComparison.Ordinal)
        .Replace("REAL", "DOUBLE PRECISION", StringComparison.Ordinal)
        .Replace("BLOB", "BYTEA", StringComparison.Ordinal);
}
