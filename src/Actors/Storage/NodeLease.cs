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
    private readonly Action<string>? _report;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Begins the lease.</summary>
    /// <param name="database">A connection of its own.</param>
    /// <param name="node">This process.</param>
    /// <param name="length">How long others wait for a sign of life.</param>
    /// <param name="report">Told if the lease cannot be kept for now.</param>
    public NodeLease(Database database, NodeRecord node, TimeSpan length, Action<string>? report = null)
    {
        _report = report;
        _registry = new NodeRegistry(database);
        _node = node;
        _length = length;
        _registry.Announce(node, length);
        _thread = new Thread(Keep) { Name = "lease", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>A name for a process that no other has or will have.</summary>
    public static NodeRecord Describe(int threads, string numerics) => new(
        $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}", Environment.MachineName, Environment.ProcessId, threads, numerics);

    /// <summary>Ends the lease. Who had work gives it back before.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        try
        {
            _registry.Leave(_node.Id);
        }
        catch (OperationCanceledException)
        {
            // The store is away and nobody waits for it any more: the lease runs out.
        }

        _stop.Dispose();
    }

    private void Keep()
    {
        bool told = false;
        while (!_stop.Wait(_length / 3))
        {
            try
            {
                _registry.Announce(_node, _length);
                told = false;
            }
            catch (OperationCanceledException)
            {
                // The process ends, and the store is away.
                return;
            }
#pragma warning disable CA1031 // Told to the user once; as long as there is no lease, work is taken over, and the fences say so.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (!told)
                {
                    told = true;
                    _report?.Invoke($"the lease of this node is not kept, and others will take its work over: {error.Message}");
                }
            }
        }
    }
}
