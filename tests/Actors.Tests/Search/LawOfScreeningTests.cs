using System.Text.Json;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tests.Search;

/// <summary>
/// The law of one answer where estimates decide: a trial screened, followed to its end, audited or taken from an equal pair gives
/// the same bytes whatever else is known of the pair by then.
/// </summary>
public sealed class LawOfScreeningTests : IDisposable
{
    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task TheReferenceHasScreenedAuditedAndFullTrialsAndRepeatsOfEach()
    {
        (string folder, SearchResult result) = await ReferenceAsync(nameof(ScreeningMode.EarlyReject));
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(l => l.Split(','))];
        string[][] screened = [.. rows.Where(r => r[4] == nameof(TrialOutcome.Screened))];
        screened.Length.ShouldBeGreaterThan(20);
        screened.ShouldAllBe(r => r[1] == "0" && r[5].Length == 0 && r[6].Length == 0 && r[9].Length > 0 && r[10].Length == 0);
        rows.Where(r => r[4] == nameof(TrialOutcome.Converged)).ShouldContain(r => r[1] == "1");
        rows.ShouldContain(r => r[4] == nameof(TrialOutcome.NotReversible));
        result.RepeatShare.ShouldBeGreaterThan(0.05);
        ScreeningResult figure = result.Screening.ShouldNotBeNull();
        figure.Totals.Audited.ShouldBeGreaterThan(10);
        figure.Totals.AuditedAccepted.ShouldBeGreaterThan(0);
        figure.Lost!.Value.Share.ShouldBeInRange(figure.Lost.Value.Low, figure.Lost.Value.High);
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        store.ReadTrials(0, 1).Count(t => t.Outcome == TrialOutcome.Screened).ShouldBe(screened.Length);
        store.ReadPilots().ShouldAllBe(p => p.Outcome != TrialOutcome.Screened && p.Estimate != null);
        JsonElement written = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("screening");
        written.GetProperty("audited_accepted").GetInt64().ShouldBe(figure.Totals.AuditedAccepted);
        written.GetProperty("lost_acceptances").GetProperty("share").GetDouble().ShouldBe(figure.Lost.Value.Share);
    }

    [Theory]
    [InlineData(nameof(ScreeningMode.EarlyReject))]
    [InlineData(nameof(ScreeningMode.DelayedAcceptance))]
    public async Task AnyNumberOfSamplersWithRandomDelaysAnswersTheSameBytes(string mode)
    {
        (string reference, SearchResult expected) = await ReferenceAsync(mode);
        foreach (int samplers in new[] { 1, 2, 3, 8 })
        {
            string folder = _harness.NewFolder();
            SearchResult result = await LawHarness.RunAsync(
                folder, Settings(mode) with { Samplers = samplers }, LawHarness.Delayed((ulong)samplers));
            LawHarness.ShouldAnswerTheSame(folder, reference);
            result.Screening.ShouldBe(expected.Screening);
        }
    }

    [Theory]
    [InlineData(nameof(ScreeningMode.EarlyReject))]
    [InlineData(nameof(ScreeningMode.DelayedAcceptance))]
    public async Task ReloadingTheStateAfterEveryCommitAnswersTheSameBytes(string mode)
    {
        (string reference, _) = await ReferenceAsync(mode);
        string folder = _harness.NewFolder();
        await LawHarness.RunAsync(folder, Settings(mode) with { Samplers = 2, RoundTripEveryCommit = true }, LawHarness.Delayed(9));
        LawHarness.ShouldAnswerTheSame(folder, reference);
    }

    [Theory]
    [InlineData(nameof(ScreeningMode.EarlyReject), 1, 61)]
    [InlineData(nameof(ScreeningMode.EarlyReject), 3, 62)]
    [InlineData(nameof(ScreeningMode.DelayedAcceptance), 2, 63)]
    public async Task KilledAtRandomWritesAndResumedItAnswersTheSameBytes(string mode, int samplers, ulong key)
    {
        (string reference, SearchResult expected) = await ReferenceAsync(mode);
        (string folder, int crashes) = await _harness.RunWithCrashesAsync(Settings(mode) with { Samplers = samplers }, key);
        crashes.ShouldBeGreaterThan(3);
        LawHarness.ShouldAnswerTheSame(folder, reference);
        SearchResult again = await LawHarness.RunAsync(folder, Settings(mode) with { Samplers = 1 }, new ToyLandscape.Options());
        again.Screening.ShouldBe(expected.Screening);
    }

    [Fact]
    public async Task WithAMarginThatScreensNothingTheAnswerIsThatWithoutScreening()
    {
        string off = _harness.NewFolder(), on = _harness.NewFolder();
        await LawHarness.RunAsync(off, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options());
        SearchSettings settings = LawHarness.Settings with
        {
            Samplers = 3,
            Screening = new ScreeningSettings { Mode = ScreeningMode.EarlyReject, Margin = 1e6, AuditShare = 0 },
        };
        SearchResult result = await LawHarness.RunAsync(on, settings, LawHarness.Delayed(71));
        LawHarness.ShouldAnswerTheSame(on, off);
        result.Screening!.Totals.ShouldBe(default);
    }

    [Fact]
    public async Task AuditsOnlyObserve()
    {
        (string reference, SearchResult some) = await ReferenceAsync(nameof(ScreeningMode.EarlyReject));
        string folder = _harness.NewFolder();
        SearchSettings settings = Settings(nameof(ScreeningMode.EarlyReject));
        SearchResult all = await LawHarness.RunAsync(
            folder, settings with { Samplers = 2, Screening = settings.Screening with { AuditShare = 1 } }, LawHarness.Delayed(72));
        LawHarness.ShouldAnswerTheSame(folder, reference);
        all.Screening!.Totals.Audited.ShouldBe(all.Screening.Totals.Screened);
        all.Screening.Totals.Screened.ShouldBe(some.Screening!.Totals.Screened);
        all.Screening.Totals.AuditedAccepted.ShouldBeGreaterThanOrEqualTo(some.Screening.Totals.AuditedAccepted);
    }

    private static SearchSettings Settings(string mode) => LawHarness.Settings with
    {
        Screening = new ScreeningSettings { Mode = Enum.Parse<ScreeningMode>(mode), Margin = 0.1, AuditShare = 0.3 },
    };

    private async Task<(string Folder, SearchResult Result)> ReferenceAsync(string mode)
    {
        string folder = _harness.NewFolder();
        return (folder, await LawHarness.RunAsync(folder, Settings(mode) with { Samplers = 1 }, new ToyLandscape.Options()));
    }
}
