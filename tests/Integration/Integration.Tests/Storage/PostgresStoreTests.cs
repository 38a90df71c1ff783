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
