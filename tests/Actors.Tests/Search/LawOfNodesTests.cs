using System.Diagnostics;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// The law of one answer with several nodes on one store: whoever works on a run, joins, dies or is taken over, its files are the bytes
/// of one process that was left alone. Nodes are sessions of this process with connections and leases of their own.
/// </summary>
public abstract partial class LawOfNodesTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);

    private static readonly SearchSettings Chains = LawHarness.Settings with { Samplers = 2 };

    private protected static SearchSettings Ladders { get; } = Chains with
    {
        Replicas = 6,
        Tempering = new TemperingSettings { Scales = [1, 1.5, 4], Every = 7, WarmUpRounds = 6 },
    };

    /// <summary>Fewer trials, for landscapes that take their time.</summary>
    private protected static SearchSettings ShortLadders { get; } = Ladders with { Trials = 60 };

    private static readonly SearchSettings OneChain = Chains with { Replicas = 1, Trials = 200 };

    private protected LawHarness Harness { get; } = new();

    /// <summary>A connection of its own to the database of the test.</summary>
    private protected abstract Database Connect();

    /// <summary>Begins to wake whoever should look at the store.</summary>
    private protected virtual IDisposable Listen(Action wake) => new MemoryStream();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the test made.</summary>
    protected virtual void Dispose(bool disposing) => Harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task AnyNumberOfNodesAnswersTheSameBytes(int nodes)
    {
        string folder = Harness.NewFolder();
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(n => Node(Ladders, (ulong)n, folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, Ladders);
    }

    [Fact]
    public async Task OneChainOverSeveralNodesAnswersTheSameBytesAndTheOthersDoWorkForIt()
    {
        string folder = Harness.NewFolder();
        Func<int, Action<long, int>> untilHelped = UntilHelped(3);
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(n => Node(OneChain, (ulong)n, delay: untilHelped(n), folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, OneChain);
        results.Count(result => result.Spent.Relaxations > 0).ShouldBeGreaterThan(1, "a node without a chain helps");
    }

    [Fact]
    public async Task AChainOfVaryingCompositionOverSeveralNodesAnswersTheSameBytes()
    {
        SearchSettings one = LawSettings.VaryingComposition with { Samplers = 2, Replicas = 1, Trials = 100 };
        string folder = Harness.NewFolder();
        Func<int, Action<long, int>> untilHelped = UntilHelped(3);
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(n => Node(one, (ulong)n, delay: untilHelped(n), folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, one);
        results.Count(result => result.Spent.Relaxations > 0).ShouldBeGreaterThan(1, "a node without a chain helps");
    }

    [Fact]
    public async Task FurtherPropertiesAreTheSameWhoeverEvaluatesThem()
    {
        SearchSettings properties = LawSettings.Properties with { Samplers = 2, Replicas = 1, Trials = 100 };
        string folder = Harness.NewFolder();
        Func<int, Action<long, int>> untilHelped = UntilHelped(3);
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(n => Node(properties, (ulong)n, delay: untilHelped(n), folder: n == 0 ? folder : null)));
        await ShouldAnswerAsOneProcess(folder, properties);
        results.Count(result => result.Spent.Relaxations > 0).ShouldBeGreaterThan(1, "a node without a chain helps");
        string exported = Harness.NewFolder();
        (await Node(properties, 9, folder: exported)).Spent.Relaxations.ShouldBe(0);
        LawHarness.ShouldAnswerTheSame(exported, folder);
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public async Task ALadderWhoseTrialsAreSharedEndsByItself(int key)
    {
        // Two nodes without a chain, and trials so long that they are offered to them. Rungs change meanwhile: an answer may lack the structure.
        SearchSettings ladder = Chains with
        {
            Trials = 80,
            Calibration = new CalibrationSettings(0.1, 40),
            Tempering = new TemperingSettings { Scales = [1, 10], Every = 5 },
        };
        string folder = Harness.NewFolder();
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(n => Node(ladder, (ulong)(key + n), shared: true, folder: n == 0 ? folder : null)));
        results.ShouldAllBe(result => result.Outcome == SearchOutcome.Finished);
        await ShouldAnswerAsOneProcess(folder, ladder);
    }

    [Fact]
    public async Task WhoComesLateIsGivenChainsWhereTrialsAreTooShortToShare()
    {
        SearchSettings many = Ladders with { Trials = 1200, CheckpointEvery = TimeSpan.FromMilliseconds(50) };
        string folder = Harness.NewFolder();
        using Database database = Connect();
        using var store = new RunStore(database, "toy", owns: false);
        Task<SearchResult> first = Node(many, 1, folder: folder, patience: TimeSpan.FromMinutes(1));
        while (store.ReadRun() is null || store.ReadPositions().Sum(chain => chain.NextTrial) < 10)
        {
            await Task.Yield();
        }

        Task<SearchResult> late = Node(many, 2, patience: TimeSpan.FromMinutes(1));
        while (!first.IsCompleted && store.ReadPositions().Select(chain => chain.Owner).OfType<string>().Distinct().Count() < 2)
        {
            await Task.Yield();
        }

        first.IsCompleted.ShouldBeFalse("both own chains at some time");
        await Task.WhenAll(first, late);
        await ShouldAnswerAsOneProcess(folder, many);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    public async Task NodesThatDieAtRandomWritesAreTakenOver(int key) =>
        await ShouldAnswerAsOneProcess(await TakenOver(ShortLadders, key), ShortLadders);

    /// <summary>A run beside two nodes that die at random writes, and others in their place.</summary>
    private async Task<string> TakenOver(SearchSettings settings, int key)
    {
        string folder = Harness.NewFolder();
        Task<SearchResult> search = Node(settings, (ulong)key, slow: true, folder: folder);
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
                    await Node(settings, (ulong)key, slow: true, wrap: store => new CrashingStore(store, dieAt, after));
                }
                catch (SimulatedCrashException)
                {
                    Interlocked.Increment(ref deaths);
                }
            }
        }));
        (await search).Outcome.ShouldBe(SearchOutcome.Finished);
        deaths.ShouldBeGreaterThan(0);
        return folder;
    }

    [Fact]
    public async Task ANodeWhoseLeaseRunsOutUnnoticedLosesItsChainsAndHarmsNothing()
    {
        // Frozen, as it were: its lease is never renewed, but it goes on writing.
        string folder = Harness.NewFolder();
        Task<SearchResult> frozen = Node(ShortLadders, 71, slow: true, renew: false);
        SearchResult search = await Node(ShortLadders, 72, slow: true, folder: folder);
        search.Outcome.ShouldBe(SearchOutcome.Finished);
        (await frozen).Outcome.ShouldBe(SearchOutcome.Finished);
        await ShouldAnswerAsOneProcess(folder, ShortLadders);
    }

    [Fact]
    public async Task ARunEndsThoughTheProcessThatBeganItIsGone()
    {
        // It dies when it has opened the run and written some trials; another one finishes, a third makes the files from the store.
        await Should.ThrowAsync<SimulatedCrashException>(() => Node(Ladders, 81, wrap: store => new CrashingStore(store, 12, true)));
        (await Node(Ladders, 82)).Outcome.ShouldBe(SearchOutcome.Finished);
        string folder = Harness.NewFolder();
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

    private static void Spin(TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) > time);
    }

    /// <summary>Trials long enough to be offered to others, until two of the nodes have made a hundred force evaluations each.</summary>
    private static Func<int, Action<long, int>> UntilHelped(int nodes)
    {
        int[] calls = new int[nodes];
        return node => (_, _) =>
        {
            Interlocked.Increment(ref calls[node]);
            if (calls.Count(count => count >= 100) < 2)
            {
                Spin(TimeSpan.FromMilliseconds(3));
            }
        };
    }

    private protected async Task ShouldAnswerAsOneProcess(string folder, SearchSettings settings)
    {
        string reference = Harness.NewFolder();
        await LawHarness.RunAsync(reference, settings with { Samplers = 1 }, new ToyLandscape.Options(), learning: LearningOf(settings));
        LawHarness.ShouldAnswerTheSame(folder, reference);
    }

    /// <summary>One node's part of the run, to the end of the run or of the node.</summary>
    private protected async Task<SearchResult> Node(
        SearchSettings settings,
        ulong key,
        bool slow = false,
        bool shared = false,
        Action<long, int>? delay = null,
        string? folder = null,
        bool renew = true,
        TimeSpan? patience = null,
        Func<IRunStore, IRunStore>? wrap = null)
    {
        delay ??= shared ? (_, _) => Spin(TimeSpan.FromMilliseconds(3)) : slow ? (_, _) => Thread.SpinWait(20_000) : LawHarness.Delayed(key).Delay;
        var options = new ToyLandscape.Options { Delay = delay, Properties = settings.Decider.Properties.Count };
        using RunFolder? run = folder is null ? null : RunFolder.Create(folder, OutExists.Refuse);
        using Database database = Connect(), lease = Connect();
        NodeRecord node = NodeLease.Describe(settings.SamplerCount, options.Numerics);
        var nodes = new NodeRegistry(database);
        NodeLease? kept = renew ? new NodeLease(lease, node, patience ?? Lease) : null;
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
            Record = LawHarness.Record(settings, options),
            Learning = LearningOf(settings, delay),
            Shared = new SharedStore(nodes, node, Listen),
        });
        try
        {
            return await Task.Run(() => session.RunAsync(null, CancellationToken.None)).WaitAsync(TimeSpan.FromMinutes(3));
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
