using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Output;

namespace Glasswright.Host.Board;

/// <summary>
/// A search as its terminal shows it: a line for all of it, and what each replica of this process is at. Told on one thread; what it draws stays below
/// whatever is written meanwhile. Drawing takes a fiftieth of the time at most.
/// </summary>
/// <param name="terminal">Where to draw.</param>
/// <param name="settings">The search.</param>
/// <param name="time">The clock.</param>
internal sealed class SearchBoard(Terminal terminal, SearchSettings settings, TimeProvider time) : IDisposable
{
    private const int PauseByDraw = 49;
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(250);

    private readonly TargetSet _targets = settings.TargetSet;
    private readonly SortedDictionary<int, ReplicaTrack> _replicas = [];
    private readonly ChainProgress?[] _seen = new ChainProgress?[settings.Replicas];
    private long _drawnAt;
    private TimeSpan _pause;

    /// <summary>A board where somebody looks at a screen on which lines can be replaced; null elsewhere, and where programs read the output.</summary>
    public static SearchBoard? Open(Terminal terminal, bool json, SearchSettings settings) =>
        !json && terminal.Screen is not null ? new SearchBoard(terminal, settings, TimeProvider.System) : null;

    /// <summary>Takes how far the search is, and draws it unless it was drawn a moment ago.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="head">What is to be said of all replicas together.</param>
    public void Show(SearchProgress progress, Func<string> head)
    {
        for (int r = 0; r < progress.Chains.Count; r++)
        {
            if (progress.Chains[r] is { } chain && !ReferenceEquals(chain, _seen[r]))
            {
                _seen[r] = chain;
                if (_replicas.TryGetValue(r, out ReplicaTrack? track))
                {
                    track.Add(chain);
                }
                else
                {
                    _replicas[r] = new ReplicaTrack(r, _targets, settings.Trials, chain, time);
                }
            }
        }

        long now = time.GetTimestamp();
        if (_drawnAt != 0 && time.GetElapsedTime(_drawnAt, now) < _pause)
        {
            return;
        }

        if (terminal.Screen is { } screen)
        {
            terminal.Pinned.Show(BoardLayout.Lines(head(), [.. _replicas.Values], settings.Tempering.Scales.Count > 1, screen));
        }

        _drawnAt = time.GetTimestamp();
        TimeSpan rest = PauseByDraw * time.GetElapsedTime(now, _drawnAt);
        _pause = rest > RedrawEvery ? rest : RedrawEvery;
    }

    /// <summary>Takes the board away.</summary>
    public void Dispose() => terminal.Pinned.Show([]);
}
