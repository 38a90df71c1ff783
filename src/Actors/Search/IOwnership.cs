using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <summary>Which parts of a run this process works on. Asked by the coordinator, again and again where others may come and go.</summary>
internal interface IOwnership
{
    /// <summary>Whether other processes may work on the same run.</summary>
    bool IsShared { get; }

    /// <summary>The name under which this process takes work.</summary>
    string Node { get; }

    /// <summary>Threads of other processes that have no chain of their own and could help.</summary>
    int FreeThreadsElsewhere { get; }

    /// <summary>Chains that a process should have at most while others have none.</summary>
    int FairShare { get; }

    /// <summary>The fence to open the run with; null as long as another process has it.</summary>
    long? TakeRun();

    /// <summary>Chains that this process works on from now on, with their fences; only those that it did not have.</summary>
    /// <param name="held">Those that it has.</param>
    /// <param name="positions">Where all chains stand.</param>
    IReadOnlyList<(int Replica, long Fence)> TakeChains(IReadOnlySet<int> held, IReadOnlyList<ChainPosition> positions);
}

/// <summary>All of a run, for the one process that holds its folder.</summary>
internal sealed class SoleOwnership(string node, long fence) : IOwnership
{
    private bool _taken;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public string Node => node;

    /// <inheritdoc/>
    public int FreeThreadsElsewhere => 0;

    /// <inheritdoc/>
    public int FairShare => int.MaxValue;

    /// <inheritdoc/>
    public long? TakeRun() => fence;

    /// <inheritdoc/>
    public IReadOnlyList<(int Replica, long Fence)> TakeChains(IReadOnlySet<int> held, IReadOnlyList<ChainPosition> positions)
    {
        if (_taken)
        {
            return [];
        }

        _taken = true;
        return [.. positions.Select(chain => (chain.Replica, chain.Fence))];
    }
}

/// <summary>
/// A fair share of a run: unfinished chains by the living nodes that work on it, rounded up, so that every chain finds an owner; who has
/// none helps.
/// </summary>
/// <param name="store">The run.</param>
/// <param name="run">Its id.</param>
/// <param name="nodes">All nodes of the store.</param>
/// <param name="node">This one.</param>
internal sealed class SharedOwnership(IRunStore store, string run, NodeRegistry nodes, NodeRecord node) : IOwnership
{
    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public string Node => node.Id;

    /// <inheritdoc/>
    public int FreeThreadsElsewhere { get; private set; }

    /// <inheritdoc/>
    public int FairShare { get; private set; } = int.MaxValue;

    /// <inheritdoc/>
    public long? TakeRun() => store.TakeRun(node.Id);

    /// <inheritdoc/>
    public IReadOnlyList<(int Replica, long Fence)> TakeChains(IReadOnlySet<int> held, IReadOnlyList<ChainPosition> positions)
    {
        IReadOnlyList<ChainPosition> unfinished = [.. positions.Where(chain => !chain.Ended)];
        IReadOnlyList<NodeStatus> all = nodes.Read();
        if (all.Any(n => n.Node.Id == node.Id && n.Run != run))
        {
            // New here, or its lease was over for so long that it had been forgotten.
            nodes.WorkOn(node.Id, run);
        }

        HashSet<string> living = [.. all.Where(n => n.Alive).Select(n => n.Node.Id)];
        NodeRecord[] others = [.. all.Where(n => n.Alive && n.Run == run && n.Node.Id != node.Id).Select(n => n.Node)];
        FreeThreadsElsewhere = others
            .Where(n => !unfinished.Any(chain => chain.Owner == n.Id))
            .Sum(n => n.Threads);
        int share = FairShare = (unfinished.Count + others.Length) / (others.Length + 1);
        foreach (ChainPosition chain in unfinished.Where(chain => chain.Owner == node.Id && !held.Contains(chain.Replica)))
        {
            // Taken by a commit whose answer was lost, or given up here: nobody works on it.
            store.Release(node.Id, chain.Replica);
        }

        // Asked only where some seem to be free, since the question is a transaction over all chains; the store has the last word.
        bool some = unfinished.Any(chain =>
            !held.Contains(chain.Replica) && (chain.Owner is not { } owner || owner == node.Id || !living.Contains(owner)));
        return held.Count < share && some ? store.TakeFree(node.Id, share - held.Count) : [];
    }
}
