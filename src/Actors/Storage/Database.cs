using System.Data.Common;

namespace Glasswright.Actors.Storage;

/// <summary>
/// One connection to a store with the run schema, for one thread at a time: a lock makes its callers queue. The statements are written
/// once, in what SQLite and PostgreSQL have in common; the few differences are members of the dialect.
/// </summary>
/// <remarks>
/// What is done in <see cref="Transact{T}"/> may be done again: after a lost connection nobody knows whether a commit took effect, so each
/// such piece of work recognizes that it was done before.
/// </remarks>
internal abstract class Database : IDisposable
{
    private readonly Lock _gate = new();

    /// <summary>The server's clock, in seconds since 1970, as an expression.</summary>
    public abstract string Now { get; }

    /// <summary>Ends a SELECT whose rows stay as they are until the transaction ends; empty where a transaction holds the only write lock.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>As <see cref="ForUpdate"/>, passing over rows that another one holds.</summary>
    public abstract string ForUpdateSkipLocked { get; }

    /// <summary>Does some work in one transaction that is on disk when this returns.</summary>
    public T Transact<T>(Func<DatabaseSession, T> work)
    {
        lock (_gate)
        {
            return RunTransaction(work);
        }
    }

    /// <summary>Does some work in one transaction that is on disk when this returns.</summary>
    public void Transact(Action<DatabaseSession> work) => Transact(session =>
    {
        work(session);
        return true;
    });

    /// <summary>Reads outside of a transaction.</summary>
    public T Read<T>(Func<DatabaseSession, T> work)
    {
        lock (_gate)
        {
            return RunReading(work);
        }
    }

    /// <summary>Wakes whoever listens, when the transaction has ended. It carries no truth: what happened stands in the tables.</summary>
    public abstract void Wake(DatabaseSession session, string what);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>One transaction, under the lock.</summary>
    protected abstract T RunTransaction<T>(Func<DatabaseSession, T> work);

    /// <summary>Reading, under the lock.</summary>
    protected abstract T RunReading<T>(Func<DatabaseSession, T> work);

    /// <summary>Closes the connection, under the lock.</summary>
    protected abstract void Close();

    /// <summary>Runs the steps of the schema that are missing.</summary>
    /// <param name="session">In a transaction that keeps others out.</param>
    /// <param name="place">Where, for messages.</param>
    /// <param name="dialect">Puts a step into the words of this database.</param>
    protected static void Migrate(DatabaseSession session, string place, Func<string, string> dialect)
    {
        session.Execute(dialect("CREATE TABLE IF NOT EXISTS migration(number INTEGER PRIMARY KEY, name TEXT NOT NULL)"));
        long present = session.Query("SELECT COALESCE(MAX(number), 0) FROM migration", r => r.GetInt64(0))[0];
        if (present > Migrations.Steps.Count)
        {
            throw new Kernels.InputException(
                "the store was written by a newer release",
                place,
                expected: $"schema {Migrations.Steps.Count} or older",
                found: $"schema {present}");
        }

        for (long number = present + 1; number <= Migrations.Steps.Count; number++)
        {
            (string name, string sql) = Migrations.Steps[(int)number - 1];
            session.Execute(dialect(sql));
            session.Execute("INSERT INTO migration(number, name) VALUES(@a, @b)", number, name);
        }
    }
}

/// <summary>Runs statements on a connection, within the transaction that is open there. Parameters are @a, @b, … in order.</summary>
/// <param name="connection">The connection.</param>
/// <param name="transaction">Its transaction; null outside of one.</param>
internal sealed class DatabaseSession(DbConnection connection, DbTransaction? transaction)
{
    /// <summary>A column as a number; NULL stands for NaN.</summary>
    public static double Real(DbDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using DbCommand command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows of a statement.</summary>
    public List<T> Query<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using DbCommand command = Command(sql, values);
        using DbDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Runs a statement for many rows of values: one way to the server and back where the driver can, one compiled statement elsewhere.</summary>
    public void ExecuteMany(string sql, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (connection.CanCreateBatch)
        {
            using DbBatch batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (object?[] values in rows)
            {
                DbBatchCommand row = batch.CreateBatchCommand();
#pragma warning disable CA2100 // Every statement is a literal of this folder; values travel as parameters.
                row.CommandText = sql;
#pragma warning restore CA2100
                AddParameters(row.Parameters, row.CreateParameter, values);
                batch.BatchCommands.Add(row);
            }

            batch.ExecuteNonQuery();
            return;
        }

        using DbCommand command = Command(sql, rows[0]);
        foreach (object?[] values in rows)
        {
            for (int p = 0; p < values.Length; p++)
            {
                command.Parameters[p].Value = Value(values[p]);
            }

            command.ExecuteNonQuery();
        }
    }

    private DbCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every statement is a literal of this folder; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        AddParameters(command.Parameters, command.CreateParameter, values);
        return command;
    }

    private static void AddParameters(DbParameterCollection parameters, Func<DbParameter> create, ReadOnlySpan<object?> values)
    {
        for (int p = 0; p < values.Length; p++)
        {
            DbParameter parameter = create();
            parameter.ParameterName = "@" + (char)('a' + p);
            parameter.Value = Value(values[p]);
            parameters.Add(parameter);
        }
    }

    // What is not finite becomes NULL.
    private static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        double d when !double.IsFinite(d) => DBNull.Value,
        _ => value,
    };
}
