using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Host.Dashboard;

/// <summary>What whoever has the token may do to a run.</summary>
internal abstract class RunControl
{
    /// <summary>What the run is at because of what was done here; null where its store knows better.</summary>
    public virtual string? State => null;

    /// <summary>What may be done to a live run now.</summary>
    public abstract IReadOnlyList<string> Actions { get; }

    /// <summary>Does it.</summary>
    public abstract void Act(string action);
}

/// <summary>Of the search in this process: its samplers wait, or it stops as Ctrl-C stops it.</summary>
/// <param name="gate">Where the samplers wait.</param>
/// <param name="stop">Stops the search after a checkpoint.</param>
internal sealed class SearchControl(PauseGate gate, CancellationTokenSource stop) : RunControl
{
    /// <inheritdoc/>
    public override string? State => stop.IsCancellationRequested ? "stopping" : gate.IsPaused ? "paused" : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Actions => stop.IsCancellationRequested ? [] : [gate.IsPaused ? "resume" : "pause", "stop"];

    /// <inheritdoc/>
    public override void Act(string action)
    {
        switch (action)
        {
            case "pause":
                gate.Pause();
                break;
            case "resume":
                gate.Resume();
                break;
            case "stop":
                stop.Cancel();
                break;
            default:
                throw new InvalidOperationException($"A search cannot {action}.");
        }
    }
}

/// <summary>Of a run that many nodes may work on: it can only be ended, on all of them.</summary>
/// <param name="open">Opens a connection for it.</param>
/// <param name="run">The run.</param>
internal sealed class StoreControl(Func<Database> open, string run) : RunControl
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Actions => ["cancel"];

    /// <inheritdoc/>
    public override void Act(string action)
    {
        using Database database = open();
        new RunStore(database, run, owns: false).WriteState(RunState.Canceled);
    }
}
