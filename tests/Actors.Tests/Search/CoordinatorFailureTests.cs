using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tests.Search;

/// <summary>A coordinator that fails itself ends the run in order: whoever awaits its report may close the store at once.</summary>
public sealed class CoordinatorFailureTests : IDisposable
{
    private readonly LawHarness _harness = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;

    public void Dispose()
    {
        _harness.Dispose();
        _release.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task ReportOfAFailedCheckpointWaitsForEverySampler(int failures)
    {
        var options = new ToyLandscape.Options { Delay = (_, _) => Hold() };
        Task<SearchResult> run = Task.Run(() => LawHarness.RunAsync(
            _harness.NewFolder(),
            LawHarness.Settings with { Samplers = 2, CheckpointEvery = TimeSpan.FromMilliseconds(5) },
            options,
            store => new SpentFailingStore(store, failures, () => Volatile.Read(ref _inside) > 0, _failed)));
        await _failed.Task.WaitAsync(TimeSpan.FromMinutes(1));

        // Long enough for a report that does not wait; one that does cannot come, since a sampler is held.
        await Task.WhenAny(run, Task.Delay(TimeSpan.FromMilliseconds(300)));
        run.IsCompleted.ShouldBeFalse("a sampler is still at work");
        _release.Set();

        await Should.ThrowAsync<SimulatedCrashException>(() => run);
        Volatile.Read(ref _inside).ShouldBe(0);
    }

    private void Hold()
    {
        Interlocked.Increment(ref _inside);
        _release.Wait();
        Interlocked.Decrement(ref _inside);
    }

    /// <summary>A store that cannot note what was spent, so many times from when a sampler is at work.</summary>
    private sealed class SpentFailingStore(IRunStore inner, int failures, Func<bool> atWork, TaskCompletionSource failed)
        : CrashingStore(inner, int.MaxValue, false)
    {
        private int _failures;

        public override void WriteSpent(SpentWork spent, long fence)
        {
            if (_failures == failures || (_failures == 0 && !atWork()))
            {
                base.WriteSpent(spent, fence);
                return;
            }

            _failures++;
            failed.TrySetResult();
            throw new SimulatedCrashException();
        }
    }
}
