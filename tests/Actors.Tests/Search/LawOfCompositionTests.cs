using System.Globalization;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The law of one answer where the composition varies among three species, with everything else on.</summary>
public sealed class LawOfCompositionTests : IDisposable
{
    private readonly LawHarness _harness = new();

    private static SearchSettings Settings => LawSettings.VaryingComposition;

    /// <summary>Pulled to pure zirconium (of the toy, pure copper does not relax), where half of the trials are swaps that are impossible.</summary>
    private static SearchSettings Pure { get; } = Settings with
    {
        Trials = 450,
        Targets = [Target.Mean(10, TargetDirection.Raise)],
        Composition = new CompositionSettings
        {
            Term = CompositionTerm.VarianceConstrained(new Dictionary<string, double> { ["Zr"] = 1 }, 100),
            Temperature = 300,
        },
        Calibration = null,
    };

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task TheReferenceHasAcceptedAndRejectedTransmutationsRepeatsAndOnesThatDoNotReturn()
    {
        string folder = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(folder, Settings with { Samplers = 1 }, new ToyLandscape.Options());
        string[][] rows = Rows(folder);
        string[][] transmutations = [.. rows.Where(row => row[2] == row[3])];
        transmutations.Length.ShouldBeInRange(40, 80);
        transmutations.ShouldContain(row => row[1] == "1");
        transmutations.ShouldContain(row => row[4] == nameof(TrialOutcome.NotReversible));
        rows.ShouldContain(row => row[1] == "1" && row[2] != row[3]);
        rows.ShouldContain(row => row[9] == "composition");
        result.RepeatShare.ShouldBeGreaterThan(0);
        result.Calibration!.Constants.Count.ShouldBe(5);
        result.TargetNames[^1].ShouldBe("composition");
        result.TargetsStart.TakeLast(3).ShouldBe([("n_Cu", 6), ("n_Zr", 6), ("n_Al", 0)]);
        ((int)result.TargetsEnd.TakeLast(3).Sum(figure => figure.Value)).ShouldBe(12);
    }

    [Fact]
    public async Task AnyNumberOfSamplersReloadsAndKillsAnswerTheSameBytes() => await ShouldAnswerTheSame(Settings);

    [Theory]
    [InlineData(nameof(ScreeningMode.EarlyReject))]
    [InlineData(nameof(ScreeningMode.DelayedAcceptance))]
    public async Task ScreenedTrialsToo(string mode) => await ShouldAnswerTheSame(Settings with
    {
        Screening = new ScreeningSettings { Mode = Enum.Parse<ScreeningMode>(mode), Margin = 0.1, AuditShare = 0.3 },
    });

    [Fact]
    public async Task LaddersToo() => await ShouldAnswerTheSame(Settings with
    {
        Replicas = 4,
        Tempering = new TemperingSettings { Scales = [1, 2], Every = 7, WarmUpRounds = 3 },
    });

    [Fact]
    public async Task ChainsThatRunIntoOneSpeciesToo()
    {
        string folder = await ShouldAnswerTheSame(Pure);
        string[][] rows = Rows(folder);
        string[][] none = [.. rows.Where(row => row[4] == nameof(TrialOutcome.NoPair))];
        none.Length.ShouldBeGreaterThan(20);
        none.ShouldAllBe(row => row[1] == "0" && row[2] == "0" && row[3] == "0" && row[5].Length == 0 && row[7] == "0");
        none.ShouldAllBe(row => row[17] == "0" && row[18] == "12" && row[19] == "0");
        rows.ShouldContain(row => row[2] == row[3] && row[2] != "0" && row[18] == "11");
    }

    [Fact]
    public async Task TheColumnsOfTheCompositionAreThoseOfTheStructures()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, Settings with { Samplers = 2 }, new ToyLandscape.Options());
        File.ReadLines(Path.Combine(folder, "chain-0.csv")).First().ShouldEndWith(",q0.90,n_Cu,n_Zr,n_Al");
        string[][] rows = Rows(folder);
        rows.ShouldAllBe(row => row.Skip(17).Sum(n => int.Parse(n, CultureInfo.InvariantCulture)) == 12);
        string[] frames = [.. ExtendedXyzFile.ReadFrames(Path.Combine(folder, "accepted-0.extxyz"), ["Cu", "Zr", "Al"])
            .Select(frame => Text(frame.Structure))];
        rows.Where(row => row[1] == "1").Select(row => string.Join(' ', row[17..])).ShouldBe(frames.Skip(1));
        frames.Distinct().Count().ShouldBeGreaterThan(3);

        // A row by itself: what a transmutation of an atom would come to, seen from the version that it was tried on.
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        foreach (TrialRecord trial in store.ReadTrials(0, 1).Where(trial => trial.IsTransmutation))
        {
            AtomicStructure structure = CanonicalStructure.Decode(store.ReadVersions(0, trial.Version).First().Bytes);
            structure.Species[structure.IndexOf(trial.AtomA)] = trial.NewSpecies;
            string.Join(' ', rows[trial.Trial - 1][17..]).ShouldBe(Text(structure));
        }
    }

    [Fact]
    public async Task WithAFixedCompositionTheRowsAreAsTheyWere()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 2 }, new ToyLandscape.Options());
        File.ReadLines(Path.Combine(folder, "chain-0.csv")).First().ShouldBe(ChainRow.Header([], null));
        Rows(folder).ShouldAllBe(row => row.Length == 17 && row[2] != row[3]);
    }

    private static string Text(AtomicStructure structure) => string.Join(' ', CompositionTerm.Count(structure));

    private static string[][] Rows(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(','))];

    private async Task<string> ShouldAnswerTheSame(SearchSettings settings)
    {
        string reference = _harness.NewFolder(), reloaded = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(reference, settings with { Samplers = 1 }, new ToyLandscape.Options());
        result.Accepted.ShouldBeGreaterThan(5);
        await LawHarness.RunAsync(reloaded, settings with { Samplers = 4, RoundTripEveryCommit = true }, LawHarness.Delayed(81));
        LawHarness.ShouldAnswerTheSame(reloaded, reference);
        (string killed, int crashes) = await _harness.RunWithCrashesAsync(settings with { Samplers = 3 }, 82);
        crashes.ShouldBeGreaterThan(2);
        LawHarness.ShouldAnswerTheSame(killed, reference);
        return reference;
    }
}
