using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Tests.Search;

/// <content>What one node does between two reads of another.</content>
public abstract partial class LawOfNodesTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AnExchangeThatIsLookedAtAcrossADecisionIsFoundAndNotMadeAnew()
    {
        SearchSettings settings = LearningChains with
        {
            Replicas = 2,
            Trials = 100,
            Tempering = new TemperingSettings { Scales = [1, 4], Every = 20 },
            Learning = new LearningSettings { Every = 20 },
        };
        using Database database = Connect();
        using var look = new RunStore(database, "toy", owns: false);
        int across = 0;
        Task<SearchResult> decider = Node(settings, 1, slow: true, wrap: store => HookedStore.On(store, OneChain()));
        SpinWait.SpinUntil(() => decider.IsCompleted || (look.ReadRun() is not null && look.ReadPositions() is [{ Owner: not null }, ..]), Enough).ShouldBeTrue();
        string folder = Harness.NewFolder();
        Task<SearchResult> other = Node(settings, 2, slow: true, folder: folder, wrap: store =>
        {
            Action<string, object?[]> one = OneChain();
            return HookedStore.On(store, (name, arguments) =>
            {
                one(name, arguments);
                int decided = name == "ReadObjectives" ? store.ReadLearning().Count : 0;
                if (name == "ReadObjectives" && decided < settings.LearningPlan.Decisions)
                {
                    // The other one exchanges, and changes the model.
                    across += SpinWait.SpinUntil(() => store.ReadLearning().Count > decided, Enough) ? 1 : 0;
                }
            });
        });
        (await Task.WhenAll(decider, other)).ShouldAllBe(result => result.Outcome == SearchOutcome.Finished);
        across.ShouldBeGreaterThan(0);
        await ShouldLearnAsOneProcess(folder, settings);

        // Each takes one chain and no more.
        static Action<string, object?[]> OneChain()
        {
            bool has = false;
            return (name, arguments) =>
            {
                if (name == "TakeFree")
                {
                    arguments[1] = has ? 0 : 1;
                    has = true;
                }
            };
        }
    }

    [Fact]
    public async Task AnExchangeThatIsCommittedWhileAChainIsTakenOverMovesItsRung()
    {
        SearchSettings settings = Chains with { Replicas = 2, Trials = 60, Tempering = new TemperingSettings { Scales = [1, 1.01], Every = 10 } };
        await Should.ThrowAsync<SimulatedCrashException>(() => Node(settings, 1, wrap: store => HookedStore.On(store, (name, _) =>
        {
            if (name == "CommitExchange")
            {
                throw new SimulatedCrashException();
            }
        })));
        int done = 0;
        string folder = Harness.NewFolder();
        await Node(settings, 2, folder: folder, wrap: store => HookedStore.On(store, (name, arguments) =>
        {
            if (name == "ReadTotals" && (int)arguments[0]! == 1 && Interlocked.Exchange(ref done, 1) == 0)
            {
                // What the owner of chain 0 would do just now.
                var rounds = new ExchangeRounds(settings, store.ReadCalibration()!.Constants, store, shared: true);
                ChainPosition zero = store.ReadPositions()[0];
                rounds.Reach(new Standing(0, 1, zero.Rung, zero.Version, store.ReadObjectives(0, zero.Version), zero.Fence));
                rounds.Settle().Ended.ShouldHaveSingleItem();
                store.ReadExchanges().ShouldHaveSingleItem().Accepted.ShouldBeTrue();
            }
        }));
        done.ShouldBe(1);
        await ShouldAnswerAsOneProcess(folder, settings);
    }

    [Fact]
    public async Task ANodeThatOpensTheRunTooLateFindsItDecidedOn()
    {
        SearchSettings settings = LearningChains with { Trials = 200 };
        int blocked = 0;
        bool found = false;
        Task<SearchResult> late = Node(settings, 1, slow: true, renew: false, wrap: store => HookedStore.On(store, (name, _) =>
        {
            if (name == "ReadLearning" && blocked == 1 && store.ReadLearning().Count > 0)
            {
                Volatile.Write(ref found, true);
            }

            if (name == "WritePilots" && Interlocked.Exchange(ref blocked, 1) == 0)
            {
                // Frozen until another node has opened the run and changed its model, and its own coordinator has seen that.
                SpinWait.SpinUntil(() => Volatile.Read(ref found), Enough).ShouldBeTrue();
            }
        }));
        SpinWait.SpinUntil(() => Volatile.Read(ref blocked) == 1, Enough).ShouldBeTrue();
        string folder = Harness.NewFolder();
        (await Node(settings, 2, slow: true, folder: folder)).Outcome.ShouldBe(SearchOutcome.Finished);
        (await late).Outcome.ShouldBe(SearchOutcome.Finished);
        await ShouldLearnAsOneProcess(folder, settings);
    }
}
