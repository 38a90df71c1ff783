using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Tests.Learning;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tests.Search;

/// <content>Nodes that change the model of their run together.</content>
public abstract partial class LawOfNodesTests
{
    private static readonly SearchSettings LearningChains = Chains with { Replicas = 3, Trials = 90, Learning = new LearningSettings { Every = 20 } };

    private static readonly SearchSettings LearningLadders = LearningChains with
    {
        Replicas = 4,
        Tempering = new TemperingSettings { Scales = [1, 2], Every = 10, WarmUpRounds = 2 },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task NodesThatLearnTogetherAnswerTheSameBytes(int nodes)
    {
        string folder = Harness.NewFolder();
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(n => Node(LearningLadders, (ulong)n, folder: n == 0 ? folder : null)));
        await ShouldLearnAsOneProcess(folder, LearningLadders);
    }

    [Fact]
    public async Task WhoHelpsAChainUsesTheModelOfTheTrial()
    {
        SearchSettings one = LearningChains with { Replicas = 1, Trials = 200, Learning = new LearningSettings { Every = 30 } };
        string folder = Harness.NewFolder();
        Func<int, Action<long, int>> untilHelped = UntilHelped(3);
        SearchResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(n => Node(one, (ulong)n, delay: untilHelped(n), folder: n == 0 ? folder : null)));
        await ShouldLearnAsOneProcess(folder, one);
        results.Count(result => result.Spent.Relaxations > 0).ShouldBeGreaterThan(1, "a node without a chain helps");
    }

    [Theory]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(67)]
    public async Task NodesThatDieAtRandomWritesOfLabelsAndDecisionsAreTakenOver(int key) =>
        await ShouldLearnAsOneProcess(await TakenOver(LearningLadders, key), LearningLadders);

    [Fact]
    public async Task ANodeThatFreezesWhileItDecidesHarmsNothing()
    {
        // It keeps chain 0 without a lease, and decides as long as it does not know that the chain is another's.
        string folder = Harness.NewFolder();
        Task<SearchResult> frozen = Node(LearningChains, 75, slow: true, renew: false);
        SearchResult search = await Node(LearningChains, 76, slow: true, folder: folder);
        search.Outcome.ShouldBe(SearchOutcome.Finished);
        (await frozen).Outcome.ShouldBe(SearchOutcome.Finished);
        await ShouldLearnAsOneProcess(folder, LearningChains);
    }

    [Theory]
    [InlineData(85)]
    [InlineData(86)]
    public async Task ARunThatLosesItsOnlyNodeAgainAndAgainDecidesTheSame(int key)
    {
        int deaths = 0;
        for (bool finished = false; !finished;)
        {
            var dice = new DrawSequence((ulong)key, RandomStream.SelfTest, 0, deaths);
            int dieAt = 1 + (int)dice.NextBelow(8);
            bool after = dice.NextBelow(2) == 1;
            try
            {
                finished = (await Node(LearningChains, (ulong)key, wrap: store => new CrashingStore(store, dieAt, after))).Outcome == SearchOutcome.Finished;
            }
            catch (SimulatedCrashException)
            {
                deaths++;
            }
        }

        deaths.ShouldBeGreaterThan(5);
        string folder = Harness.NewFolder();
        (await Node(LearningChains, (ulong)key, folder: folder)).Spent.Relaxations.ShouldBe(0);
        await ShouldLearnAsOneProcess(folder, LearningChains);
    }

    private static LearningParts? LearningOf(SearchSettings settings, Action<long, int>? delay = null) =>
        settings.Learning is null ? null : ToyLearning.Parts(delay: delay);

    private async Task ShouldLearnAsOneProcess(string folder, SearchSettings settings)
    {
        await ShouldAnswerAsOneProcess(folder, settings);
        File.ReadLines(Path.Combine(folder, "learning.csv")).Count().ShouldBe(1 + settings.LearningPlan.Decisions);
        File.ReadLines(Path.Combine(folder, "learning.csv")).Last().Split(',')[6].ShouldNotBe("0", "the model changed");
    }
}
