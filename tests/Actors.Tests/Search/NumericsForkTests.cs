using System.Text.Json;
using Glasswright.Actors.Search;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Search;

/// <summary>A run that goes on under other numerics: only on request, from the last committed state, and told in the run.</summary>
public sealed class NumericsForkTests : IDisposable
{
    /// <summary>The same landscape with other last bits.</summary>
    private static readonly ToyLandscape.Options Other = new() { Scale = 1 + 1e-15, Numerics = "toy-2" };

    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task ForkGoesOnFromWhereTheRunStoodAndAnswersTheSameForAnyNumberOfSamplers(int trialsBefore)
    {
        string one = await Stopped(trialsBefore), three = _harness.NewFolder();
        string[][] before = [.. Enumerable.Range(0, 2).Select(r => Rows(one, r))];
        InputException refused = await Should.ThrowAsync<InputException>(() => Resume(one, accept: false));
        refused.Message.ShouldContain("--accept-new-numerics");
        Rows(one, 0).ShouldBe(before[0]);
        Copy(one, three);

        (await Resume(one, accept: true)).Trials.ShouldBe(240);

        // In pieces, and with other samplers: a fork obeys the law as any run does.
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            await Resume(three, accept: true, stop: stop.Token);
        }

        await Resume(three, accept: false, samplers: 3);
        LawHarness.ShouldAnswerTheSame(three, one);
        for (int r = 0; r < 2; r++)
        {
            Rows(one, r).Take(before[r].Length).ShouldBe(before[r]);
        }

        JsonElement document = JsonDocument.Parse(File.ReadAllText(Path.Combine(one, "run.json"))).RootElement;
        document.GetProperty("numerics").GetString().ShouldBe("toy-2");
        JsonElement[] forks = [.. document.GetProperty("forks").EnumerateArray()];
        forks.Select(fork => fork.GetProperty("from_trial").GetInt64()).ShouldBe(before.Select(rows => rows.Length + 1L));
        forks.ShouldAllBe(fork => fork.GetProperty("numerics_before").GetString() == "toy" && fork.GetProperty("numerics").GetString() == "toy-2");
    }

    [Fact]
    public async Task ForkIsNotAnExcuseForOtherNumbersLater()
    {
        string folder = await Stopped(30);
        using var stop = new CancellationTokenSource();
        long accepted = Accepted(folder);
        await Resume(folder, accept: true, stop: stop.Token, progress: new ActionProgress(p =>
        {
            // Until both chains have left the versions that they forked at.
            if (p.Chains.All(chain => chain?.Accepted > accepted))
            {
                stop.Cancel();
            }
        }));

        await Should.ThrowAsync<LawBrokenException>(() => LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options { Numerics = "toy-2" }));
    }

    [Fact]
    public async Task RunWithoutTrialsIsNotForked()
    {
        string folder = _harness.NewFolder();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options(), stop: stop.Token);

        (await Should.ThrowAsync<InputException>(() => Resume(folder, accept: true))).Message.ShouldContain("no trials yet");
    }

    private static Task<SearchResult> Resume(
        string folder, bool accept, int samplers = 1, IProgress<SearchProgress>? progress = null, CancellationToken stop = default) =>
        LawHarness.RunAsync(
            folder, LawHarness.Settings with { Samplers = samplers }, Other with { AcceptNewNumerics = accept }, null, progress, stop: stop);

    private static string[] Rows(string folder, int replica)
    {
        string path = Path.Combine(folder, $"chain-{replica}.csv");
        return File.Exists(path) ? [.. File.ReadLines(path).Skip(1)] : [];
    }

    private static bool IsAccepted(string row) => row.Split(',')[1] == "1";

    private static long Accepted(string folder) => Enumerable.Range(0, 2).Max(r => Rows(folder, r).Count(IsAccepted));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFiles(from))
        {
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        }
    }

    private async Task<string> Stopped(int trials)
    {
        string folder = _harness.NewFolder();
        using var stop = new CancellationTokenSource();
        var progress = new ActionProgress(p =>
        {
            if (p.Stage == SearchStage.Running && p.Done >= trials)
            {
                stop.Cancel();
            }
        });
        await LawHarness.RunAsync(folder, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options(), null, progress, stop: stop.Token);
        return folder;
    }
}
