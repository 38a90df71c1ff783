using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Microsoft.Data.Sqlite;

namespace Glasswright.Actors.Tests.Storage;

public sealed class SqliteRunStoreTests : RunStoreTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-store-").FullName;

    private string DatabasePath => Path.Combine(_folder, "run.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private protected override Database Connect() => new SqliteDatabase(DatabasePath);

    [Fact]
    public void ANewerSchemaIsRefusedInOneLine()
    {
        new RunStore(new SqliteDatabase(DatabasePath)).Dispose();
        using (var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "INSERT INTO migration(number, name) VALUES(99, 'of the future')";
            command.ExecuteNonQuery();
        }

        InputException error = Should.Throw<InputException>(() => new RunStore(new SqliteDatabase(DatabasePath)));
        error.Message.ShouldContain("newer release");
        error.Found.ShouldBe("schema 99");
    }

    [Fact]
    public void AFileThatIsNoStoreIsRefusedInOneLine()
    {
        File.WriteAllText(DatabasePath, new string('x', 5000));
        Should.Throw<InputException>(() => new RunStore(new SqliteDatabase(DatabasePath))).Message.ShouldContain("no store");
    }

    [Fact]
    public void AnOlderSchemaIsBroughtUpToDateWithWhatItHolds()
    {
        using (var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE migration(number INTEGER PRIMARY KEY, name TEXT NOT NULL);" + string.Concat(
                Migrations.Steps.Take(5).Select((step, n) => $"{step.Sql} INSERT INTO migration VALUES({n + 1}, '{step.Name}');")) +
                "INSERT INTO run(run, identity, numerics, configuration, replicas, fence) VALUES('id', 'i', 'n', 'c', 1, 4);" +
                "INSERT INTO chain VALUES('id', 0, 3, 17, 0, 'me', 4);" +
                "INSERT INTO spent VALUES('id', 4, 9, 0, 1, 1, 1, 1, 1)";
            command.ExecuteNonQuery();
        }

        using var store = new RunStore(new SqliteDatabase(DatabasePath));
        store.ReadRun()!.Numerics.ShouldBe("n");
        store.ReadRun()!.Properties.ShouldBeEmpty();
        store.ReadPositions().ShouldBe([new ChainPosition(0, 3, 17, 0, "me", 4, false)]);
        store.ReadState().ShouldBe(RunState.Live);
        store.Enter().ShouldBe(5, "numbers of earlier processes are not given again");
    }
}
