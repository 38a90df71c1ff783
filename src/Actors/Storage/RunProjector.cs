using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>
/// Follows a run in a store that others write, and brings its files up to date: trials by trials, as the owner of a chain would have
/// written them.
/// </summary>
internal sealed class RunProjector : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly RunFolder _folder;
    private readonly IRunStore _store;
    private readonly int _replicas;
    private readonly Dictionary<int, Followed> _chains = [];
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private Exception? _failure;

    /// <summary>Begins to follow.</summary>
    public RunProjector(RunFolder folder, IRunStore store, int replicas)
    {
        _folder = folder;
        _store = store;
        _replicas = replicas;
        _thread = new Thread(Follow) { Name = "projector", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Brings the files to what the store has now.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                // What was written may be half: the files are made anew from the store.
                _chains.Clear();
                _failure = null;
                if (failure is not IOException)
                {
                    throw new InvalidOperationException("The files of the run could not be kept up to date.", failure);
                }
            }

            Step();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Follow()
    {
        while (!_stop.Wait(Between))
        {
            lock (_gate)
            {
                try
                {
                    if (_failure is null)
                    {
                        Step();
                    }
                }
#pragma warning disable CA1031 // A full disk is no reason to end a search: the store has it all, and the end of the run tries again.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    _failure = error;
                }
            }
        }
    }

    private void Step()
    {
        foreach (ChainPosition position in _store.ReadPositions().Take(_replicas))
        {
            if (!_chains.TryGetValue(position.Replica, out Followed? chain))
            {
                // Opened, the files hold what the store has; from there on they are appended to.
                IChainProjection files = _folder.OpenChain(position.Replica, _store, position);
                _chains[position.Replica] = new Followed(files) { Trial = position.NextTrial, Version = position.Version + 1 };
            }
            else if (position.NextTrial > chain.Trial)
            {
                chain.Append(_store, position);
            }
        }
    }

    private sealed class Followed(IChainProjection files)
    {
        public long Trial { get; set; }

        public long Version { get; set; }

        public void Append(IRunStore store, ChainPosition position)
        {
            Queue<StoredVersion> versions = new(store.ReadVersions(position.Replica, Version).TakeWhile(v => v.Number <= position.Version));
            var trials = new List<TrialRecord>();
            foreach (TrialRecord trial in store.ReadTrials(position.Replica, Trial).TakeWhile(t => t.Trial < position.NextTrial))
            {
                trials.Add(trial);
                if (versions.TryPeek(out StoredVersion? next) && next.Trial == trial.Trial)
                {
                    files.Append(trials, versions.Dequeue());
                    trials = [];
                    Version = next.Number + 1;
                }
            }

            if (trials.Count > 0)
            {
                files.Append(trials, null);
            }

            Trial = position.NextTrial;
        }
    }
}
