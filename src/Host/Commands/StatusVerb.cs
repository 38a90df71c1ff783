using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary><c>status</c>: the nodes and runs of a store, or the chains of one run.</summary>
internal sealed class StatusVerb : Verb
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "The id of a run, to see its chains.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<bool> _watch = new("--watch") { Description = "Show it again every two seconds, with the rate since the last time, until stopped." };

    /// <summary>Describes the verb.</summary>
    public StatusVerb()
        : base("status", "Show the nodes and runs of a store.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _watch);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        bool watch = arguments.Has(_watch);
        CancellationToken stop = watch ? session.Stop : CancellationToken.None;
        using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session);
        string? run = arguments.Positional(_run);
        Dictionary<string, (long Trials, long At)> before = [];
        do
        {
            IReadOnlyList<NodeStatus> nodes = new NodeRegistry(connection.Database).Read();
            IReadOnlyList<RunListing> runs = RunListing.Read(connection.Database);
            IReadOnlyList<ChainPosition> chains = run is null
                ? []
                : new RunStore(connection.Database, StoredRun.Find(connection.Database, run).Run, owns: false).ReadPositions();
            var rates = runs.ToDictionary(listing => listing.Run, listing => Rate(listing, before));
            if (session.Json)
            {
                session.Print(Describe(nodes, runs, rates, chains, run is not null));
            }
            else
            {
                Show(session.Terminal.Output, nodes, runs, rates, chains);
            }
        }
        while (watch && !stop.WaitHandle.WaitOne(Between));
        return 0;
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

    private static double Left(RunListing run, double rate) => rate > 0 && run.Wanted is { } wanted ? (wanted - run.Trials) / rate : double.NaN;

    private static Report Describe(
        IReadOnlyList<NodeStatus> nodes,
        IReadOnlyList<RunListing> runs,
        Dictionary<string, double> rates,
        IReadOnlyList<ChainPosition> chains,
        bool ofOne)
    {
        Report report = new Report()
            .List("nodes", nodes.Select(node => new Report()
                .Text("node", null, node.Node.Id)
                .Text("host", null, node.Node.Host)
                .Whole("process", null, node.Node.Process)
                .Whole("threads", null, node.Node.Threads)
                .Text("numerics", null, node.Node.Numerics)
                .Flag("alive", null, node.Alive)
                .Number("age_s", null, node.Age.TotalSeconds)))
            .List("runs", runs.Select(run => new Report()
                .Text("run", null, run.Run)
                .Text("state", null, run.State.ToString().ToLowerInvariant())
                .Whole("replicas", null, run.Replicas)
                .Whole("trials", null, run.Trials)
                .Number("trials_wanted", null, run.Wanted)
                .Whole("versions", null, run.Accepted)
                .Number("trials_per_s", null, rates[run.Run])
                .Number("left_s", null, Left(run, rates[run.Run]))));
        return ofOne
            ? report.List("chains", chains.Select(chain => new Report()
                .Whole("replica", null, chain.Replica)
                .Whole("rung", null, chain.Rung)
                .Whole("trials", null, chain.NextTrial - 1)
                .Whole("version", null, chain.Version)
                .Text("owner", null, chain.Owner)
                .Flag("ended", null, chain.Ended)))
            : report;
    }

    private static void Show(
        TextWriter writer,
        IReadOnlyList<NodeStatus> nodes,
        IReadOnlyList<RunListing> runs,
        Dictionary<string, double> rates,
        IReadOnlyList<ChainPosition> chains)
    {
        writer.WriteLine($"{"node",-46}  {"threads",7}  {"since",12}  state");
        foreach (NodeStatus node in nodes)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{node.Node.Host}:{node.Node.Process}");
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{id,-46}  {node.Node.Threads,7}  {ProgressLine.Duration(node.Age),12}  {(node.Alive ? "alive" : "no sign of life")}"));
        }

        writer.WriteLine();
        writer.WriteLine($"{"run",-18}  {"state",-9}  {"replicas",8}  {"trials",19}  {"versions",8}  {"trials/s",9}  left");
        foreach (RunListing run in runs)
        {
            string trials = string.Create(CultureInfo.InvariantCulture, $"{run.Trials} of {run.Wanted?.ToString(CultureInfo.InvariantCulture) ?? "?"}");
            double left = Left(run, rates[run.Run]);
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Run,-18}  {run.State.ToString().ToLowerInvariant(),-9}  {run.Replicas,8}  {trials,19}  {run.Accepted,8}  {(double.IsFinite(rates[run.Run]) ? rates[run.Run].ToString("G3", CultureInfo.InvariantCulture) : "-"),9}  {(double.IsFinite(left) ? ProgressLine.Duration(TimeSpan.FromSeconds(left)) : "-")}"));
        }

        if (chains.Count > 0)
        {
            writer.WriteLine();
            writer.WriteLine($"{"replica",7}  {"rung",4}  {"trials",9}  {"version",8}  owner");
            foreach (ChainPosition chain in chains)
            {
                string owner = chain.Ended ? "ended" : chain.Owner is { } name ? name[..name.LastIndexOf(':')] : "nobody";
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{chain.Replica,7}  {chain.Rung,4}  {chain.NextTrial - 1,9}  {chain.Version,8}  {owner}"));
            }
        }

        writer.WriteLine();
    }
}
