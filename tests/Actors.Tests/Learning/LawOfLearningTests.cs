using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Learning;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Search;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Learning;

/// <summary>
/// The law of one answer where the model changes on the way: the same bytes for any number of samplers, delays of trials and labels, kills and stops
/// at any point, and the same decisions as a plain loop over trials with the models that the labels give.
/// </summary>
public sealed class LawOfLearningTests(LawOfLearningTests.Reference reference) : IClassFixture<LawOfLearningTests.Reference>, IDisposable
{
    private static readonly SearchSettings Settings = LawHarness.Settings with
    {
        Replicas = 3,
        Learning = new LearningSettings { Every = 20 },
    };

    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void TheReferenceDecidesAfterEveryTwentyTrialsAndChangesItsModel()
    {
        string[][] rows = Rows(reference.Folder);
        rows.Select(row => row[0]).ShouldBe(["1", "2", "3", "4", "5"]);
        rows.Select(row => row[1]).ShouldBe(["20", "40", "60", "80", "100"]);
        rows.Select(row => row[6]).ShouldBe(["1", "2", "3", "4", "5"]);
        rows[0][2..4].ShouldBe(["1", "1"], "the start, which all chains have");
        rows.Skip(1).ShouldContain(row => row[2] == "3");
        rows.ShouldAllBe(row => Number(row[4]) < Number(row[5]));
        foreach (string[] row in rows)
        {
            byte[] model = File.ReadAllBytes(Path.Combine(reference.Folder, $"model-g{row[6]}.safetensors"));
            row[7].ShouldBe(CanonicalStructure.Id(model));
        }
    }

    [Fact]
    public void APlainLoopWithTheModelsThatTheLabelsGiveDecidesTheSame()
    {
        TargetSet targets = Settings.TargetSet;
        var rule = new MultiTargetRule(targets, [.. reference.Constants]);
        double bend = 0;
        var labels = new List<double[]>();
        var evaluator = new ToyLandscape(new ToyLandscape.Options());
        ChainVersion[] versions = [.. Enumerable.Range(0, 3).Select(_ => Version(evaluator, 0, 0, reference.Start))];
        List<ChainVersion> waiting = [versions[0]];
        for (int trial = 1; trial <= Settings.Trials; trial++)
        {
            for (int r = 0; r < 3; r++)
            {
                string[] row = File.ReadLines(Path.Combine(reference.Folder, $"chain-{r}.csv")).ElementAt(trial).Split(',');
                (bool accepted, AtomPair pair) = Try(evaluator, ref versions[r], r, trial, rule);
                row[1].ShouldBe(accepted ? "1" : "0", $"replica {r}, trial {trial}");
                long.Parse(row[2], CultureInfo.InvariantCulture).ShouldBe(versions[r].Structure.Ids[pair.A], $"replica {r}, trial {trial}");
            }

            if (trial % 20 == 0 && trial < Settings.Trials)
            {
                labels.AddRange(waiting.Select(version => Label(version.Structure)));
                bend = ToyLearning.Next(bend, labels);
                byte[] model = File.ReadAllBytes(Path.Combine(reference.Folder, $"model-g{trial / 20}.safetensors"));
                ToyLearning.Bend(model).ShouldBe(bend);
                waiting = [.. versions.Where(version => version.Number > 0 && version.Trial > trial - 20)];
                evaluator = new ToyLandscape(new ToyLandscape.Options { Bend = bend });
                versions = [.. versions.Select(version => Version(evaluator, version.Number, version.Trial, version.Bytes))];
            }
        }

        // What the run ends with is what the last model says of it, the best one too.
        string best = File.ReadLines(Path.Combine(reference.Folder, "best.extxyz")).ElementAt(1);
        using var store = new Opened(reference.Folder);
        ((int Replica, long Version) key, _) = BestVersion.Find(store.Run, 3, rule, 5);
        StoredVersion stored = store.Run.ReadRenewed(key.Replica, key.Version)!;
        best.ShouldContain($"trial={stored.Trial} ");
        stored.Objectives.ShouldBe(Version(evaluator, 0, 0, stored.Bytes).Objectives);
        store.Run.ReadChain(1)!.Structure.Objectives.ShouldBe(versions[1].Objectives);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task AnyNumberOfSamplersWithDelaysOfTrialsAndLabelsAnswersTheSameBytes(int samplers)
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(
            folder, Settings with { Samplers = samplers }, LawHarness.Delayed((ulong)samplers), learning: ToyLearning.Parts(Dawdle, Dawdle));
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task WithFurtherPropertiesAndAVaryingCompositionTheAnswerIsTheSameBytes()
    {
        SearchSettings all = LawSettings.VaryingComposition with
        {
            Replicas = 2,
            Learning = Settings.Learning,
            Decider = LawSettings.Properties.Decider,
            Targets = [Target.Mean(), Target.Mean(direction: TargetDirection.Raise).Of("strength")],
        };
        string one = _harness.NewFolder(), four = _harness.NewFolder();
        await LawHarness.RunAsync(one, all with { Samplers = 1 }, new ToyLandscape.Options(), learning: ToyLearning.Parts(properties: 3));
        await LawHarness.RunAsync(
            four,
            all with { Samplers = 4, RoundTripEveryCommit = true },
            LawHarness.Delayed(8),
            learning: ToyLearning.Parts(Dawdle, Dawdle, properties: 3));
        ShouldAnswerTheSame(four, one);
        File.ReadLines(Path.Combine(one, "chain-0.csv")).First().ShouldEndWith(",q0.90[spare],n_Cu,n_Zr,n_Al");
        Rows(one).ShouldContain(row => row[6] == "1");
    }

    [Fact]
    public async Task ReloadingTheStateAfterEveryCommitAnswersTheSameBytes()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(
            folder, Settings with { Samplers = 2, RoundTripEveryCommit = true }, LawHarness.Delayed(9), learning: ToyLearning.Parts());
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Theory]
    [InlineData(1, 51)]
    [InlineData(2, 52)]
    [InlineData(4, 53)]
    public async Task KilledAtRandomWritesAndResumedItAnswersTheSameBytes(int samplers, ulong key)
    {
        (string folder, int crashes) = await _harness.RunWithCrashesAsync(Settings with { Samplers = samplers }, key, ToyLearning.Parts(Dawdle));
        crashes.ShouldBeGreaterThan(10);
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StoppedWithinLabelsOrFineTuningAndResumedItAnswersTheSameBytes(bool labeling)
    {
        string folder = _harness.NewFolder();
        int stops = 0;
        SearchResult result;
        do
        {
            // Every process is stopped within its second piece of work, which goes on until it is canceled.
            using var stop = new CancellationTokenSource();
            int pieces = 0;
            void StopInTheSecond(CancellationToken cancel)
            {
                if (Interlocked.Increment(ref pieces) == (labeling ? 4 : 2))
                {
                    stop.Cancel();
                    cancel.WaitHandle.WaitOne();
                }
            }

            result = await LawHarness.RunAsync(
                folder,
                Settings with { Samplers = 2 },
                LawHarness.Delayed(31),
                learning: labeling ? ToyLearning.Parts(StopInTheSecond) : ToyLearning.Parts(null, StopInTheSecond),
                stop: stop.Token);
            stops += result.Outcome == SearchOutcome.Stopped ? 1 : 0;
        }
        while (result.Outcome == SearchOutcome.Stopped);
        stops.ShouldBeGreaterThan(2);
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task StoppedByTheUserAtAnyTrialAndResumedItAnswersTheSameBytes()
    {
        string folder = _harness.NewFolder();
        int stops = 0;
        SearchResult result;
        do
        {
            using var stop = new CancellationTokenSource();
            long until = 30 * ++stops;
            var progress = new ActionProgress(p =>
            {
                if (p.Stage == SearchStage.Running && p.Done >= until)
                {
                    stop.Cancel();
                }
            });
            result = await LawHarness.RunAsync(
                folder, Settings with { Samplers = 2 }, LawHarness.Delayed(32), null, progress, learning: ToyLearning.Parts(), stop: stop.Token);
        }
        while (result.Outcome == SearchOutcome.Stopped);
        stops.ShouldBeGreaterThan(4);
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task AModelThatNeverNeedsItIsNotTouchedAndTheChainsAreThoseWithoutLearning()
    {
        string without = _harness.NewFolder(), with = _harness.NewFolder();
        int tuned = 0;
        await LawHarness.RunAsync(without, Settings with { Samplers = 1, Learning = null }, new ToyLandscape.Options());
        await LawHarness.RunAsync(
            with,
            Settings with { Samplers = 3, Learning = new LearningSettings { Every = 20, LimitPearson = -1 } },
            LawHarness.Delayed(4),
            learning: ToyLearning.Parts(onTune: _ => tuned++));
        tuned.ShouldBe(0);
        Rows(with).Select(row => row[6]).ShouldAllBe(generation => generation == "0");
        SortedDictionary<string, string> found = LawHarness.Answer(with);
        found.Remove("learning.csv").ShouldBeTrue();
        found.ShouldBe(LawHarness.Answer(without));
    }

    [Fact]
    public async Task TheModelChangesAtMostSoOftenAndOnlyBelowTheLimit()
    {
        string most = _harness.NewFolder(), limit = _harness.NewFolder();
        SearchSettings two = Settings with { Samplers = 2, Learning = new LearningSettings { Every = 20, AtMost = 2 } };
        await LawHarness.RunAsync(most, two, new ToyLandscape.Options(), learning: ToyLearning.Parts());
        Rows(most).Select(row => row[6]).ShouldBe(["1", "2", "2", "2", "2"]);
        SearchSettings below = Settings with { Samplers = 2, Learning = new LearningSettings { Every = 20, LimitPearson = 0.7 } };
        await LawHarness.RunAsync(limit, below, new ToyLandscape.Options(), learning: ToyLearning.Parts());
        int generation = 0;
        foreach (string[] row in Rows(limit))
        {
            bool changed = Number(row[4]) < 0.7;
            row[5].Length.ShouldBe(changed ? row[5].Length : 0);
            generation += changed ? 1 : 0;
            row[6].ShouldBe(generation.ToString(CultureInfo.InvariantCulture));
        }

        generation.ShouldBeInRange(1, 4);
    }

    [Fact]
    public async Task AModelThatIsWorseOnWhatItWasMadeForOrDivergedIsDropped()
    {
        string worse = _harness.NewFolder(), diverged = _harness.NewFolder();
        var lines = new List<string>();
        LearningParts bad = ToyLearning.Parts() with { Tune = (_, _) => [BitConverter.GetBytes(-5.0)] };
        await LawHarness.RunAsync(worse, Settings with { Samplers = 2 }, new ToyLandscape.Options(), learning: bad);
        Rows(worse).ShouldAllBe(row => row[6] == "0" && Number(row[5]) < Number(row[4]));
        LearningParts none = ToyLearning.Parts(tell: lines.Add) with { Tune = (_, _) => null };
        await LawHarness.RunAsync(diverged, Settings with { Samplers = 2 }, new ToyLandscape.Options(), learning: none);
        Rows(diverged).ShouldAllBe(row => row[6] == "0" && row[5].Length == 0);
        lines.Count(line => line.Contains("diverged", StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact]
    public async Task WithLaddersTooTheScheduleIsNotSeen()
    {
        SearchSettings settings = Settings with
        {
            Replicas = 4,
            Tempering = new TemperingSettings { Scales = [1, 2], Every = 10, WarmUpRounds = 2 },
        };
        string one = _harness.NewFolder(), many = _harness.NewFolder();
        await LawHarness.RunAsync(one, settings with { Samplers = 1 }, new ToyLandscape.Options(), learning: ToyLearning.Parts());
        await LawHarness.RunAsync(
            many, settings with { Samplers = 5, RoundTripEveryCommit = true }, LawHarness.Delayed(6), learning: ToyLearning.Parts(Dawdle));
        (string killed, int crashes) = await _harness.RunWithCrashesAsync(settings with { Samplers = 2 }, 61, ToyLearning.Parts());
        crashes.ShouldBeGreaterThan(10);
        File.ReadLines(Path.Combine(one, "exchanges.csv")).ShouldContain(line => line.EndsWith(",1", StringComparison.Ordinal));
        Rows(one)[^1][6].ShouldBe("5");
        ShouldAnswerTheSame(many, one);
        ShouldAnswerTheSame(killed, one);
    }

    [Fact]
    public async Task AFailureOfALabelEndsTheRunAndAResumeGoesOn()
    {
        string folder = _harness.NewFolder();
        int labels = 0;
        LearningParts failing = ToyLearning.Parts(_ =>
        {
            if (Interlocked.Increment(ref labels) == 5)
            {
                throw new IOException("no truth today");
            }
        });
        Exception error = await Should.ThrowAsync<Exception>(
            () => LawHarness.RunAsync(folder, Settings with { Samplers = 2 }, new ToyLandscape.Options(), learning: failing));
        error.GetBaseException().Message.ShouldBe("no truth today");
        await LawHarness.RunAsync(folder, Settings with { Samplers = 2 }, new ToyLandscape.Options(), learning: ToyLearning.Parts());
        ShouldAnswerTheSame(folder, reference.Folder);
    }

    private static void ShouldAnswerTheSame(string folder, string expected)
    {
        LawHarness.ShouldAnswerTheSame(folder, expected);
        foreach (string path in Directory.GetFiles(expected, "model-g*"))
        {
            File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(path))).ShouldBe(File.ReadAllBytes(path));
        }
    }

    // Of a length that differs from thread to thread and call to call.
    private static void Dawdle(CancellationToken cancel)
    {
        double u = RandomStreams.Uniform(77, RandomStream.DelayTest, Environment.CurrentManagedThreadId, Environment.TickCount64, 0);
        Thread.SpinWait((int)(200_000 * u));
    }

    private static double[] Label(AtomicStructure structure)
    {
        double[] labels = ToyLearning.Truth(structure);
        for (int i = 0; i < labels.Length; i++)
        {
            double sum = 0;
            foreach (double shift in ToyLearning.Shifts)
            {
                sum += labels[i] + shift;
            }

            labels[i] = sum / ToyLearning.Shifts.Length;
        }

        labels[3] = double.NaN;
        return labels;
    }

    private static ChainVersion Version(ToyLandscape evaluator, long number, long trial, byte[] bytes) =>
        ChainVersion.Evaluate(evaluator, Settings.TargetSet, Settings.Proposal, number, trial, bytes);

    private static (bool Accepted, AtomPair Pair) Try(
        ToyLandscape evaluator, ref ChainVersion version, int replica, long trial, MultiTargetRule rule)
    {
        var judge = new ChainJudge(Settings.Seed, replica, rule, reversible: true);
        AtomPair pair = judge.Draw(version, trial);
        Relaxation relaxation = evaluator.RelaxSwap(version, pair, null, CancellationToken.None);
        var outcome = new PairOutcome { Pair = pair, Outcome = relaxation.Outcome, Evaluations = relaxation.Evaluations };
        AtomicStructure relaxed = evaluator.Relaxed.Clone();
        if (relaxation.Outcome == TrialOutcome.Converged)
        {
            var objectives = new double[rule.Constants.Length];
            Settings.TargetSet.Evaluate(relaxation.Energy, evaluator.RelaxedValues, objectives);
            outcome = outcome with
            {
                Objectives = objectives,
                LogHastings = version.Proposal.LogHastings(pair, version.Structure, relaxed, evaluator.RelaxedValues),
            };
        }

        bool accepted = judge.Judge(version, outcome, trial).Accepted &&
            evaluator.Returns(version, pair, CancellationToken.None, out _) == true;
        if (accepted)
        {
            version = Version(evaluator, version.Number + 1, trial, CanonicalStructure.WrapAndEncode(relaxed));
        }

        return (accepted, pair);
    }

    private static string[][] Rows(string folder)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "learning.csv"));
        lines[0].ShouldBe(LearningRecord.Header);
        return [.. lines.Skip(1).Select(line => line.Split(','))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A finished run, looked at.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly RunFolder _folder;

        public Opened(string folder)
        {
            _folder = RunFolder.Open(folder);
            Run = _folder.OpenStore();
        }

        internal RunStore Run { get; }

        public void Dispose()
        {
            Run.Dispose();
            _folder.Dispose();
        }
    }

    /// <summary>A run with one sampler, no delays and no interruption.</summary>
    public sealed class Reference : IAsyncLifetime, IDisposable
    {
        private readonly LawHarness _harness = new();

        internal string Folder { get; private set; } = "";

        internal IReadOnlyList<double> Constants { get; private set; } = [];

        internal byte[] Start { get; private set; } = [];

        public async Task InitializeAsync()
        {
            Folder = _harness.NewFolder();
            await LawHarness.RunAsync(Folder, Settings with { Samplers = 1 }, new ToyLandscape.Options(), learning: ToyLearning.Parts());
            using var run = new Opened(Folder);
            Constants = run.Run.ReadCalibration()!.Constants;
            Start = run.Run.ReadVersions(0, 0).First().Bytes;
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _harness.Dispose();
    }
}
