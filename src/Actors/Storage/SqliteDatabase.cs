using Glasswright.Kernels;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <summary>
/// An SQLite file: write-ahead log and <c>synchronous = FULL</c>, so that a commit that has returned survives a power cut; one writer,
/// since every transaction holds the write lock from its start.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    private const int CannotOpen = 14;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SqliteConnection _connection;

    /// <summary>Opens the file, creating it or bringing its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to make a file that does not exist.</param>
    /// <exception cref="InputException">The file was written by a newer release, is no store, or is missing and not to be made.</exception>
    public SqliteDatabase(string path, bool create = true)
    {
        var address = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
        };
        _connection = new SqliteConnection(address.ToString());
        try
        {
            _connection.Open();
            var session = new DatabaseSession(_connection, null);
            session.Execute("PRAGMA busy_timeout = 5000");
            session.Execute("PRAGMA journal_mode = WAL");
            session.Execute("PRAGMA synchronous = FULL");
            Transact(transaction => Migrate(transaction, path, sql => sql));
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NotADatabase)
        {
            _connection.Dispose();
            throw new InputException(
                "this is no store of a run", path, expected: "an SQLite file", found: error.Message, inner: error);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == CannotOpen && !create && !File.Exists(path))
        {
            _connection.Dispose();
            throw new InputException("the store of the run is missing", path, expected: "the file that the run has made", inner: error);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Now => "unixepoch('subsec')";

    /// <inheritdoc/>
    public override string ForUpdate => "";

    /// <inheritdoc/>
    public override string ForUpdateSkipLocked => "";

    /// <summary>
    /// Whether a file is a store in which a run was begun. A file that cannot be read as a store counts as one: it is for its owner
    /// to judge.
    /// </summary>
    public static bool HoldsRun(string path)
    {
        var address = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        try
        {
            using var connection = new SqliteConnection(address.ToString());
            connection.Open();
            var session = new DatabaseSession(connection, null);
            return session.Query("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'run'", r => r.GetInt64(0))[0] > 0 &&
                session.Query("SELECT count(*) FROM run", r => r.GetInt64(0))[0] > 0;
        }
        catch (SqliteException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public override void Wake(DatabaseSession session, string what)
    {
    }

    /// <inheritdoc/>
    protected override T RunTransaction<T>(Func<DatabaseSession, T> work)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        T result = work(new DatabaseSession(_connection, transaction));
        transaction.Commit();
        return result;
    }

    /// <inheritdoc/>
    protected override T RunReading<T>(Func<DatabaseSession, T> work) => work(new DatabaseSession(_connection, null));

    /// <inheritdoc/>
    protected override void Close() => _connection.Dispose();
}
