using System.Diagnostics;

namespace Glasswright.Actors.Storage;

/// <summary>
/// Keeps the lease of this process: a thread and a connection of their own renew it three times in its length, whatever the rest of the
/// process does. A process that is frozen renews nothing, and what it had is taken over; thawed, it begins a new lease and learns from its
/// fences what it has lost.
/// </summary>
internal sealed class NodeLease : IDisposable
{
    private readonly NodeRegistry _registry;
    private readonly NodeRecord _node;
    private readonly TimeSpan _length;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Begins the lease.</summary>
    /// <param name="database">A connection of its own.</param>
    /// <param name="node">This process.</param>
    /// <param name="length">How long others wait for a sign of life.</param>
    public NodeLease(Database database, NodeRecord node, TimeSpan length)
    {
        _registry = new NodeRegistry(database);
        _node = node;
        _length = length;
        _registry.Announce(node, length);
        _thread = new Thread(Keep) { Name = "lease", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>What ended the thread before its time: the lease is not kept any more. Null as long as all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>A name for a process that no other has or will have.</summary>
    public static NodeRecord Describe(int threads, string numerics) => new(
        $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}", Environment.MachineName, Environment.ProcessId, threads, numerics);

    /// <summary>Ends the lease. Who had work gives it back before.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        if (Failure is null)
        {
            _registry.Leave(_node.Id);
        }

        _stop.Dispose();
    }

    private void Keep()
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            for (long renewals = 1; ; renewals++)
            {
                TimeSpan due = (_length / 3 * renewals) - Stopwatch.GetElapsedTime(began);
                if (_stop.Wait(due > TimeSpan.Zero ? due : TimeSpan.Zero))
                {
                    return;
                }

                _registry.Announce(_node, _length);
            }
        }
#pragma warning disable CA1031 // Kept for whoever asks: without a lease the work is taken over, and the fences say so.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Failure = error;
        }
    }
}
