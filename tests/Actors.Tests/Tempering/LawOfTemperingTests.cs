using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Search;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Tempering;

/// <summary>
/// The law of one answer with two ladders of three rungs that adapt: the same bytes for any number of samplers, delays, kills and
/// stops, and the same decisions and rungs as a plain loop over trials and rounds.
/// </summary>
public sealed class LawOfTemperingTests(LawOfTemperingTests.Reference reference) : IClassFixture<LawOfTemperingTests.Reference>, IDisposable
{
    private static readonly SearchSettings Settings = LawHarness.Settings with
    {
        Replicas = 6,
        Tempering = new TemperingSettings { Scales = [1, 1.5, 4], Every = 7, WarmUpRounds = 6 },
    };

    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void TheReferenceExchangesRejectsAndAdapts()
    {
        reference.Exchanges.Count.ShouldBe(2 * 17);
        reference.Exchanges.ShouldContain(e => e.Accepted);
        reference.Exchanges.ShouldContain(e => !e.Accepted);
        reference.Ladders.Select(l => l.Round).ShouldBe([1, 3, 6]);
        reference.Ladders[^1].Scales[1].ShouldNotBe(1.5);
        reference.Ladders.ShouldAllBe(l => l.Scales[0] == 1 && l.Scales[2] == 4);
        Rows(reference.Folder, 0).Select(row => row.Rung).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void APlainLoopOverTrialsAndRoundsDecidesTheSame()
    {
        var landscape = new ToyLandscape.Options();
        using var evaluator = new ToyLandscape(landscape);
        TargetSet targets = Settings.TargetSet;
        double[] scales = [1, 1.5, 4];
        ChainVersion[] versions = [.. Enumerable.Range(0, 6).Select(_ => reference.Start(evaluator))];
        int[] rung = [0, 1, 2, 0, 1, 2];
        for (int trial = 1; trial <= Settings.Trials; trial++)
        {
            for (int r = 0; r < 6; r++)
            {
                var rule = new MultiTargetRule(targets, [.. reference.Constants.Select(c => c * scales[rung[r]])]);
                (bool accepted, AtomPair pair) = Try(evaluator, ref versions[r], r, trial, rule);
                (bool Accepted, int Rung, long A, long B) row = Rows(reference.Folder, r)[trial - 1];
                long[] ids = versions[r].Structure.Ids;
                row.ShouldBe((accepted, rung[r], ids[pair.A], ids[pair.B]), $"replica {r}, trial {trial}");
            }

            if (trial % 7 == 0 && trial < Settings.Trials)
            {
                int round = trial / 7;
                foreach (ExchangeRecord exchange in reference.Exchanges.Where(e => e.Round == round))
                {
                    int low = exchange.ReplicaLow, high = exchange.ReplicaHigh;
                    (rung[low], rung[high]).ShouldBe((exchange.Pair, exchange.Pair + 1));
                    exchange.Pair.ShouldBe(round % 2 == 1 ? 0 : 1);
                    double log = 0;
                    for (int k = 0; k < targets.Count; k++)
                    {
                        double difference = (1 / scales[rung[low]] - 1 / scales[rung[high]]) / reference.Constants[k];
                        log += difference * (versions[low].Objectives[k] - versions[high].Objectives[k]);
                    }

                    exchange.Probability.ShouldBe(Math.Min(1, Math.Exp(log)), 1e-9);
                    (exchange.VersionLow, exchange.VersionHigh).ShouldBe((versions[low].Number, versions[high].Number));
                    if (exchange.Accepted)
                    {
                        (rung[low], rung[high]) = (rung[high], rung[low]);
                    }
                }

                scales = reference.Ladders.FirstOrDefault(l => l.Round == round).Scales ?? scales;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task AnyNumberOfSamplersWithRandomDelaysAnswersTheSameBytes(int samplers)
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, Settings with { Samplers = samplers }, LawHarness.Delayed((ulong)samplers));
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Theory]
    [InlineData(1, 41)]
    [InlineData(2, 42)]
    [InlineData(8, 43)]
    public async Task KilledAtRandomWritesAndResumedItAnswersTheSameBytes(int samplers, ulong key)
    {
        (string folder, int crashes) = await _harness.RunWithCrashesAsync(Settings with { Samplers = samplers }, key);
        crashes.ShouldBeGreaterThan(10);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Fact]
    public async Task StoppedByTheUserAndResumedItAnswersTheSameBytes()
    {
        string folder = _harness.NewFolder();
        int stops = 0;
        SearchResult result;
        do
        {
            using var stop = new CancellationTokenSource();
            long until = 60 * ++stops;
            var progress = new ActionProgress(p =>
            {
                if (p.Stage == SearchStage.Running ? p.Done >= until : p.Done >= 10 + stops)
                {
                    stop.Cancel();
                }
            });
            result = await LawHarness.RunAsync(
                folder, Settings with { Samplers = 2 }, LawHarness.Delayed(31), null, progress, stop: stop.Token);
        }
        while (result.Outcome == SearchOutcome.Stopped);
        stops.ShouldBeGreaterThan(4);
        LawHarness.ShouldAnswerTheSame(folder, reference.Folder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithScreeningTooTheScheduleIsNotSeen(bool delayed)
    {
        ScreeningMode mode = delayed ? ScreeningMode.DelayedAcceptance : ScreeningMode.EarlyReject;
        SearchSettings settings = Settings with
        {
            Screening = new ScreeningSettings { Mode = mode, Margin = 0.2, AuditShare = 0.3 },
        };
        string one = _harness.NewFolder(), many = _harness.NewFolder();
        await LawHarness.RunAsync(one, settings with { Samplers = 1 }, new ToyLandscape.Options());
        await LawHarness.RunAsync(many, settings with { Samplers = 5, RoundTripEveryCommit = true }, LawHarness.Delayed(5));
        LawHarness.ShouldAnswerTheSame(many, one);
    }

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
            byte[] bytes = CanonicalStructure.WrapAndEncode(relaxed);
            version = ChainVersion.Evaluate(evaluator, Settings.TargetSet, Settings.Proposal, version.Number + 1, trial, bytes);
        }

        return (accepted, pair);
    }

    private static (bool Accepted, int Rung, long A, long B)[] Rows(string folder, int replica) =>
    [
        .. File.ReadLines(Path.Combine(folder, $"chain-{replica}.csv")).Skip(1).Select(line => line.Split(',')).Select(
            f => (f[1] == "1", int.Parse(f[8]), long.Parse(f[2]), long.Parse(f[3]))),
    ];

    /// <summary>A run with one sampler, no delays and no interruption.</summary>
    public sealed class Reference : IAsyncLifetime, IDisposable
    {
        private readonly LawHarness _harness = new();
        private byte[] _start = [];

        internal string Folder { get; private set; } = "";

        internal IReadOnlyList<ExchangeRecord> Exchanges { get; private set; } = [];

        internal IReadOnlyList<(int Round, double[] Scales)> Ladders { get; private set; } = [];

        internal IReadOnlyList<double> Constants { get; private set; } = [];

        public async Task InitializeAsync()
        {
            Folder = _harness.NewFolder();
            await LawHarness.RunAsync(Folder, Settings with { Samplers = 1 }, new ToyLandscape.Options(), store => new Kept(store, this));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _harness.Dispose();

        internal ChainVersion Start(ToyLandscape evaluator) =>
            ChainVersion.Evaluate(evaluator, Settings.TargetSet, Settings.Proposal, 0, 0, _start);

        // Reads what the store holds at its end.
        private sealed class Kept(IRunStore inner, Reference reference) : CrashingStore(inner, int.MaxValue, false)
        {
            public override void WriteSpent(SpentWork spent, long fence)
            {
                base.WriteSpent(spent, fence);
                reference.Exchanges = ReadExchanges();
                reference.Ladders = ReadLadders();
                reference.Constants = ReadCalibration()?.Constants ?? [];
                reference._start = ReadVersions(0, 0).FirstOrDefault()?.Bytes ?? [];
            }
        }
    }
}
