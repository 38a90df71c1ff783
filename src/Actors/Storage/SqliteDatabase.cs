using Glasswright.Kernels;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Storage;

/// <summary>
/// One connection to an SQLite file with the run schema: write-ahead log, <c>synchronous = FULL</c>. For one thread at a time.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int CannotOpen = 14;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SqliteConnection _connection;

    /// <summary>Opens the file, creating it or bringing its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to make a file that does not exist.</param>
    /// <exception cref="InputException">The file was written by a newer release, is no store, or is missing and not to be made.</exception>
    public SqliteDatabase(string path, bool create)
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
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            Execute("PRAGMA busy_timeout = 5000");
            Migrate(path);
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

    /// <summary>A column as a number; NULL stands for NaN.</summary>
    public static double Real(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    /// <summary>A value as a parameter; what is not finite becomes NULL.</summary>
    public static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        double d when !double.IsFinite(d) => DBNull.Value,
        _ => value,
    };

    /// <summary>Begins a transaction that holds the write lock from the start.</summary>
    public SqliteTransaction Begin() => _connection.BeginTransaction(deferred: false);

    /// <summary>A statement to be run many times, with parameters $p0, $p1, ….</summary>
    public SqliteCommand Prepare(string sql, int parameters)
    {
        SqliteCommand command = Command(sql, []);
        for (int p = 0; p < parameters; p++)
        {
            command.Parameters.Add(new SqliteParameter($"$p{p}", DBNull.Value));
        }

        return command;
    }

    /// <summary>Runs a statement with parameters $a, $b, … in order.</summary>
    public void Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows of a statement with parameters $a, $b, … in order.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Migrate(string path)
    {
        Execute("CREATE TABLE IF NOT EXISTS migration(number INTEGER PRIMARY KEY, name TEXT NOT NULL)");
        long present = Query("SELECT COALESCE(MAX(number), 0) FROM migration", r => r.GetInt64(0))[0];
        if (present > Migrations.Steps.Count)
        {
            throw new InputException(
                "the store was written by a newer release",
                path,
                expected: $"schema {Migrations.Steps.Count} or older",
                found: $"schema {present}");
        }

        for (long number = present + 1; number <= Migrations.Steps.Count; number++)
        {
            (string name, string sql) = Migrations.Steps[(int)number - 1];
            using SqliteTransaction transaction = Begin();
            Execute(sql);
            Execute("INSERT INTO migration(number, name) VALUES($a, $b)", number, name);
            transaction.Commit();
        }
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a literal of this folder; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int p = 0; p < values.Length; p++)
        {
            command.Parameters.AddWithValue("$" + (char)('a' + p), Value(values[p]));
        }

        return command;
    }
}
