using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// The law of one answer with several nodes on one store: whoever works on a run, joins, dies or is taken over, its files are the bytes
/// of one process that was left alone. Nodes are sessions of this process with connections and leases of their own.
/// </summary>
public abstract class LawOfNodesTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);

    private static readonly SearchSettings Chains = LawHarness.Settings with { Samplers = 2 };

    private static readonly SearchSettings Ladders = Chains with
    {
        Replicas = 6,
        Tempering = new TemperingSettings { Scales = [1, 1.5, 4], Every = 7, WarmUpRounds = 6 },
    };

    private static readonly SearchSettings OneChain = Chains with { Replicas = 1, Trials = 200 };

    private readonly LawHarness _harness = new();

    /// <summary>A connection of its own to the database of the test.</summary>
    private protected abstract Database Connect();

    /// <summary>Begins to wake whoever should look at the store.</summary>
    private protected virtual IDisposable Listen(Action wake) => new MemoryStream();

    /// <summary>What may befall a store that is not a file.</summary>
    private protected virtual void Disturb()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the test made.</summary>
    protected virtual void Dispose(bool disposing) => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task AnyNumberOfNodesAnswersTheSameBytes(int nodes)
    {
        string folder = _harness.NewFolder();
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(n => Node(Ladders, (ulong)n, folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task OneChainOverSeveralNodesAnswersTheSameBytesAndTheOthersDoWorkForIt()
    {
        string folder = _harness.NewFolder();
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(n => Node(OneChain, (ulong)n, slow: true, folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, OneChain);
        results.Count(result => result.Spent.Relaxations > 20).ShouldBeGreaterThan(1, "a node without a chain helps");
    }

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    public async Task NodesThatDieAtRandomWritesAreTakenOver(int key)
    {
        string folder = _harness.NewFolder();
        Task<SearchResult> search = Node(Ladders, (ulong)key, folder: folder);
        int deaths = 0;
        await Task.WhenAll(Enumerable.Range(1, 2).Select(async n =>
        {
            for (int life = 0; life < 6 && !search.IsCompleted; life++)
            {
                var dice = new DrawSequence((ulong)key, RandomStream.SelfTest, n, life);
                int dieAt = 1 + (int)dice.NextBelow(15);
                bool after = dice.NextBelow(2) == 1;
                try
                {
                    await Node(Ladders, (ulong)key, wrap: store => new CrashingStore(store, dieAt, after));
                }
                catch (SimulatedCrashException)
                {
                    Interlocked.Increment(ref deaths);
                }
            }
        }));
        (await search).Outcome.ShouldBe(SearchOutcome.Finished);
        deaths.ShouldBeGreaterThan(0);
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task ANodeWhoseLeaseRunsOutUnnoticedLosesItsChainsAndHarmsNothing()
    {
        // Frozen, as it were: its lease is never renewed, but it goes on writing.
        string folder = _harness.NewFolder();
        Task<SearchResult> frozen = Node(Ladders, 71, slow: true, renew: false);
        SearchResult search = await Node(Ladders, 72, slow: true, folder: folder);
        search.Outcome.ShouldBe(SearchOutcome.Finished);
        (await frozen).Outcome.ShouldBe(SearchOutcome.Finished);
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task AStoreThatIsDisturbedAgainAndAgainLosesNothing()
    {
        string folder = _harness.NewFolder();
        Task<SearchResult>[] nodes = [.. Enumerable.Range(0, 3).Select(n => Node(Ladders, (ulong)n, slow: true, folder: n == 0 ? folder : null))];
        using Database database = Connect();
        using var store = new RunStore(database, "toy", owns: false);
        for (int committed = 60; !nodes[0].IsCompleted; committed += 60)
        {
            while (!nodes[0].IsCompleted && store.ReadPositions().Sum(chain => chain.NextTrial) < committed)
            {
                await Task.Yield();
            }

            Disturb();
        }

        await Task.WhenAll(nodes);
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task ARunEndsThoughTheProcessThatBeganItIsGone()
    {
        // It dies when it has opened the run and written some trials; another one finishes, a third makes the files from the store.
        await Should.ThrowAsync<SimulatedCrashException>(() => Node(Ladders, 81, wrap: store => new CrashingStore(store, 12, true)));
        (await Node(Ladders, 82)).Outcome.ShouldBe(SearchOutcome.Finished);
        string folder = _harness.NewFolder();
        (await Node(Ladders, 83, folder: folder)).Spent.Relaxations.ShouldBe(0);
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task ACanceledRunStopsOnEveryNode()
    {
        using Database database = Connect();
        using var store = new RunStore(database, "toy", owns: false);
        SearchSettings endless = Chains with { Trials = 1_000_000 };
        Task<SearchResult>[] nodes = [Node(endless, 91), Node(endless, 92)];
        while (store.ReadRun() is null || store.ReadPositions().Sum(chain => chain.NextTrial) < 10)
        {
            await Task.Yield();
        }

        store.WriteState(RunState.Canceled);
        foreach (SearchResult result in await Task.WhenAll(nodes))
        {
            result.Outcome.ShouldBe(SearchOutcome.Stopped);
        }

        store.ReadPositions().ShouldAllBe(chain => chain.Owner == null);
    }

    private async Task ShouldAnswerAsOneProcess(string folder, SearchSettings settings)
    {
        string reference = _harness.NewFolder();
        await LawHarness.RunAsync(reference, settings with { Samplers = 1 }, new ToyLandscape.Options());
        LawHarness.ShouldAnswerTheSame(folder, reference);
    }

    /// <summary>One node's part of the run, to the end of the run or of the node.</summary>
    private async Task<SearchResult> Node(
        SearchSettings settings,
        ulong key,
        bool slow = false,
        string? folder = null,
        bool renew = true,
        Func<IRunStore, IRunStore>? wrap = null)
    {
        ToyLandscape.Options options = slow ? new ToyLandscape.Options { Delay = (_, _) => Thread.SpinWait(20_000) } : LawHarness.Delayed(key);
        using RunFolder? run = folder is null ? null : RunFolder.Create(folder, OutExists.Refuse);
        using Database database = Connect(), lease = Connect();
        NodeRecord node = NodeLease.Describe(settings.SamplerCount, options.Numerics);
        var nodes = new NodeRegistry(database);
        NodeLease? kept = renew ? new NodeLease(lease, node, Lease) : null;
        if (!renew)
        {
            nodes.Announce(node, Lease);
        }

        var store = new RunStore(database, "toy", owns: false);
        var session = new SearchSession(new SearchParts
        {
            Settings = settings,
            Start = ToyLandscape.Start(options),
            MakeEvaluator = () => new ToyLandscape(options),
            Store = wrap?.Invoke(store) ?? store,
            Folder = run,
            Record = new RunRecord("toy", "toy", options.Numerics, "trials = 1", settings.Replicas),
            Shared = new SharedStore(nodes, node, Listen),
        });
        try
        {
            return await Task.Run(() => session.RunAsync(null, CancellationToken.None)).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (SimulatedCrashException)
        {
            // A dead process says no farewell: its lease runs out.
            lease.Transact(s => s.Execute("UPDATE node SET until = 0 WHERE node = @a", node.Id));
            throw;
        }
        finally
        {
            kept?.Dispose();
        }
    }
}
