using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tests.Search;
using Glasswright.Actors.Validation;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;

namespace Glasswright.Actors.Tests.Validation;

/// <summary>Validation in the background: what it records, and that no chain sees it.</summary>
public sealed class LawOfValidationTests : IDisposable
{
    private static readonly ToyLandscape.Options Toy = new();

    private readonly LawHarness _harness = new();

    private static SearchSettings Settings { get; } = LawHarness.Settings with { Samplers = 2 };

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task ChainsHaveTheSameBytesAndEveryDueVersionIsLabeled()
    {
        (string reference, SearchResult expected) = await ReferenceAsync();
        string folder = _harness.NewFolder();
        var lines = new List<string>();
        await LawHarness.RunAsync(folder, Settings, LawHarness.Delayed(3), validation: Parts(z => (2 * z) + 1, tell: lines.Add));

        ShouldHaveTheChainsOf(folder, reference);
        string[][] rows = Rows(folder, 0);
        expected.Accepted.ShouldBeGreaterThan(20);
        rows.Select(row => row[0]).ShouldBe(Enumerable.Range(0, rows.Length).Select(k => (3 * k).ToString(CultureInfo.InvariantCulture)));
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        foreach (ChainPosition chain in store.ReadPositions())
        {
            Rows(folder, chain.Replica).Length.ShouldBe((int)(chain.Version / 3) + 1);
        }

        lines.Count.ShouldBe(Rows(folder, 0).Length + Rows(folder, 1).Length);
        foreach ((string[] row, StoredVersion version) in rows.Zip(store.ReadVersions(0, 0).Where((_, v) => v % 3 == 0)))
        {
            double mean = version.Evaluation.Values.Average();
            row[1].ShouldBe(version.Trial.ToString(CultureInfo.InvariantCulture));
            Number(row[2]).ShouldBe(1, 1e-12);
            Number(row[3]).ShouldBe(mean, 1e-12);
            Number(row[4]).ShouldBe((2 * mean) + 1, 1e-12);
            Number(row[5]).ShouldBe(version.Evaluation.Energy);
            row[6..].ShouldBe(["", "", "0"], "no ensemble and no model");
        }
    }

    [Fact]
    public async Task StoppedWithinALabelItIsBegunAnewOnResumeAndAFinishedSearchIsCaughtUpWith()
    {
        (string reference, _) = await ReferenceAsync();
        string whole = _harness.NewFolder(), cut = _harness.NewFolder();
        await LawHarness.RunAsync(whole, Settings, Toy, validation: Parts(z => z * z));

        // The second label waits for the stop, whatever the chains do meanwhile.
        using var stop = new CancellationTokenSource();
        int labels = 0;
        ValidationParts waiting = Parts(z => z * z, hook: cancel =>
        {
            if (Interlocked.Increment(ref labels) == 2)
            {
                stop.Cancel();
                cancel.WaitHandle.WaitOne();
            }
        });
        SearchResult stopped = await LawHarness.RunAsync(cut, Settings, Toy, validation: waiting, stop: stop.Token);
        stopped.Outcome.ShouldBeOneOf(SearchOutcome.Stopped, SearchOutcome.Finished);
        Rows(cut, 0).Length.ShouldBe(1);

        await LawHarness.RunAsync(cut, Settings, Toy);
        Rows(cut, 0).Length.ShouldBe(1);
        await LawHarness.RunAsync(cut, Settings, Toy, validation: Parts(z => z * z));
        ShouldHaveTheChainsOf(cut, reference);
        foreach (string name in (string[])["validation-0.csv", "validation-1.csv"])
        {
            File.ReadAllText(Path.Combine(cut, name)).ShouldBe(File.ReadAllText(Path.Combine(whole, name)));
        }
    }

    [Fact]
    public async Task APearsonBelowTheLimitHaltsAndAResumeGoesOnToTheNext()
    {
        (string reference, _) = await ReferenceAsync();
        string folder = _harness.NewFolder();
        var warnings = new List<string>();
        using var warned = new ManualResetEventSlim();
        int halts = 0;
        SearchResult result;
        do
        {
            int before = Validated(folder);

            // At first the chains wait for the warning, which comes when the halt is asked for.
            var options = new ToyLandscape.Options
            {
                Delay = (version, _) =>
                {
                    if (version > 0)
                    {
                        warned.Wait();
                    }
                },
            };
            result = await LawHarness.RunAsync(folder, Settings, options, validation: Parts(z => -z, limit: 0.5), warn: line =>
            {
                warnings.Add(line);
                warned.Set();
            });
            Validated(folder).ShouldBeGreaterThan(before);
            halts += result.Outcome == SearchOutcome.Stopped ? 1 : 0;
        }
        while (result.Outcome == SearchOutcome.Stopped);

        halts.ShouldBeGreaterThan(0);
        warnings.ShouldAllBe(line => line.Contains("Pearson -1.000, below search.validate.limit-pearson = 0.5, of version ", StringComparison.Ordinal));
        warnings.Count.ShouldBe(Validated(folder));
        ShouldHaveTheChainsOf(folder, reference);
    }

    [Fact]
    public void EachLimitHasItsSideAndAFigureThatIsMissingBreachesNone()
    {
        var record = new ValidationRecord(0, 4, 9, 0.4, 0, 0, 0, MeanSpread: 0.3, OutsideShare: 0.02, 0);
        ValidationParts limits = Parts(z => z) with { LimitPearson = 0.4, LimitSpread = 0.3, LimitOutside = 0.02 };
        limits.FindBreach(record).ShouldBeNull("each is at its limit");
        limits.FindBreach(record with { Pearson = 0.39 }).ShouldBe("Pearson 0.390, below search.validate.limit-pearson = 0.4,");
        limits.FindBreach(record with { MeanSpread = 0.31 }).ShouldBe("mean spread 0.310, above search.validate.limit-spread = 0.3,");
        limits.FindBreach(record with { OutsideShare = 0.021 }).ShouldBe("share of atoms outside the training range 0.021, above search.validate.limit-outside = 0.02,");
        limits.FindBreach(record with { Pearson = double.NaN, MeanSpread = double.NaN, OutsideShare = double.NaN }).ShouldBeNull();
        Parts(z => z).FindBreach(record with { Pearson = -1, MeanSpread = 9, OutsideShare = 1 }).ShouldBeNull("there is no limit");
    }

    [Fact]
    public async Task AFailureEndsTheValidationAndNotTheSearch()
    {
        (string reference, _) = await ReferenceAsync();
        string folder = _harness.NewFolder();
        var warnings = new List<string>();
        SearchResult result = await LawHarness.RunAsync(
            folder, Settings, Toy, validation: Parts(z => z, hook: _ => throw new InvalidOperationException("no truth today")), warn: warnings.Add);
        result.Outcome.ShouldBe(SearchOutcome.Finished);
        warnings.ShouldHaveSingleItem().ShouldContain("no truth today");
        ShouldHaveTheChainsOf(folder, reference);
    }

    [Fact]
    public void FiguresByHandLeaveInvalidAtomsOutAndCountThoseOutsideTheTrainingRange()
    {
        var version = new StoredVersion
        {
            Number = 4,
            Trial = 9,
            Id = "",
            Bytes = [],
            Evaluation = new StructureEvaluation(-7, 0, [], [1, 2, 3, 10]),
            Objectives = [],
            Report = TargetReport.Empty,
        };
        var record = ValidationRecord.Of(1, version, [3, 2, 4, double.NaN], [0.5, 0.25, 0.25, 1], new TargetNormalization(2, 1));

        // x - mean is -1, 0, 1 and y - mean 0, -1, 1: r = 1/2.
        record.Pearson.ShouldBe(0.5, 1e-15);
        record.ShouldBe(record with { Replica = 1, Version = 4, Trial = 9, MeanPredicted = 2, MeanTrue = 3, Energy = -7, MeanSpread = 0.5, OutsideShare = 0.25, Invalid = 1 });
        (record with { Pearson = 0.5 }).ToRow().ShouldBe("4,9,0.5,2,3,-7,0.5,0.25,1");
        ValidationRecord.Header.Split(',').Length.ShouldBe(record.ToRow().Split(',').Length);
        var blind = ValidationRecord.Of(
            1, version with { Evaluation = version.Evaluation with { Values = [] } }, [3, 2, 4, double.NaN], [], null);
        blind.ToRow().ShouldBe("4,9,,,3,-7,,,1");
    }

    private static ValidationParts Parts(
        Func<double, double> truth, double? limit = null, Action<CancellationToken>? hook = null, Action<string>? tell = null) => new()
        {
            Every = 3,
            LimitPearson = limit,
            MakeTruth = () => new Truth(truth, hook),
            Tell = tell,
        };

    private static void ShouldHaveTheChainsOf(string folder, string reference)
    {
        SortedDictionary<string, string> found = LawHarness.Answer(folder);
        foreach ((string name, string text) in LawHarness.Answer(reference))
        {
            found[name].ShouldBe(text, name);
        }
    }

    private static int Validated(string folder) => Enumerable.Range(0, 2)
        .Select(replica => Path.Combine(folder, $"validation-{replica}.csv")).Where(File.Exists).Select(path => File.ReadAllLines(path).Length - 1).Sum();

    private static string[][] Rows(string folder, int replica)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, $"validation-{replica}.csv"));
        lines[0].ShouldBe(ValidationRecord.Header);
        return [.. lines.Skip(1).Select(line => line.Split(','))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private async Task<(string Folder, SearchResult Result)> ReferenceAsync()
    {
        string folder = _harness.NewFolder();
        return (folder, await LawHarness.RunAsync(folder, Settings with { Samplers = 1 }, Toy));
    }

    /// <summary>A true simulation that is a function of the landscape's own z.</summary>
    private sealed class Truth(Func<double, double> truth, Action<CancellationToken>? hook) : IDecider
    {
        public string Kind => "truth";

        public bool GivesValues => true;

        public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel)
        {
            hook?.Invoke(cancel);
            ToyLandscape.Values(Toy, structure, values);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = truth(values[i]);
            }

            return !cancel.IsCancellationRequested;
        }

        public void Dispose()
        {
        }
    }
}
