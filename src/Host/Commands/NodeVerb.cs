using System.CommandLine;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Host.Telemetry;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>node</c>: works on the runs of a store until it is stopped.</summary>
internal sealed class NodeVerb : Verb
{
    private const double DefaultLease = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _run = Options.Value("--run", "ID", "Work on this run only, and end with it.");
    private readonly Option<string> _lease = Options.Value(
        "--lease", "SECONDS", "How long others wait for a sign of life before they take this node's work over; 3 by default.");

    private readonly Option<string> _logConsole = Options.LogConsole();

    /// <summary>Describes the verb.</summary>
    public NodeVerb()
        : base("node", "Work on the searches of a store, together with any number of other nodes.")
    {
        Take(_store, _threads, _run, _lease, _logConsole);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        Options.LogToConsole(arguments, _logConsole, session);
        try
        {
            return Serve(arguments, session, session.Stop);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            session.Print(new Output.Report().Text("node", null, null).Whole("runs", null, 0).Text("outcome", "outcome", "stopped"));
            session.Say("the store was away: what this node had is taken over when its lease is over");
            return 0;
        }
    }

    private int Serve(Arguments arguments, Session session, CancellationToken stop)
    {
        int threads = (int)(arguments.Whole(_threads, 1, 4096) ?? Environment.ProcessorCount);
        double lease = arguments.Number(_lease, "a number of seconds, at least 0.05", value => value >= 0.05) ?? DefaultLease;
        string? only = arguments.Text(_run);
        using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session);
        SharedStore shared = connection.Join(threads, TimeSpan.FromSeconds(lease));
        session.Say(FormattableString.Invariant($"node {shared.Node.Id} with {threads} threads at {connection.Address}"));
        using var woken = new AutoResetEvent(false);
        using IDisposable listener = shared.Listen(() => woken.Set());
        HashSet<string> passedOver = [];
        int runs = 0;
        while (!stop.IsCancellationRequested)
        {
            IReadOnlyList<RunListing> listings = RunListing.Read(connection.Database);
            if (only is not null && (listings.FirstOrDefault(run => run.Run == only)
                ?? throw new InputException("the store has no such run", only, expected: string.Join(", ", listings.Select(run => run.Run)))).State != RunState.Live)
            {
                break;
            }

            if (Next(listings, only, passedOver, session) is not { } next)
            {
                WaitHandle.WaitAny([woken, stop.WaitHandle], Pause);
                continue;
            }

            session.Say($"run {next.Run}: working");
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var ended = new CancellationTokenSource();
            Task watch = only is null ? LeaveWhenNeededElsewhereAsync(connection, next.Run, shared.Node.Id, passedOver, leave, ended.Token) : Task.CompletedTask;
            SearchOutcome? outcome = Work(connection, shared, next.Run, threads, session, leave.Token);
            ended.Cancel();
            watch.GetAwaiter().GetResult();
            runs++;
            bool called = leave.IsCancellationRequested && !stop.IsCancellationRequested;
            session.Say($"run {next.Run}: {(called ? "needed elsewhere" : outcome?.ToString().ToLowerInvariant() ?? "given up here")}");
            if (outcome is null)
            {
                passedOver.Add(next.Run);
            }
        }

        session.Print(new Output.Report()
            .Text("node", "node", shared.Node.Id)
            .Whole("runs", "runs worked on", runs)
            .Text("outcome", "outcome", stop.IsCancellationRequested ? "stopped" : "finished"));
        return 0;
    }

    /// <summary>Whoever only helps with a run can be spared where a chain has nobody.</summary>
    private static async Task LeaveWhenNeededElsewhereAsync(
        NodeConnection connection, string run, string node, HashSet<string> passedOver, CancellationTokenSource leave, CancellationToken ended)
    {
        var store = new RunStore(connection.Database, run, owns: false);
        try
        {
            while (true)
            {
                await Task.Delay(Pause, ended).ConfigureAwait(false);
                bool isNeeded = RunListing.Read(connection.Database).Any(other =>
                    other is { State: RunState.Live, HasFreeWork: true } && other.Numerics == RunNumerics.Current && other.Run != run && !passedOver.Contains(other.Run));
                if (isNeeded && !store.ReadPositions().Any(chain => chain.Owner == node && !chain.Ended))
                {
                    await leave.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended here, or the user wants the node to.
        }
    }

    /// <summary>A live run that this build may compute: the oldest of those that have something nobody works on, else the oldest, to help with.</summary>
    private static RunListing? Next(IReadOnlyList<RunListing> listings, string? only, HashSet<string> passedOver, Session session)
    {
        var possible = new List<RunListing>();
        foreach (RunListing run in listings.Where(run => run.State == RunState.Live && (only is null || run.Run == only)))
        {
            if (run.Numerics == RunNumerics.Current)
            {
                possible.Add(run);
            }
            else if (passedOver.Add(run.Run))
            {
                session.Warn($"run {run.Run} has other numerics ({run.Numerics}) than this build ({RunNumerics.Current}): left to other nodes");
            }
        }

        possible.RemoveAll(run => passedOver.Contains(run.Run));
        return possible.Find(run => run.HasFreeWork) ?? possible.FirstOrDefault();
    }

    /// <summary>This node's part of one run; null where it could not work on it.</summary>
    private static SearchOutcome? Work(
        NodeConnection connection, SharedStore shared, string run, int threads, Session session, CancellationToken stop)
    {
        try
        {
            var store = new RunStore(connection.Database, run, owns: false);
            RunRecord record = store.ReadRun()!;
            SearchInput input = Read(store, record, threads, session);
            using var telemetry = new RunTelemetry(run, shared.Node.Id);
            using var export = TelemetryExport.Open(input.Configuration.Settings.Telemetry, telemetry, session.Warn);
            var search = new SearchSession(new SearchParts
            {
                Settings = input.Settings,
                Start = input.Glass.Structure,
                MakeEvaluator = input.MakeEvaluator,
                Store = store,
                Record = record,
                Inputs = input.Files,
                Learning = input.Learning,
                Shared = shared,
                Telemetry = telemetry,
            });
            return search.RunAsync(null, stop).GetAwaiter().GetResult().Outcome;
        }
        catch (InputException unusable)
        {
            session.Warn($"run {run} cannot be worked on here: {unusable.Message}");
            return null;
        }
    }

    // Readers want files; once read, nothing of them is needed, so that a node that is killed leaves none behind.
    private static SearchInput Read(RunStore store, RunRecord record, int threads, Session session)
    {
        string folder = Directory.CreateTempSubdirectory("glasswright-node-").FullName;
        try
        {
            return StoredRun.Read(store, record, folder, threads, session);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
