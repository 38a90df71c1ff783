using System.Diagnostics;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Dashboard;

/// <summary>What a live page knows of its run: read from the store bit by bit, each trial once. For one thread at a time.</summary>
/// <param name="source">Where the run is.</param>
internal sealed class RunView(RunSource source)
{
    // All curves of one kind together; a screen has fewer pixels.
    private const int MostPoints = 16_000, FewestOfChain = 250, MostOfChain = 2000;
    private const int LogTail = 8192;
    // Trials reach the store with an accepted one or a checkpoint, a minute apart by default; a rate looks back over several.
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(3), LongSilence = TimeSpan.FromMinutes(5);

    private readonly List<ChainTrack> _chains = [];
    private readonly Queue<(long Trials, long At)> _seen = new();
    private RunListing? _listing;
    private IReadOnlyList<ChainPosition> _positions = [];
    private IReadOnlyList<NodeStatus> _nodes = [];
    private string? _log, _outcome;
    private long _movedAt = Stopwatch.GetTimestamp();

    /// <summary>What went wrong when the store was last read; null if nothing did.</summary>
    public string? Trouble { get; set; }

    /// <summary>How the search in this process ended; null before.</summary>
    public string? Ended { get; set; }

    private string State => Ended ?? source.Control?.State ?? _listing?.State switch
    {
        null => "opening",
        RunState.Live when _outcome is "stopped" or "failed" => _outcome,
        RunState.Live when _chains.Count > 0 => "running",
        RunState.Live => source.Progress?.Invoke()?.Stage == SearchStage.Calibrating ? "calibrating" : "opening",
        RunState other => other.ToString().ToLowerInvariant(),
    };

    private bool IsLive => Ended is null && _listing?.State is null or RunState.Live && _outcome is not ("stopped" or "failed");

    /// <summary>Reads what is new.</summary>
    public void Look(Database database)
    {
        var store = new RunStore(database, source.Run, owns: false);
        _listing = RunListing.Read(database).FirstOrDefault(listing => listing.Run == source.Run);
        _positions = _listing is null ? [] : store.ReadPositions();
        _nodes = [.. new NodeRegistry(database).Read().Where(node => node.Run == source.Run)];
        foreach (ChainPosition position in _positions)
        {
            ReadChain(store, position);
        }

        if (source.Folder is { } folder)
        {
            _log = ReadTail(Path.Combine(folder, "log.txt"));
            _outcome = source.Progress is null ? RunFiles.OutcomeOf(folder) : null;
        }

        Clock();
    }

    /// <summary>All of it, as it is to be shown.</summary>
    public LiveState Show(long revision)
    {
        string state = State;
        long trials = Known(chain => chain.Trials), accepted = Known(chain => chain.Accepted);
        long? wanted = _listing?.Wanted;
        double rate = state == "running" ? Rate() : double.NaN;
        return new LiveState
        {
            Revision = revision,
            Title = _chains.Count == 0 ? $"Search {source.Run}" : FormattableString.Invariant($"Search {source.Run}, {_chains[0].Atoms} atoms"),
            State = state,
            Note = Trouble ?? NoteOf(state),
            Done = wanted > 0 ? (double)trials / wanted.Value : 0,
            Facts = FactsOf(trials, wanted, accepted, rate),
            Figures = LiveFigures.Of(_chains),
            Tables = [.. _chains.Count == 0 ? [] : (ReportTable[])[ChainTable()], .. _nodes.Count == 0 ? [] : (ReportTable[])[NodeTable()]],
            Log = _log,
            Actions = IsLive ? source.Control?.Actions ?? [] : [],
        };
    }

    private static string Percent(double part, double whole) => whole > 0 ? FormattableString.Invariant($"{100 * part / whole:0.#} %") : "-";

    private static string? ReadTail(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        bool cut = file.Length > LogTail;
        file.Seek(-Math.Min(LogTail, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file);
        string text = reader.ReadToEnd();
        return cut ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : text;
    }

    private void ReadChain(RunStore store, ChainPosition position)
    {
        ChainTrack? track = _chains.Find(chain => chain.Replica == position.Replica);
        if (track is null)
        {
            if (store.ReadVersions(position.Replica, 0).FirstOrDefault() is not { } start)
            {
                return;
            }

            track = new ChainTrack(position.Replica, start, Math.Clamp(MostPoints / _positions.Count, FewestOfChain, MostOfChain));
            _chains.Add(track);
        }

        if (position.NextTrial - 1 > track.Trials)
        {
            foreach (TrialRecord trial in store.ReadTrials(position.Replica, track.Trials + 1))
            {
                track.Add(trial);
            }

            _movedAt = Stopwatch.GetTimestamp();
        }
    }

    private long Known(Func<ChainTrack, long> count) => _chains.Aggregate(0L, (sum, chain) => sum + count(chain));

    /// <summary>Remembers how far the run was when, for as long as a rate looks back. What was done before anybody looked gives no rate.</summary>
    private void Clock()
    {
        if (State != "running")
        {
            _seen.Clear();
            return;
        }

        _seen.Enqueue((Known(chain => chain.Trials), Stopwatch.GetTimestamp()));
        while (_seen.Count > 2 && Stopwatch.GetElapsedTime(_seen.Peek().At) > RateWindow)
        {
            _seen.Dequeue();
        }
    }

    private double Rate()
    {
        if (_seen.Count < 2)
        {
            return double.NaN;
        }

        (long first, long since) = _seen.Peek();
        (long last, long at) = _seen.Last();
        return (last - first) / Stopwatch.GetElapsedTime(since, at).TotalSeconds;
    }

    private string? NoteOf(string state) => state switch
    {
        "opening" => "The start is being relaxed.",
        "calibrating" when source.Progress?.Invoke() is { } pilot => FormattableString.Invariant($"Pilot trials fix the constants: {pilot.Done} of {pilot.Total}."),
        "paused" => "Trials under way are finished; then all samplers of this process wait.",
        "stopping" => "Everything decided is being written.",
        "stopped" => "search --resume goes on with it.",
        "running" when Stopwatch.GetElapsedTime(_movedAt) is var silence && silence > LongSilence => $"No new trial for {ProgressLine.Duration(silence)}.",
        _ => null,
    };

    private List<ReportFact> FactsOf(long trials, long? wanted, long accepted, double rate)
    {
        List<ReportFact> facts =
        [
            new("Trials", wanted is { } all ? $"{ReportStory.Counted(trials)} of {ReportStory.Counted(all)}" : ReportStory.Counted(trials), wanted is { } total ? Percent(trials, total) : null),
            new("Accepted", ReportStory.Counted(accepted), Percent(accepted, trials)),
            new("Rate", rate > 0 ? FormattableString.Invariant($"{rate:G3} trials/s") : "-", "over the last three minutes"),
            new("Time left", rate > 0 && wanted is { } end ? ProgressLine.Duration(TimeSpan.FromSeconds(Math.Min((end - trials) / rate, TimeSpan.MaxValue.TotalSeconds / 2))) : "-", "at this rate"),
        ];
        if (_chains.Where(chain => chain.Mean.Count > 0).MinBy(chain => chain.Mean.Last) is { } best)
        {
            facts.Add(new ReportFact(
                "Lowest mean of z", ReportStory.Shown(best.Mean.Last), FormattableString.Invariant($"replica {best.Replica}, change {ReportStory.Signed(best.Mean.Last - best.Mean.First)}, predicted")));
        }

        if (_nodes.Count > 0)
        {
            facts.Add(new ReportFact("Nodes", ReportStory.Counted(_nodes.Count(node => node.Alive)), "with a sign of life"));
        }

        return facts;
    }

    private ReportTable ChainTable() => new(
        "Chains",
        ["replica", "rung", "trials", "accepted", "share", "mean of z", "change", "energy change (meV/atom)", .. _nodes.Count == 0 ? Array.Empty<string>() : ["owner"]],
        [
            .. _chains.Zip(_positions, (chain, position) => (string[])
            [
                ReportStory.Counted(chain.Replica), ReportStory.Counted(position.Rung), ReportStory.Counted(chain.Trials), ReportStory.Counted(chain.Accepted),
                Percent(chain.Accepted, chain.Trials), ReportStory.Shown(chain.Mean.Last), ReportStory.Signed(chain.Mean.Last - chain.Mean.First),
                ReportStory.Signed((chain.Energy.Last - chain.Energy.First) / chain.Atoms * 1e3),
                .. _nodes.Count == 0 ? Array.Empty<string>() : [position.Ended ? "ended" : position.Owner ?? "nobody"],
            ]),
        ]);

    private ReportTable NodeTable() => new(
        "Nodes",
        ["host", "process", "threads", "since", "state"],
        [
            .. _nodes.Select(node => (string[])
            [
                node.Node.Host, FormattableString.Invariant($"{node.Node.Process}"), ReportStory.Counted(node.Node.Threads), ProgressLine.Duration(node.Age), node.Alive ? "alive" : "no sign of life",
            ]),
        ]);
}
