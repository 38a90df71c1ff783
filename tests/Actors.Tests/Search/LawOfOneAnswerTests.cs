using System.Text.Json;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// The law of one answer on the toy landscape: the files are the same bytes for any number of samplers, any delays, and any
/// kill with resume. The reference is a run with one sampler, no delays and no interruption.
/// </summary>
public sealed class LawOfOneAnswerTests(LawOfOneAnswerTests.Reference reference) : IClassFixture<LawOfOneAnswerTests.Reference>, IDisposable
{
    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void TheReferenceHasAcceptedRejectedFailedAndIrreversibleTrials()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(reference.Folder, "chain-0.csv")).Skip(1)];
        rows.Length.ShouldBe(120);
        rows.ShouldContain(r => r.Split(',')[1] == "1");
        rows.ShouldContain(r => r.Split(',')[4] == nameof(TrialOutcome.EvaluationLimit));
        rows.ShouldContain(r => r.Split(',')[4] == nameof(TrialOutcome.NotReversible));
        rows.ShouldContain(r => r.Split(',')[9] == MultiTargetRule.Hastings);
        rows.ShouldContain(r => r.Split(',')[9] == "max");
        reference.Result.Outcome.ShouldBe(SearchOutcome.Finished);
        reference.Result.RepeatShare.ShouldBeGreaterThan(0.05);
        LawHarness.Answer(reference.Folder).Keys.ShouldBe(
        [
            "accepted-0.extxyz", "accepted-1.extxyz", "best.data", "best.extxyz", "chain-0.csv", "chain-1.csv",
            "final-0.extxyz", "final-1.extxyz", "final.data", "final.extxyz",
        ]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task AnyNumberOfSamplersWithRandomDelaysAnswersTheSameBytes(int samplers)
    {
        string folder = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = samplers }, LawHarness.Delayed((ulong)samplers));
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
        result.RepeatShare.ShouldBe(reference.Result.RepeatShare);
    }

    [Fact]
    public async Task ReloadingTheStateAfterEveryCommitAnswersTheSameBytes()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 2, RoundTripEveryCommit = true }, LawHarness.Delayed(9));
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Theory]
    [InlineData(1, 21)]
    [InlineData(2, 22)]
    [InlineData(3, 23)]
    [InlineData(8, 24)]
    public async Task KilledAtRandomWritesAndResumedItAnswersTheSameBytes(int samplers, ulong key)
    {
        (string folder, int crashes) = await _harness.RunWithCrashesAsync(LawHarness.Settings with { Samplers = samplers }, key);
        crashes.ShouldBeGreaterThan(3);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task StoppedByTheUserAndResumedItAnswersTheSameBytesUpToTheOriginalTotal()
    {
        string folder = _harness.NewFolder();
        int stops = 0;
        WorkCost spent = default;
        SearchResult result;
        do
        {
            using var stop = new CancellationTokenSource();
            long until = 25 * ++stops;
            var progress = new ActionProgress(p =>
            {
                if (p.Stage == SearchStage.Running ? p.Done >= until : p.Done >= 10 + stops)
                {
                    stop.Cancel();
                }
            });
            result = await LawHarness.RunAsync(
                folder, LawHarness.Settings with { Samplers = 2 }, LawHarness.Delayed(31), null, progress, stop: stop.Token);
            spent += result.Spent;
            JsonElement written = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("spent");
            written.GetProperty("evaluations").GetInt64().ShouldBe(spent.Evaluations);
            written.GetProperty("unique_relaxations").GetInt64().ShouldBe(spent.Relaxations);
            written.GetProperty("relax_s").GetDouble().ShouldBe(spent.RelaxTime.TotalSeconds, 1e-9);
            long rows = Enumerable.Range(0, 2)
                .Select(r => Path.Combine(folder, $"chain-{r}.csv"))
                .Where(File.Exists)
                .Sum(path => File.ReadLines(path).Count() - 1);
            rows.ShouldBe(result.Trials);
        }
        while (result.Outcome == SearchOutcome.Stopped);
        stops.ShouldBeGreaterThan(2);
        result.Trials.ShouldBe(240);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task AFinishedRunResumedChangesNothing()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 2 }, new ToyLandscape.Options());
        SearchResult again = await LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 3 }, new ToyLandscape.Options());
        again.Outcome.ShouldBe(SearchOutcome.Finished);
        again.Spent.Relaxations.ShouldBe(0);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task HoleThatAPowerCutLeftInTheLastFrameIsFilledFromTheStore()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options());
        using (FileStream accepted = File.Open(Path.Combine(folder, "accepted-0.extxyz"), FileMode.Open))
        {
            // Within a line, so that every line still counts.
            accepted.Position = accepted.Length - 6;
            accepted.Write(new byte[4]);
        }

        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options());
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task ResumingPilotTrialsOnALandscapeWithOtherNumbersIsAnAlarm()
    {
        string folder = _harness.NewFolder();
        using var stop = new CancellationTokenSource();
        var progress = new ActionProgress(p =>
        {
            if (p.Stage == SearchStage.Calibrating && p.Done > 10)
            {
                stop.Cancel();
            }
        });
        SearchResult stopped = await LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options(), null, progress, stop: stop.Token);
        stopped.Calibration.ShouldBeNull();
        await Should.ThrowAsync<LawBrokenException>(() => LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options { Scale = 1 + 1e-15 }));
    }

    [Fact]
    public async Task ResumingOnALandscapeWithOtherNumbersIsAnAlarm()
    {
        string folder = _harness.NewFolder();
        using var stop = new CancellationTokenSource();
        var progress = new ActionProgress(p =>
        {
            if (p.Stage == SearchStage.Running && p.Done > 20)
            {
                stop.Cancel();
            }
        });
        await LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options(), null, progress, stop: stop.Token);
        await Should.ThrowAsync<LawBrokenException>(() => LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options { Scale = 1 + 1e-15 }));
    }

    [Fact]
    public async Task StopRulesEndEachChainByItsOwnState()
    {
        SearchSettings settings = LawHarness.Settings with { Stop = new StopSettings(Accepted: 4) };
        string one = _harness.NewFolder(), three = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(one, settings with { Samplers = 1 }, new ToyLandscape.Options());
        await LawHarness.RunAsync(three, settings with { Samplers = 3 }, LawHarness.Delayed(41));
        result.Accepted.ShouldBe(8);
        result.Trials.ShouldBeLessThan(240);
        LawHarness.ShouldAnswerTheSame(three, one);
    }

    [Fact]
    public async Task AnEvaluatorThatFailsOnceIsMadeAnewAndTheAnswerStays()
    {
        int failures = 0;
        ToyLandscape.Options options = new()
        {
            OnTrial = (version, _) =>
            {
                if (version.Number == 1 && Interlocked.Increment(ref failures) == 1)
                {
                    throw new IOException("a passing trouble");
                }
            },
        };
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 2 }, options);
        failures.ShouldBeGreaterThan(1);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task AnEvaluatorThatAlwaysFailsEndsTheRunWithItsErrorAndWhatWasCommittedStays()
    {
        ToyLandscape.Options options = new()
        {
            OnTrial = (version, _) =>
            {
                if (version.Number == 2)
                {
                    throw new IOException("a lasting trouble");
                }
            },
        };
        string folder = _harness.NewFolder();
        IOException error = await Should.ThrowAsync<IOException>(
            () => LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 2 }, options));
        error.Message.ShouldBe("a lasting trouble");
        File.ReadAllText(Path.Combine(folder, "run.json")).ShouldContain("\"failed\"");
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 2 }, new ToyLandscape.Options());
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task OtherNumericsAreRefusedInOneLine()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 1, Trials = 1 }, new ToyLandscape.Options());
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        var session = new SearchSession(new SearchParts
        {
            Settings = LawHarness.Settings,
            Start = ToyLandscape.Start(new ToyLandscape.Options()),
            MakeEvaluator = () => new ToyLandscape(new ToyLandscape.Options()),
            Store = store,
            Record = new RunRecord("toy", "toy", "other", "", 2),
        });
        InputException error = await Should.ThrowAsync<InputException>(() => session.RunAsync(null, CancellationToken.None));
        error.Message.ShouldContain("numerics");
    }

    public sealed class Reference : IAsyncLifetime, IDisposable
    {
        private readonly LawHarness _harness = new();

        public string Folder { get; private set; } = "";

        internal SearchResult Result { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Folder = _harness.NewFolder();
            Result = await LawHarness.RunAsync(
                Folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options());
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _harness.Dispose();
    }
}
