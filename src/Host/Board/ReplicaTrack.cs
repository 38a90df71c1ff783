using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;

namespace Glasswright.Host.Board;

/// <summary>
/// What a board knows of one chain. Its rate counts from when this process had the chain, so trials of an earlier process are no work of this one.
/// </summary>
internal sealed class ReplicaTrack
{
    // A rate over less time says nothing.
    private static readonly TimeSpan ShortestClock = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _total;
    private readonly long _found;
    private readonly long _began;
    private ChainProgress _now;

    /// <summary>Begins with the state in which this process found the chain.</summary>
    /// <param name="replica">The chain.</param>
    /// <param name="targets">The targets of the search.</param>
    /// <param name="total">Trials that it is to have.</param>
    /// <param name="first">How far it is.</param>
    /// <param name="time">The clock.</param>
    public ReplicaTrack(int replica, TargetSet targets, long total, ChainProgress first, TimeProvider time)
    {
        Replica = replica;
        _time = time;
        _total = total;
        _found = first.Trials;
        _began = time.GetTimestamp();
        _now = first;
        Targets = [.. Enumerable.Range(0, targets.Count).Select(k => new TargetTrack(targets[k]))];
        Add(first);
    }

    /// <summary>The chain.</summary>
    public int Replica { get; }

    /// <summary>Its rung.</summary>
    public int Rung => _now.Rung;

    /// <summary>Trials committed, those of earlier processes too.</summary>
    public long Trials => _now.Trials;

    /// <summary>Trials in all.</summary>
    public long Total => _total;

    /// <summary>The accepted share of <see cref="Trials"/>; NaN before the first.</summary>
    public double Acceptance => _now.Trials > 0 ? (double)_now.Accepted / _now.Trials : double.NaN;

    /// <summary>The targets, in the order of the configuration.</summary>
    public IReadOnlyList<TargetTrack> Targets { get; }

    /// <summary>Trials a second that this process has done; NaN as long as there is nothing to tell.</summary>
    public double Rate
    {
        get
        {
            TimeSpan elapsed = _time.GetElapsedTime(_began);
            long here = _now.Trials - _found;
            return elapsed >= ShortestClock && here > 0 ? here / elapsed.TotalSeconds : double.NaN;
        }
    }

    /// <summary>Time to the chain's last trial at <see cref="Rate"/>; null where nobody can tell.</summary>
    public TimeSpan? Left => (_total - _now.Trials) / Rate is var seconds && seconds < TimeSpan.MaxValue.TotalSeconds / 2
        ? TimeSpan.FromSeconds(seconds)
        : null;

    /// <summary>Takes how far the chain is now.</summary>
    public void Add(ChainProgress progress)
    {
        _now = progress;
        for (int k = 0; k < Math.Min(Targets.Count, progress.Objectives.Count); k++)
        {
            Targets[k].Add(progress.Trials, progress.Objectives[k]);
        }
    }
}
