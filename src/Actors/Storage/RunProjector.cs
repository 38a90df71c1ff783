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
    private readonly bool _variesComposition;
    private readonly Action<string>? _report;
    private readonly Dictionary<int, Followed> _chains = [];
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Begins to follow.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="store">What they follow.</param>
    /// <param name="variesComposition">Whether rows of its chains tell the numbers of atoms.</param>
    /// <param name="report">Told when they cannot be written.</param>
    public RunProjector(RunFolder folder, IRunStore store, bool variesComposition = false, Action<string>? report = null)
    {
        _variesComposition = variesComposition;
        _folder = folder;
        _store = store;
        _report = report;
        _thread = new Thread(Follow) { Name = "projector", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Brings the files to what the store has now.</summary>
    /// <exception cref="IOException">They cannot be written. The store has it all.</exception>
    public void Complete()
    {
        lock (_gate)
        {
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
        bool failed = false;
        while (!_stop.Wait(Between))
        {
            try
            {
                Complete();
                failed = false;
            }
#pragma warning disable CA1031 // Told, and tried again: a full disk is no reason to end a search, and the end of the run fails by it if it lasts.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (!failed)
                {
                    _report?.Invoke($"the files of the run cannot be brought up to date; the search goes on: {error.Message}");
                }

                failed = true;
            }
        }
    }

    private void Step()
    {
        try
        {
            foreach (ChainPosition position in _store.ReadPositions())
            {
                if (!_chains.TryGetValue(position.Replica, out Followed? chain))
                {
                    // Opened, the files hold what the store has; from there on they are appended to.
                    IChainProjection files = _folder.OpenChain(position.Replica, _store, _variesComposition, position);
                    _chains[position.Replica] = new Followed(files) { Trial = position.NextTrial, Version = position.Version + 1 };
                }
                else if (position.NextTrial > chain.Trial)
                {
                    chain.Append(_store, position);
                }
            }
        }
        catch
        {
            // What was written may be half: the next time the files are made from the store.
            _chains.Clear();
            throw;
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
