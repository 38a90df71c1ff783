using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Search;
using Glasswright.Actors.Tests.Storage;
using Glasswright.Kernels;

namespace Glasswright.Integration.Tests.Storage;

/// <summary>The claims of every store, on PostgreSQL; and what happens when its server does not stay.</summary>
public sealed class PostgresStoreTests(PostgresServer server) : RunStoreTests, IClassFixture<PostgresServer>
{
    private readonly StoreAddress _address = server.NewDatabase();

    private protected override Database Connect() => new PostgresDatabase(_address);

    // What steps beyond schema 6 have added.
    private static readonly string[] Later = ["validation", "label", "learning", "learned_model", "renewed"];

    [Fact]
    public void TheSchemaIsMadeOnceByWhoeverComesFirst()
    {
        StoreAddress address = server.NewDatabase();
        Database[] opened = new Database[8];
        Parallel.For(0, opened.Length, n => opened[n] = new PostgresDatabase(address));
        foreach (Database database in opened)
        {
            database.Read(s => s.Query("SELECT COUNT(*) FROM migration", r => r.GetInt64(0)))[0].ShouldBe(Migrations.Steps.Count);
            database.Dispose();
        }
    }

    [Fact]
    public void ANewerSchemaIsRefusedInOneLine()
    {
        StoreAddress address = server.NewDatabase();
        using (var database = new PostgresDatabase(address))
        {
            database.Transact(s => s.Execute("INSERT INTO migration(number, name) VALUES(99, 'of the future')"));
        }

        Should.Throw<InputException>(() => new PostgresDatabase(address)).Found.ShouldBe("schema 99");
    }

    [Fact]
    public void AnOlderSchemaIsBroughtUpToDateAndKeepsItsRuns()
    {
        StoreAddress address = server.NewDatabase();
        using (var database = new PostgresDatabase(address))
        {
            new RunStore(database, Run, owns: false).CreateRun(new RunRecord(Run, "i", "n", "c", 1), []);

            // As the releases of schema 6 left it.
            database.Transact(s =>
            {
                s.Execute("ALTER TABLE node DROP COLUMN run");
                s.Execute("ALTER TABLE run DROP COLUMN properties");
                s.Execute("ALTER TABLE structure DROP COLUMN property_values");
                s.Execute("ALTER TABLE best DROP COLUMN property_values");
                s.Execute("ALTER TABLE outcome DROP COLUMN properties");
                foreach (string table in Later)
                {
                    s.Execute($"DROP TABLE {table}");
                }

                s.Execute("CREATE TABLE label(run TEXT NOT NULL, structure TEXT NOT NULL, mode TEXT NOT NULL, sha256 TEXT NOT NULL)");
                s.Execute("DELETE FROM migration WHERE number > 6");
            });
        }

        using var opened = new PostgresDatabase(address);
        opened.Read(s => s.Query("SELECT COUNT(run) FROM node", r => r.GetInt64(0)))[0].ShouldBe(0);
        foreach (string table in Later)
        {
            opened.Read(s => s.Query($"SELECT COUNT(*) FROM {table}", r => r.GetInt64(0)))[0].ShouldBe(0);
        }

        RunListing.Read(opened).ShouldHaveSingleItem().Run.ShouldBe(Run);
        new RunStore(opened, Run, owns: false).ReadRun()!.Properties.ShouldBeEmpty();
    }

    [Fact]
    public void ADatabaseWithoutAStoreIsLeftAsItIsByThoseWhoOnlyLook()
    {
        StoreAddress address = server.NewDatabase();
        Should.Throw<InputException>(() => new PostgresDatabase(address, create: false)).Message.ShouldContain("holds no store");
        Should.Throw<InputException>(() => new PostgresDatabase(address, create: false)).Message.ShouldContain("holds no store");
        new PostgresDatabase(address).Dispose();
        new PostgresDatabase(address, create: false).Dispose();
    }

    [Fact]
    public void AProcessFrozenInATransactionGoesOnWhenItIsThawed()
    {
        using Database database = Connect(), others = Connect();
        using var store = new RunStore(database, Run, owns: false);
        store.CreateRun(new RunRecord(Run, "i", "n", "c", 1), []);
        int attempts = 0;
        database.Transact(s =>
        {
            attempts++;
            s.Execute("UPDATE run SET entries = entries + 1");
            if (attempts == 1)
            {
                // What a freeze comes to: the server waits for the next word until its patience ends.
                int backend = s.Query("SELECT pg_backend_pid()", r => r.GetInt32(0))[0];
                s.Execute("SET LOCAL idle_in_transaction_session_timeout = 50");
                SpinWait.SpinUntil(
                    () => others.Read(o => o.Query("SELECT 1 FROM pg_stat_activity WHERE pid = @a", r => r.GetInt32(0), backend)).Count == 0,
                    TimeSpan.FromSeconds(30)).ShouldBeTrue();
            }

            s.Execute("UPDATE run SET entries = entries + 10");
        });
        attempts.ShouldBe(2);
        others.Read(o => o.Query("SELECT entries FROM run", r => r.GetInt64(0)))[0].ShouldBe(11, "of the first attempt nothing stays");
    }

    [Theory]
    [InlineData("postgres://glasswright@127.0.0.1:1/test")]
    [InlineData("postgres://nobody@127.0.0.1:PORT/none")]
    public void AStoreThatCannotBeReachedAtTheStartIsOneLine(string address)
    {
        string port = _address.ToString().Split(':')[2].Split('/')[0];
        InputException error = Should.Throw<InputException>(
            () => new PostgresDatabase(StoreAddress.Parse(address.Replace("PORT", port, StringComparison.Ordinal))));
        error.Message.ShouldContain("store cannot be used");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task WhatWasCommittedOutlivesTheServerAndWhatWasNotIsDoneAgain()
    {
        using var own = new PostgresServer();
        using var database = new PostgresDatabase(own.NewDatabase());
        using var store = new RunStore(database, Run, owns: false);
        store.CreateRun(new RunRecord(Run, "i", "n", "c", 1), []);
        long fence = store.TakeOver("me");
        store.CreateChains([0], fence, Version(0));
        Task killer = Task.Run(() =>
        {
            for (int k = 0; k < 3; k++)
            {
                own.Kill();
                own.Start();
            }
        });
        long trial = 1;
        while (!killer.IsCompleted || trial < 50)
        {
            store.Commit(new ChainCommit(0, fence, 0, [Trial(trial)], null)).ShouldBe(CommitOutcome.Committed);
            trial++;
        }

        await killer;
        store.ReadTrials(0, 1).Select(row => row.Trial).ShouldBe(Enumerable.Range(1, (int)trial - 1).Select(t => (long)t));
    }

    [Fact]
    public void ACutConnectionIsMadeAgain()
    {
        using var database = new PostgresDatabase(_address);
        using var store = new RunStore(database, Run, owns: false);
        store.CreateRun(new RunRecord(Run, "i", "n", "c", 1), []);
        long fence = store.TakeOver("me");
        store.CreateChains([0], fence, Version(0));
        for (int trial = 1; trial <= 20; trial++)
        {
            server.CutConnections(_address);
            store.Commit(new ChainCommit(0, fence, 0, [Trial(trial)], null)).ShouldBe(CommitOutcome.Committed);
        }

        store.ReadTotals(0).Trials.ShouldBe(20);
    }

    [Fact]
    public void AWakeReachesAListener()
    {
        using Database database = Connect();
        using var woken = new SemaphoreSlim(0);
        using var listener = new StoreListener(_address, () => woken.Release());
        woken.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("at its beginning");
        database.Transact(s => database.Wake(s, "x"));
        woken.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        server.CutConnections(_address);
        woken.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("a lost connection may have lost a wake");
    }
}

/// <summary>The law of one answer with several nodes on PostgreSQL, while connections are cut.</summary>
public sealed class LawOfNodesOnPostgresTests(PostgresServer server) : LawOfNodesTests, IClassFixture<PostgresServer>
{
    private readonly StoreAddress _address = server.NewDatabase();

    private protected override Database Connect() => new PostgresDatabase(_address);

    private protected override IDisposable Listen(Action wake) => new StoreListener(_address, wake);

    [Fact]
    public async Task ConnectionsThatAreCutAgainAndAgainLoseNothing()
    {
        string folder = Harness.NewFolder();
        Task<SearchResult>[] nodes = [.. Enumerable.Range(0, 3).Select(n => Node(ShortLadders, (ulong)n, slow: true, folder: n == 0 ? folder : null))];
        int cuts = 0;
        using var woken = new SemaphoreSlim(0);
        using (Listen(() => woken.Release()))
        {
            while (!nodes[0].IsCompleted)
            {
                // Every tenth thing that happens in the store.
                for (int k = 0; k < 10 && !nodes[0].IsCompleted; k++)
                {
                    await Task.WhenAny(woken.WaitAsync(), nodes[0]);
                }

                server.CutConnections(_address);
                cuts++;
            }
        }

        await Task.WhenAll(nodes);
        cuts.ShouldBeGreaterThan(3);
        await ShouldAnswerAsOneProcess(folder, ShortLadders);
    }
}
