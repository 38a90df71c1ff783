using System.CommandLine;
using System.Diagnostics;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>status</c>: the nodes and runs of a store, or one run: its chains, how its ladders work, whether it has come to rest.</summary>
internal sealed class StatusVerb : Verb
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    // A run of very many trials takes a while to look at; whoever watches it leaves the store to others for nine tenths of the time.
    private const int PauseByLook = 9;

    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "One run, closer: its id in the store, or its folder (then --store is not needed).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<bool> _watch = new("--watch") { Description = "Show it again every two seconds, with the rate since the last time, until stopped." };

    /// <summary>Describes the verb.</summary>
    public StatusVerb()
        : base("status", "Show the nodes and runs of a store, or one run, while it runs or after.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _watch);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        bool watch = arguments.Has(_watch);
        if (watch && session.Json)
        {
            throw new InputException("--watch shows the same again and again, --json prints one object", expected: "one of them");
        }

        CancellationToken stop = watch ? session.Stop : CancellationToken.None;
        string? run = arguments.Positional(_run);
        using Database database = StoredRun.Open(ref run, arguments, _store, session);
        Dictionary<string, (long Trials, long At)> before = [];
        var looked = new Stopwatch();
        do
        {
            looked.Restart();
            IReadOnlyList<RunListing> runs = RunListing.Read(database);
            var status = new StatusReport
            {
                Nodes = new NodeRegistry(database).Read(),
                Runs = runs,
                Rates = runs.ToDictionary(listing => listing.Run, listing => Rate(listing, before)),
                Chosen = run is null ? null : Look(database, StoredRun.Find(database, run).Run),
            };
            if (session.Json)
            {
                session.Print(status.Describe());
            }
            else
            {
                status.Show(session.Terminal.Output);
            }
        }
        while (watch && !stop.WaitHandle.WaitOne(Between > PauseByLook * looked.Elapsed ? Between : PauseByLook * looked.Elapsed));
        return 0;
    }

    private static StatusOfRun Look(Database database, string run)
    {
        var store = new RunStore(database, run, owns: false);
        SearchSettings settings = SearchTranslation.Translate(StoredRun.ReadConfiguration(store.ReadRun()!));
        return new StatusOfRun(store.ReadPositions(), RunDiagnostics.Of(settings, store));
    }

    /// <summary>Trials a second: since the last look, or over the age of a live run.</summary>
    private static double Rate(RunListing run, Dictionary<string, (long Trials, long At)> before)
    {
        long now = Stopwatch.GetTimestamp();
        bool seen = before.TryGetValue(run.Run, out (long Trials, long At) last);
        before[run.Run] = (run.Trials, now);
        return run.State != RunState.Live ? double.NaN
            : seen ? (run.Trials - last.Trials) / Stopwatch.GetElapsedTime(last.At, now).TotalSeconds
            : run.Age is { TotalSeconds: > 0 } age ? run.Trials / age.TotalSeconds
            : double.NaN;
    }
}
