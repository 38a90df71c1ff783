using System.CommandLine;
using System.Globalization;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Host.Sharing;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;

namespace Glasswright.Host.Commands;

/// <summary><c>export</c>: makes a run's files from the store, anywhere, or one of its structures for LAMMPS.</summary>
internal sealed class ExportVerb : Verb
{
    private const string LastStep = "last";

    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "The id of the run; with --format lammps also its folder (then --store is not needed).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<string> _out = Options.Out("The folder to make; with --format lammps files of these names are replaced.");
    private readonly Option<string> _format = Options.Value(
        "--format", "NAME", "files (the run folder, the default) or lammps (one structure, the potential, and in.aqs, which loads it in the twelve modes).");

    private readonly Option<string> _step = Options.Value(
        "--step", "K", "lammps: which version, the number of accepted trials that led to it: 0 is the start, last (the default) the newest.");

    private readonly Option<string> _replica = Options.Value("--replica", "N", "lammps: which chain (default 0).");
    private readonly Option<string> _lateral = Options.Value(
        "--lateral", "WHAT", "lammps: isochoric or fixed; by default as the run's model was trained, else as its label.lateral.");

    /// <summary>Describes the verb.</summary>
    public ExportVerb()
        : base("export", "Make the files of a run, whatever it is at, from a store; or a structure of it for LAMMPS.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _out, _format, _step, _replica, _lateral);
    }

    private enum Format
    {
        Files,
        Lammps,
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string path = arguments.Required(_out);
        Format format = arguments.Choice(_format, ("files", Format.Files), ("lammps", Format.Lammps)) ?? Format.Files;
        if (format == Format.Files && ((Option[])[_step, _replica, _lateral]).FirstOrDefault(arguments.IsGiven) is { } stray)
        {
            throw new InputException($"{stray.Name} belongs to --format lammps", expected: $"export RUN --format lammps {stray.Name} {stray.HelpName}");
        }

        OutputFile.RequireWritableFolder(path);
        return format == Format.Lammps ? ExportStructure(arguments, session, path) : ExportFiles(arguments, session, path);
    }

    private int ExportStructure(Arguments arguments, Session session, string path)
    {
        int replica = (int)(arguments.Whole(_replica, 0) ?? 0);
        long? step = arguments.Text(_step) is null or LastStep ? null : arguments.Whole(_step, 0);
        LateralCondition? lateral = arguments.Text(_lateral) is { } name ? LateralConditions.Parse(name) : null;
        string? run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "export RUN --format lammps --out DIR");
        using Database database = StoredRun.Open(ref run, arguments, _store, session);
        run = StoredRun.Find(database, run).Run;
        var store = new RunStore(database, run, owns: false);
        StoredVersion version = FindVersion(store, run, replica, step);
        SearchInput input = StoredRun.ReadAside(store, store.ReadRun()!, session);
        var folder = new LammpsFolder(run, replica, version, input, lateral);
        folder.Write(path);
        session.Print(new Report()
            .Text("run", "run", run)
            .Whole("replica", "replica", replica)
            .Whole("step", "version", version.Number)
            .Whole("trial", "made by trial", version.Trial)
            .Number("energy_eV", "energy", version.Evaluation.Energy, "eV", "F6")
            .Text("potential", "potential", folder.PotentialName)
            .Text("potential_sha256", "its SHA-256", folder.PotentialSha256)
            .Text("pair_style", "pair_style", folder.PairStyle)
            .Text("pair_coeff", null, folder.PairCoefficients)
            .Text("lateral", "lateral lengths", folder.Lateral.Name())
            .Text("out", "folder", path));
        return 0;
    }

    private static StoredVersion FindVersion(RunStore store, string run, int replica, long? step)
    {
        string chain = string.Create(CultureInfo.InvariantCulture, $"replica {replica}");
        ChainPosition[] chains = [.. store.ReadPositions()];
        ChainPosition position = chains.FirstOrDefault(c => c.Replica == replica) ?? throw new InputException(
            $"the run has no {chain}",
            run,
            expected: chains.Length == 0 ? "a run that has begun" : string.Create(CultureInfo.InvariantCulture, $"--replica 0 to {chains.Length - 1}"));
        long wanted = step ?? position.Version;
        return store.ReadVersions(replica, wanted).FirstOrDefault() is { } version && version.Number == wanted
            ? version
            : throw new InputException(
                $"{chain} has no such version",
                run,
                expected: string.Create(CultureInfo.InvariantCulture, $"--step 0 to {position.Version}, the number of its acceptances, or {LastStep}"),
                found: wanted.ToString(CultureInfo.InvariantCulture));
    }

    private int ExportFiles(Arguments arguments, Session session, string path)
    {
        using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session, create: false);
        string run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "export RUN --store URL --out DIR");
        RunListing listing = StoredRun.Find(connection.Database, run);
        (string folder, SearchResult result) = StoredRun.Export(connection.Database, listing, path, session);
        session.Print(new Report()
            .Text("run", "run", run)
            .Text("state", "state", listing.State.ToString().ToLowerInvariant())
            .Text("out", "folder", folder)
            .Whole("trials", "trials", result.Trials)
            .Whole("accepted", "accepted", result.Accepted));
        return 0;
    }
}
