using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Search;

/// <summary>The law of one answer with targets about some of the atoms, as the species move through a soft region.</summary>
public sealed class LawOfPatternsTests : IDisposable
{
    private readonly LawHarness _harness = new();

    private static SearchSettings Settings { get; } = LawHarness.Settings with
    {
        Targets =
        [
            Target.Mean().Within(new Pattern { Species = "Cu" }),
            Target.Quantile(0.75).Within(new Pattern { Region = new Region(new Vector3(4, 0.3, 0), 3, 1.5) }),
            Target.Maximum(direction: TargetDirection.Raise).Within(new Pattern { Species = "Zr", Region = new Region(new Vector3(8, 0, 0), 4) }),
        ],
        Screening = new ScreeningSettings { Mode = ScreeningMode.EarlyReject, Margin = 0.1, AuditShare = 0.3 },
    };

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task AnyNumberOfSamplersReloadsAndKillsAnswerTheSameBytes()
    {
        string reference = _harness.NewFolder(), reloaded = _harness.NewFolder();
        SearchResult result = await LawHarness.RunAsync(reference, Settings with { Samplers = 1 }, new ToyLandscape.Options());
        result.Accepted.ShouldBeGreaterThan(5);
        await LawHarness.RunAsync(reloaded, Settings with { Samplers = 4, RoundTripEveryCommit = true }, LawHarness.Delayed(81));
        LawHarness.ShouldAnswerTheSame(reloaded, reference);
        (string killed, int crashes) = await _harness.RunWithCrashesAsync(Settings with { Samplers = 3 }, 82);
        crashes.ShouldBeGreaterThan(3);
        LawHarness.ShouldAnswerTheSame(killed, reference);
        PilotTrialsAreMeasuredOnTheirOwnStructures(reference);
        File.ReadLines(Path.Combine(reference, "chain-0.csv")).ShouldContain(line => line.Contains("mean(Cu)", StringComparison.Ordinal));
    }

    private static void PilotTrialsAreMeasuredOnTheirOwnStructures(string folder)
    {
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        using var landscape = new ToyLandscape(new ToyLandscape.Options());
        var start = ChainVersion.Evaluate(landscape, Settings.TargetSet, Settings.Proposal, 0, 0, store.ReadVersions(0, 0).First().Bytes);
        foreach (PairOutcome pilot in store.ReadPilots().Where(pilot => pilot.Outcome == TrialOutcome.Converged))
        {
            Relaxation relaxation = landscape.RelaxSwap(start, pilot.Pair, null, CancellationToken.None);
            var objectives = new double[3];
            Settings.TargetSet.Evaluate(relaxation.Energy, landscape.RelaxedValues, objectives, landscape.Relaxed);
            pilot.Objectives.ShouldBe(objectives);
        }
    }
}
