using System.Data.Common;
using System.Diagnostics;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Host.Dashboard;

/// <summary>
/// Looks at a run twice a second at most, on a thread of its own and over a connection of its own, and tells whoever waits. The last few states are
/// kept, so that a page that was away gets only what it has missed.
/// </summary>
internal sealed class RunWatch : IDisposable
{
    private const int Kept = 8;

    // A run of very many trials takes a while to look at; its store belongs to others for nine tenths of the time.
    private const int PauseByLook = 9;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(0.5);

    private readonly RunSource _source;

    // Of the thread alone; of whoever ends it, once it has ended.
    private readonly RunView _view;
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _touched = new(initialState: false);
    private readonly Thread _thread;

    // Protects all below; never held while the store is read.
    private readonly Lock _lock = new();
    private readonly Queue<LiveState> _states = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LiveState _newest;
    private bool _ended;

    /// <summary>Begins to look.</summary>
    public RunWatch(RunSource source)
    {
        _source = source;
        _view = new RunView(source);
        _newest = _view.Show(0);
        _thread = new Thread(Look) { IsBackground = true, Name = "dashboard" };
        _thread.Start();
    }

    /// <summary>What may be done to the run.</summary>
    public RunControl? Control => _source.Control;

    /// <summary>The present state.</summary>
    public LiveState Newest
    {
        get
        {
            lock (_lock)
            {
                return _newest;
            }
        }
    }

    /// <summary>Whether nothing will change any more.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    /// <summary>An earlier state; null if it is not kept.</summary>
    public LiveState? Find(long revision)
    {
        lock (_lock)
        {
            return _states.FirstOrDefault(state => state.Revision == revision);
        }
    }

    /// <summary>Waits for a state later than one; null if there is none within a time, or none will come.</summary>
    public async Task<LiveState?> NextAsync(long after, TimeSpan most, CancellationToken cancel)
    {
        Task moved;
        lock (_lock)
        {
            if (_newest.Revision > after || _ended)
            {
                return _newest.Revision > after ? _newest : null;
            }

            moved = _moved.Task;
        }

        try
        {
            await moved.WaitAsync(most, cancel).ConfigureAwait(false);
            return Newest;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Something was done to the run: readers are told at once.</summary>
    public void Touch() => _touched.Set();

    /// <summary>Looks a last time, at a search of this process that has ended, and lets readers know.</summary>
    public void End(string outcome)
    {
        _stop.Cancel();
        _thread.Join();
        try
        {
            using Database database = _source.Open(CancellationToken.None);
            _view.Look(database);
        }
        catch (Exception failure) when (IsOfStore(failure))
        {
            _view.Trouble = CannotRead(failure);
        }

        _view.Ended = outcome;
        Publish(ended: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
        _touched.Dispose();
    }

    private static string CannotRead(Exception failure) => $"The run cannot be read now: {failure.Message}";

    private static bool IsOfStore(Exception failure) => failure is DbException or InputException or IOException or OperationCanceledException;

    private void Look()
    {
        Database? database = null;
        var looked = new Stopwatch();
        WaitHandle[] wakes = [_stop.Token.WaitHandle, _touched];
        try
        {
            do
            {
                looked.Restart();
                try
                {
                    database ??= _source.Open(_stop.Token);
                    _view.Look(database);
                    _view.Trouble = null;
                }
                catch (Exception failure) when (IsOfStore(failure))
                {
                    // The page says it, and the next look begins anew: a store may be away for a while.
                    database?.Dispose();
                    database = null;
                    _view.Trouble = CannotRead(failure);
                }

                Publish();
            }
            while (WaitHandle.WaitAny(wakes, Between > PauseByLook * looked.Elapsed ? Between : PauseByLook * looked.Elapsed) != 0);
        }
        finally
        {
            database?.Dispose();
        }
    }

    private void Publish(bool ended = false)
    {
        LiveState state = _view.Show(Newest.Revision + 1);
        if (!ended && state.IsLike(Newest))
        {
            return;
        }

        TaskCompletionSource moved;
        lock (_lock)
        {
            _newest = state;
            _ended = ended;
            _states.Enqueue(state);
            if (_states.Count > Kept)
            {
                _states.Dequeue();
            }

            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
    }
}
