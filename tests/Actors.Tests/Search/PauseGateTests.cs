using Glasswright.Actors.Search;

namespace Glasswright.Actors.Tests.Search;

/// <summary>Pauses of a search on the toy landscape.</summary>
public sealed class PauseGateTests : IDisposable
{
    private readonly LawHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task PausedAndResumedAgainAndAgainItAnswersTheSameBytes(int samplers)
    {
        string plain = _harness.NewFolder(), paused = _harness.NewFolder();
        await LawHarness.RunAsync(plain, LawHarness.Settings with { Samplers = 1 }, new ToyLandscape.Options());
        using var gate = new PauseGate();
        int pauses = 0;
        var progress = new ActionProgress(seen =>
        {
            if (seen.Done % 7 == 0)
            {
                pauses++;
                gate.Pause();
                gate.IsPaused.ShouldBeTrue();
                Task.Run(gate.Resume);
            }
        });

        SearchResult result = await LawHarness.RunAsync(paused, LawHarness.Settings with { Samplers = samplers }, LawHarness.Delayed(3), progress: progress, gate: gate);

        result.Outcome.ShouldBe(SearchOutcome.Finished);
        pauses.ShouldBeGreaterThan(5);
        LawHarness.ShouldAnswerTheSame(paused, plain);
    }

    [Fact]
    public async Task WhilePausedNothingIsEvaluatedAndAStopEndsTheRunAllTheSame()
    {
        using var gate = new PauseGate();
        using var stop = new CancellationTokenSource();
        int evaluations = 0;
        ToyLandscape.Options counted = new() { Delay = (_, _) => Interlocked.Increment(ref evaluations) };
        gate.Pause();

        Task<SearchResult> paused = Task.Run(() => LawHarness.RunAsync(_harness.NewFolder(), LawHarness.Settings, counted, stop: stop.Token, gate: gate));
        string other = _harness.NewFolder();
        await LawHarness.RunAsync(other, LawHarness.Settings, new ToyLandscape.Options());

        // As long as another run took for all of its trials.
        Volatile.Read(ref evaluations).ShouldBe(0);
        paused.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        (await paused).Outcome.ShouldBe(SearchOutcome.Stopped);
        gate.Pause();
        gate.IsPaused.ShouldBeFalse("a run that has ended cannot be held up");
    }
}
