using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Output;

namespace Glasswright.Host.Board;

/// <summary>
/// A search as its terminal shows it: a line for all of it, and what each replica of this process is at. What it draws stays below whatever is written
/// meanwhile. It draws on a thread of its own, so that the search waits for no terminal, and a fiftieth of the time at most, once it is warm.
/// </summary>
internal sealed class SearchBoard : IDisposable
{
    private const int PauseByDraw = 49;
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(250), MostPause = TimeSpan.FromSeconds(2);

    private readonly Terminal _terminal;
    private readonly SearchSettings _settings;
    private readonly TimeProvider _time;
    private readonly ManualResetEventSlim _ended = new();

    // Of whoever draws: the thread, or a test.
    private readonly TargetSet _targets;
    private readonly SortedDictionary<int, ReplicaTrack> _replicas = [];

    // Written by the search, read by whoever draws.
    private volatile State? _latest;
    private Thread? _thread;

    /// <summary>A board that is drawn when it is told to.</summary>
    /// <param name="terminal">Where to draw.</param>
    /// <param name="settings">The search.</param>
    /// <param name="time">The clock.</param>
    public SearchBoard(Terminal terminal, SearchSettings settings, TimeProvider time)
    {
        _terminal = terminal;
        _settings = settings;
        _time = time;
        _targets = settings.TargetSet;
    }

    /// <summary>A board that draws itself; null where nobody looks at a screen on which lines can be replaced, and where programs read the output.</summary>
    public static SearchBoard? Open(Terminal terminal, bool json, SearchSettings settings)
    {
        if (json || terminal.Screen is null)
        {
            return null;
        }

        var board = new SearchBoard(terminal, settings, TimeProvider.System);
        board._thread = new Thread(board.DrawAgainAndAgain) { Name = "board", IsBackground = true };
        board._thread.Start();
        return board;
    }

    /// <summary>Takes how far the search is. Told on one thread, which waits for nothing.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="head">What is to be said of all replicas together; asked when it is drawn.</param>
    public void Show(SearchProgress progress, Func<string> head) => _latest = new State(progress, head);

    /// <summary>Draws what was told last.</summary>
    public void Draw()
    {
        if (_latest is not { } latest || _terminal.Screen is not { } screen)
        {
            return;
        }

        for (int r = 0; r < latest.Progress.Chains.Count; r++)
        {
            if (latest.Progress.Chains[r] is not { } chain)
            {
                continue;
            }

            if (_replicas.TryGetValue(r, out ReplicaTrack? track))
            {
                track.Add(chain);
            }
            else
            {
                _replicas[r] = new ReplicaTrack(r, _targets, _settings.Trials, chain, _time);
            }
        }

        _terminal.Pinned.Show(BoardLayout.Lines(latest.Head(), [.. _replicas.Values], _settings.Tempering.Scales.Count > 1, screen));
    }

    /// <summary>Takes the board away.</summary>
    public void Dispose()
    {
        _ended.Set();
        _thread?.Join();
        _terminal.Pinned.Show([]);
    }

    private void DrawAgainAndAgain()
    {
        TimeSpan pause = LeastPause;
        while (!_ended.Wait(pause))
        {
            long began = _time.GetTimestamp();
            try
            {
                Draw();
            }
#pragma warning disable CA1031 // A terminal that is gone, or a drawing that fails, ends the board and not the search.
            catch (Exception)
#pragma warning restore CA1031
            {
                return;
            }

            TimeSpan rest = PauseByDraw * _time.GetElapsedTime(began);
            pause = rest < LeastPause ? LeastPause : rest > MostPause ? MostPause : rest;
        }
    }

    private sealed record State(SearchProgress Progress, Func<string> Head);
}
