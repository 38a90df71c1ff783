using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The law of one answer with further properties: some judged in opposite directions, one only reported.</summary>
public sealed class LawOfPropertiesTests : IDisposable
{
    private static readonly string[] Names = [.. LawSettings.Properties.Decider.PropertyNames];

    private readonly LawHarness _harness = new();

    private static SearchSettings Settings => LawSettings.Properties;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task AnyNumberOfSamplersReloadsAndKillsAnswerTheSameBytes()
    {
        string reference = _harness.NewFolder(), reloaded = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(reference, Settings with { Samplers = 1 }, new ToyLandscape.Options());
        result.Accepted.ShouldBeGreaterThan(5);
        result.Screening!.Totals.Screened.ShouldBeGreaterThan(5);
        await LawHarness.RunAsync(reloaded, Settings with { Samplers = 4, RoundTripEveryCommit = true }, LawHarness.Delayed(91));
        LawHarness.ShouldAnswerTheSame(reloaded, reference);
        (string killed, int crashes) = await _harness.RunWithCrashesAsync(Settings with { Samplers = 3 }, 92);
        crashes.ShouldBeGreaterThan(3);
        LawHarness.ShouldAnswerTheSame(killed, reference);
        Vetoes(reference).ShouldContain("mean[strength]");
        Vetoes(reference).ShouldContain("q0.90[volume](Cu)");
    }

    [Fact]
    public async Task EveryRowHasTheFiguresOfEveryProperty()
    {
        string folder = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(folder, Settings with { Samplers = 2 }, new ToyLandscape.Options());
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Select(line => line.Split(','))];
        rows[0][10..].ShouldBe(TargetReport.NamesWith(Names));
        rows[0][17..19].ShouldBe(["max[strength]", "mean[strength]"]);
        rows.ShouldAllBe(row => row.Length == 17 + (3 * 7));
        rows.Skip(1).ShouldAllBe(row => row.Skip(17).All(figure => (row[10].Length == 0) == (figure.Length == 0)));
        rows.ShouldContain(row => row[10].Length == 0, "a trial that did not converge");
        result.TargetsStart.Select(figure => figure.Name).ShouldBe(["energy_eV", "pressure_bar", .. rows[0][10..]]);
        result.TargetsStart.ShouldAllBe(figure => double.IsFinite(figure.Value));
    }

    [Fact]
    public async Task StructuresCarryEveryPropertyOfTheirAtoms()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, Settings with { Samplers = 2 }, new ToyLandscape.Options());
        foreach (string name in new[] { "final.extxyz", "best.extxyz", "accepted-0.extxyz" })
        {
            StructureFrame frame = ExtendedXyzFile.Read(Path.Combine(folder, name), ["Cu", "Zr", "Al"]);
            var expected = new double[3 * 12];
            ToyLandscape.Properties(new ToyLandscape.Options(), frame.Structure, expected);
            frame.Columns.Keys.ShouldBe(["energy", "value", "value_strength", "value_volume", "value_spare"]);
            Names.SelectMany(property => frame.Columns["value_" + property]).ShouldBe(expected, name);
        }
    }

    [Fact]
    public async Task APropertyThatIsOnlyReportedDecidesNothing()
    {
        string with = _harness.NewFolder(), without = _harness.NewFolder();
        SearchSettings plain = LawHarness.Settings with { Samplers = 2 };
        await LawHarness.RunAsync(without, plain, new ToyLandscape.Options());
        await LawHarness.RunAsync(with, plain with { Decider = Settings.Decider }, new ToyLandscape.Options());
        File.ReadLines(Path.Combine(with, "chain-0.csv")).Select(line => string.Join(',', line.Split(',')[..17]))
            .ShouldBe(File.ReadLines(Path.Combine(without, "chain-0.csv")));
    }

    [Fact]
    public async Task OppositeDirectionsOfOnePropertyEachVeto()
    {
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(
            folder,
            Settings with
            {
                Targets = [Target.Mean(1e-9).Of("strength"), Target.Mean(1e-9, TargetDirection.Raise).Of("volume")],
                Calibration = null,
                Screening = new ScreeningSettings(),
                Samplers = 2,
            },
            new ToyLandscape.Options());

        // With constants of next to nothing a row is accepted exactly where strength falls and volume grows.
        double strength = double.NaN, volume = double.NaN;
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        TargetReport start = store.ReadVersions(0, 0).First().Report;
        (strength, volume) = (start.Properties[0].Mean, start.Properties[1].Mean);
        int accepted = 0;
        foreach (TrialRecord trial in store.ReadTrials(0, 1).Where(trial => trial.Outcome == TrialOutcome.Converged))
        {
            TargetReport report = trial.Report;
            trial.VetoedBy.ShouldBeOneOf(null, "mean[strength]", "mean[volume]");
            if (trial.Accepted)
            {
                report.Properties[0].Mean.ShouldBeLessThanOrEqualTo(strength);
                report.Properties[1].Mean.ShouldBeGreaterThanOrEqualTo(volume);
                (strength, volume) = (report.Properties[0].Mean, report.Properties[1].Mean);
                accepted++;
            }
        }

        accepted.ShouldBeGreaterThan(0);
        Vetoes(folder).ShouldContain("mean[strength]");
        Vetoes(folder).ShouldContain("mean[volume]");
    }

    private static string[] Vetoes(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(',')[9]).Distinct()];
}
