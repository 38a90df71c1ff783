using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Storage;
using Npgsql;

namespace Glasswright.Integration.Tests.Storage;

/// <summary>
/// Commits that are on disk and whose connection is cut before the answer comes. The server is made to wait for a standby that does not
/// exist: then a commit is on its own disk and not yet told, and its process can be ended right there.
/// </summary>
public sealed class LostAnswerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Waiting =
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = ";

    [Fact]
    public async Task WhateverLosesItsAnswerTakesEffectOnce()
    {
        using Database database = new PostgresDatabase(server.NewDatabase());
        using var store = new RunStore(database, "id", owns: false);
        await LoseAnswer(() => store.CreateRun(new RunRecord("id", "identity", "n1", "trials = 4", 2), []));
        long fence = 0;
        await LoseAnswer(() => fence = store.TakeOver("me"));
        await Committed(() => store.CreateChains([0, 1], fence, RunStoreTests.Version(0)));
        fence = store.ReadPositions()[0].Fence;
        PairOutcome pilot = new() { Pair = new AtomPair(1, 2), Outcome = TrialOutcome.NoDescent, Evaluations = 3 };
        await Committed(() => store.WritePilots([(1, pilot)], fence));
        await Committed(() => store.WriteCalibration(new CalibrationResult(CalibrationOutcome.Solved, [0.1], 1, 0.5, 0), fence));
        await Committed(() => store.Commit(new ChainCommit(
            0, fence, 0, [RunStoreTests.Trial(1) with { Accepted = true }], RunStoreTests.Version(1))));
        await Committed(() => store.Commit(new ChainCommit(1, fence, 0, [RunStoreTests.Trial(1)], null)));
        await Committed(() => store.CommitExchange(new ExchangeRecord(0, 1, 0, 0, 1, 1, 0, 0.25, true), 2, fence));
        await LoseAnswer(() => store.CommitLadder(1, [1, 2]));
        await LoseAnswer(() => store.WriteSpent(new SpentWork(new WorkCost(1, 1, default, default, default), 1, 0), 1));
        var nodes = new NodeRegistry(database);
        await LoseAnswer(() => nodes.Announce(new NodeRecord("a", "host", 1, 2, "n1"), TimeSpan.FromMinutes(5)));
        store.Release("me");

        // What was taken and not told is there all the same: the run can be taken again by its owner, chains and claims are read.
        long? run = null;
        await LoseAnswer(() => run = store.TakeRun("a"));
        run.ShouldNotBeNull();
        await LoseAnswer(() => store.TakeFree("a", 1));
        ChainPosition taken = store.ReadPositions().First(chain => chain.Owner == "a");
        await LoseAnswer(() => store.OfferClaims(
            taken.Replica, taken.Version, taken.Fence, [(2, new AtomPair(1, 2)), (3, new AtomPair(1, 2)), (4, new AtomPair(1, 2))]));
        await LoseAnswer(() => store.TakeClaims("a", 1));
        store.TakeClaims("a", 0).Select(claim => claim.Trial).ShouldBe([2L, 3L], "taken twice, told once");
        await LoseAnswer(() => store.WriteResults([new RemoteResult(taken.Replica, taken.Version, 2, pilot, null)]));
        await LoseAnswer(() => store.RetractClaims(taken.Replica, taken.Version, 9));
        store.ReadClaims(taken.Replica, taken.Version).ShouldBe([3L]);
        store.ReadResults(taken.Replica, taken.Version, 1).ShouldHaveSingleItem();
        await Committed(() => store.EndChain(taken.Replica, taken.Fence));
        store.ReadPilots().Count.ShouldBe(1);
        store.ReadTotals(0).Trials.ShouldBe(1);
        store.ReadExchanges().Count.ShouldBe(1);
        store.ReadSpent().Trials.ShouldBe(1);
        store.ReadPositions().Select(c => (c.Rung, c.NextTrial)).ShouldBe([(1, 2L), (0, 2L)]);

        async Task Committed(Func<CommitOutcome> commit)
        {
            CommitOutcome outcome = CommitOutcome.StaleFence;
            await LoseAnswer(() => outcome = commit());
            outcome.ShouldBe(CommitOutcome.Committed);
        }
    }

    private async Task LoseAnswer(Action call)
    {
        await using var control = NpgsqlDataSource.Create(Parameters("control"));
        Task calling;
        try
        {
            await HoldAnswersBack(control);
            calling = Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            while (!await EndWaiting(control, "glasswright"))
            {
                calling.IsCompleted.ShouldBeFalse("its answer came");
            }
        }
        finally
        {
            await LetAnswersGo(control);
        }

        await calling.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Sets the standby and returns once a commit was seen to wait for it: servers heed a setting when they come to it.</summary>
    private async Task HoldAnswersBack(NpgsqlDataSource source)
    {
        await Run(source, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await Run(source, "SELECT pg_reload_conf()");
        await using var probes = NpgsqlDataSource.Create(Parameters("probe"));
        while (true)
        {
            Task probe = Run(probes, "CREATE TABLE IF NOT EXISTS public.probe(n INT); INSERT INTO public.probe VALUES(1)");
            while (!probe.IsCompleted)
            {
                if (await EndWaiting(source, "probe"))
                {
                    (await Record.ExceptionAsync(() => probe)).ShouldNotBeNull();
                    return;
                }
            }
        }
    }

    private static async Task LetAnswersGo(NpgsqlDataSource source)
    {
        await Run(source, "ALTER SYSTEM RESET synchronous_standby_names");
        await Run(source, "SELECT pg_reload_conf()");
    }

    /// <summary>Ends the server's process of a connection whose commit waits. False if there is none.</summary>
    private static async Task<bool> EndWaiting(NpgsqlDataSource source, string application)
    {
        await using NpgsqlCommand end = source.CreateCommand(
            $"SELECT pg_terminate_backend(waiting.pid) FROM ({Waiting} '{application}') AS waiting");
        return await end.ExecuteScalarAsync() is true;
    }

    private static async Task Run(NpgsqlDataSource source, string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private string Parameters(string application) =>
        $"Host=127.0.0.1;Port={server.Port};Username=glasswright;Database=postgres;GSS Encryption Mode=Disable;Application Name={application}";
}
