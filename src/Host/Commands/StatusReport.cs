using System.Globalization;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>One run, closer.</summary>
/// <param name="Chains">Where its chains stand.</param>
/// <param name="Diagnostics">What they tell of themselves so far.</param>
internal sealed record StatusOfRun(IReadOnlyList<ChainPosition> Chains, RunDiagnostics Diagnostics);

/// <summary>What <c>status</c> shows.</summary>
internal sealed record StatusReport
{
    /// <summary>The nodes of the store.</summary>
    public required IReadOnlyList<NodeStatus> Nodes { get; init; }

    /// <summary>Its runs.</summary>
    public required IReadOnlyList<RunListing> Runs { get; init; }

    /// <summary>Their trials a second; NaN where nothing moves.</summary>
    public required IReadOnlyDictionary<string, double> Rates { get; init; }

    /// <summary>The run that was asked for; null if none was.</summary>
    public required StatusOfRun? Chosen { get; init; }

    /// <summary>For JSON.</summary>
    public Report Describe()
    {
        Report report = new Report()
            .List("nodes", Nodes.Select(node => new Report()
                .Text("node", null, node.Node.Id)
                .Text("host", null, node.Node.Host)
                .Whole("process", null, node.Node.Process)
                .Whole("threads", null, node.Node.Threads)
                .Text("numerics", null, node.Node.Numerics)
                .Text("run", null, node.Run)
                .Flag("alive", null, node.Alive)
                .Number("age_s", null, node.Age.TotalSeconds)))
            .List("runs", Runs.Select(run => new Report()
                .Text("run", null, run.Run)
                .Text("state", null, State(run))
                .Whole("replicas", null, run.Replicas)
                .Whole("trials", null, run.Trials)
                .Number("trials_wanted", null, run.Wanted)
                .Whole("versions", null, run.Accepted)
                .Number("trials_per_s", null, Rates[run.Run])
                .Number("left_s", null, Left(run))));
        return Chosen is not { } chosen
            ? report
            : report
                .List("chains", chosen.Chains.Select(chain => new Report()
                    .Whole("replica", null, chain.Replica)
                    .Whole("rung", null, chain.Rung)
                    .Whole("trials", null, chain.NextTrial - 1)
                    .Whole("version", null, chain.Version)
                    .Text("owner", null, chain.Owner)
                    .Flag("ended", null, chain.Ended)))
                .Json("tempering", chosen.Diagnostics.Tempering is { } tempering ? RunDocument.Describe(tempering) : null)
                .Json("convergence", chosen.Diagnostics.Convergence is { } convergence ? RunDocument.Describe(convergence) : null);
    }

    /// <summary>For people.</summary>
    public void Show(TextWriter writer)
    {
        if (Nodes.Count > 0 || Chosen is null)
        {
            writer.WriteLine($"{"node",-46}  {"threads",7}  {"since",12}  {"run",-16}  state");
            foreach (NodeStatus node in Nodes)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"{node.Node.Host}:{node.Node.Process}");
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{id,-46}  {node.Node.Threads,7}  {ProgressLine.Duration(node.Age),12}  {node.Run ?? "-",-16}  {(node.Alive ? "alive" : "no sign of life")}"));
            }

            writer.WriteLine();
        }

        writer.WriteLine($"{"run",-18}  {"state",-9}  {"replicas",8}  {"trials",19}  {"versions",8}  {"trials/s",9}  left");
        foreach (RunListing run in Runs)
        {
            string trials = string.Create(CultureInfo.InvariantCulture, $"{run.Trials} of {run.Wanted?.ToString(CultureInfo.InvariantCulture) ?? "?"}");
            string rate = double.IsFinite(Rates[run.Run]) ? Rates[run.Run].ToString("G3", CultureInfo.InvariantCulture) : "-";
            string left = double.IsFinite(Left(run)) ? ProgressLine.Duration(TimeSpan.FromSeconds(Left(run))) : "-";
            writer.WriteLine($"{run.Run,-18}  {State(run),-9}  {run.Replicas,8}  {trials,19}  {run.Accepted,8}  {rate,9}  {left}");
        }

        writer.WriteLine();
        if (Chosen is { } chosen)
        {
            ShowChains(writer, chosen.Chains, owners: Nodes.Count > 0);
            ShowDiagnostics(writer, chosen.Diagnostics);
        }
    }

    // A run that a process has to itself has no owners to tell of.
    private static void ShowChains(TextWriter writer, IReadOnlyList<ChainPosition> chains, bool owners)
    {
        writer.WriteLine($"{"replica",7}  {"rung",4}  {"trials",9}  {"version",8}{(owners ? "  owner" : "")}");
        foreach (ChainPosition chain in chains)
        {
            string owner = chain.Ended ? "ended" : chain.Owner is { } name ? Process(name) : owners ? "nobody" : "";
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{chain.Replica,7}  {chain.Rung,4}  {chain.NextTrial - 1,9}  {chain.Version,8}  {owner}").TrimEnd());
        }

        writer.WriteLine();
    }

    private static void ShowDiagnostics(TextWriter writer, RunDiagnostics diagnostics)
    {
        if (diagnostics.Tempering is { } tempering)
        {
            ChainNotes.PrintLadder(writer, tempering);
        }

        if (diagnostics.Convergence is { } convergence)
        {
            ChainNotes.PrintSpread(writer, convergence);
        }

        foreach (string advice in ChainNotes.Advice(diagnostics.Tempering, diagnostics.Convergence))
        {
            writer.WriteLine(advice);
        }
    }

    // host:process:number of a node; host:process of a process that has the run to itself.
    private static string Process(string owner)
    {
        string[] parts = owner.Split(':');
        return parts.Length > 2 ? string.Join(':', parts[..^1]) : owner;
    }

    private static string State(RunListing run) => run.State.ToString().ToLowerInvariant();

    private double Left(RunListing run) =>
        Rates[run.Run] > 0 && run.Wanted is { } wanted ? (wanted - run.Trials) / Rates[run.Run] : double.NaN;
}
