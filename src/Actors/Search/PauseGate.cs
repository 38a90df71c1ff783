namespace Glasswright.Actors.Search;

/// <summary>
/// Where the samplers of a process wait between two pieces of work while its user wants a run to rest. A piece under way is finished first.
/// Which bits come out does not depend on when a sampler works, so a pause changes none. Any thread may pause and resume.
/// </summary>
internal sealed class PauseGate : IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    // Held while the gate changes, so that a pause that comes too late cannot hold up a run that is ending.
    private readonly Lock _lock = new();
    private bool _forGood;

    /// <summary>Whether samplers wait, or will after what they have in hand.</summary>
    public bool IsPaused => !_open.IsSet;

    /// <summary>Lets samplers wait; nothing once the run is ending.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            if (!_forGood)
            {
                _open.Reset();
            }
        }
    }

    /// <summary>Lets them go on.</summary>
    public void Resume() => _open.Set();

    /// <summary>Lets them go on and never wait again: the run is ending.</summary>
    public void OpenForGood()
    {
        lock (_lock)
        {
            _forGood = true;
            _open.Set();
        }
    }

    /// <summary>Returns when the gate is open, or the work is given up.</summary>
    public void Wait(CancellationToken givenUp)
    {
        try
        {
            if (!_open.IsSet)
            {
                _open.Wait(givenUp);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever gave it up has canceled the work as well.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();
}
