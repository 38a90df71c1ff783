using System.CommandLine;
using System.Text.Json;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Telemetry;
using Glasswright.Host.Board;
using Glasswright.Host.Configuration;
using Glasswright.Host.Output;
using Glasswright.Host.Telemetry;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>search</c>: the Monte Carlo search, new or resumed.</summary>
internal sealed class SearchVerb : Verb
{
    private readonly Argument<string?> _configuration = new("CONFIG")
    {
        Description = "Configuration of the search.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _resume = Options.Value("--resume", "RUN", "Go on with the run in this folder to its original number of trials.");
    private readonly Option<string> _out = Options.Out("The run folder, in place of the configuration's.");
    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _model = Options.Models();
    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _store = Options.Value("--store", "URL", "Where the state lives, in place of the configuration's: sqlite (a file in the run folder) or postgres://user@host:port/database.");
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _seed = Options.Value("--seed", "N", "Key of the random numbers, in place of search.seed.");
    private readonly Option<string[]> _define = Options.Define("search.trials=1000");
    private readonly Option<string> _dashboard = SearchDashboard.Flag();
    private readonly Option<string> _logConsole = Options.LogConsole();
    private readonly Option<bool> _estimate = Options.Estimate();
    private readonly Option<bool> _acceptNumerics = new("--accept-new-numerics")
    {
        Description = "With --resume: go on though this build computes other last bits than the one that began the run; the run records from where.",
    };

    /// <summary>Describes the verb.</summary>
    public SearchVerb()
        : base("search", "Search for a structure with a better property by species swaps.")
    {
        Command.Arguments.Add(_configuration);
        Take(_resume, _structure, _potential, _species, _model, _out, _store, _backend, _device, _threads, _seed, _define, _dashboard, _logConsole, _estimate, _acceptNumerics);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        // An estimate has nothing to put in order: a signal ends it.
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        Options.LogToConsole(arguments, _logConsole, session);
        if (arguments.Text(_resume) is { } run)
        {
            return Resume(arguments, session, run, stop);
        }

        if (arguments.Has(_acceptNumerics))
        {
            throw new InputException("--accept-new-numerics belongs to --resume", expected: "search --resume RUN --accept-new-numerics");
        }

        ResolvedConfiguration configuration = ConfigurationReader.Resolve(
            arguments.Positional(_configuration) ?? throw new InputException("no configuration is given", expected: "search CONFIG or search --resume RUN"),
            Overrides(arguments));
        string path = configuration.Settings.Out;
        OutputFile.RequireWritableFolder(path);
        var input = SearchInput.Read(configuration, session);
        if (arguments.Has(_estimate))
        {
            session.Print(SearchEstimate.Measure(input));
            return 0;
        }

        if (stop.IsCancellationRequested)
        {
            SearchSummary.PrintNeverBegun(session);
            return 0;
        }

        OutExists exists = configuration.Settings.OutExists == Configuration.Settings.OutExists.Number ? OutExists.Number : OutExists.Refuse;
        RunRecord record = input.Record();
        using SearchDashboard? page = SearchDashboard.Open(arguments, _dashboard, session, stop);
        if (!StoreAddress.Parse(configuration.Settings.Store).IsPostgres)
        {
            using RunFolder own = RunFolder.Create(path, exists);
            using RunStore file = own.OpenStore();
            return Run(input, record, own, file, null, session, page, stop);
        }

        using NodeConnection connection = NodeConnection.Open(configuration.Settings.Store, session);
        using RunFolder folder = RunFolder.Create(path, exists);
        return Share(input, record, folder, connection, session, page, stop);
    }

    /// <summary>Takes part in a run of a store that others may work on too.</summary>
    private static int Share(
        SearchInput input, RunRecord record, RunFolder folder, NodeConnection connection, Session session, SearchDashboard? page, CancellationToken stop)
    {
        var store = new RunStore(connection.Database, record.Run, owns: false);
        if (store.ReadRun() is not null)
        {
            RunState state = store.ReadState();
            if (state is RunState.Canceled or RunState.Failed)
            {
                folder.Discard();
                throw new InputException(
                    $"the run {record.Run} was {(state == RunState.Canceled ? "canceled" : "given up")} in this store",
                    expected: "another run.name, or export of what it has done");
            }

            session.Say($"run {record.Run} is in the store already; following it");
        }

        SharedStore shared = connection.Join(input.Settings.SamplerCount, input.Configuration.Settings.StoreLease);
        page?.Show(away => new PostgresDatabase(connection.Address, create: false, giveUp: away), record.Run, folder.Path);
        return Run(input, record, folder, store, shared, session, page, stop);
    }

    private static int Run(
        SearchInput input,
        RunRecord record,
        RunFolder folder,
        RunStore store,
        SharedStore? shared,
        Session session,
        SearchDashboard? page,
        CancellationToken stop,
        bool acceptNewNumerics = false)
    {
        if (shared is null)
        {
            page?.Show(_ => new SqliteDatabase(RunFolder.FindStore(folder.Path)!, create: false), record.Run, folder.Path);
        }

        stop = page?.Stop ?? stop;
        string node = shared?.Node.Id ?? Session.ProcessName;
        session.Log = new RunLog(folder.LogPath, record.Run, node) { Console = session.Console };
        using Serilog.Core.Logger log = session.Log.Open();
        log.Information("glasswright {version}, run {run}: {command}", BuildInformation.Version, record.Run, string.Join(' ', session.Command));
        session.Say(FormattableString.Invariant(
            $"run {record.Run} in {folder.Path}: {input.Glass.Structure.Count} atoms, {input.Settings.Trials} trials, {input.Settings.Replicas} replicas, {input.Settings.SamplerCount} samplers{(input.Device is { } device ? $" on {device.Name}" : "")}"));
        foreach (string warning in ((string?[])[CalibrationWarning(input.Settings), RoundsWarning(input.Settings)]).OfType<string>())
        {
            Warn(warning);
        }

        void Warn(string warning) => session.Warn(warning, log);

        using var telemetry = new RunTelemetry(record.Run, node);
        using var export = TelemetryExport.Open(input.Configuration.Settings.Telemetry, telemetry, Warn);
        using var board = SearchBoard.Open(session.Terminal, session.Json, input.Settings);
        var progress = new SearchProgressReport(
            session, log, board, () => CalibrationNotes.Tell(session, log, store.ReadCalibration()!, input.Settings), () => store.ReadVersions(0, 0).FirstOrDefault()?.Report);
        var search = new SearchSession(new SearchParts
        {
            Settings = input.Settings,
            Start = input.Glass.Structure,
            MakeEvaluator = input.MakeEvaluator,
            Store = store,
            Folder = folder,
            Record = record,
            Inputs = input.Files,
            AcceptNewNumerics = acceptNewNumerics,
            Shared = shared,
            Validation = input.Validation,
            Learning = input.Learning,
            Gate = page?.Gate,
            Telemetry = telemetry,
            Warn = Warn,
            Provenance = Provenance(session),
        });
        SearchResult result;
        try
        {
            result = search.RunAsync(page?.Through(progress) ?? progress, stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was committed is safe there; the rest is computed again by whoever goes on.
            progress.End();
            page?.End("stopped");
            folder.WriteOutcome("stopped");
            log.Information("Stopped while the store was away");
            SearchSummary.PrintStoreAway(session, record.Run, folder.Path);
            return 0;
        }

        progress.End();
        bool canceled = store.ReadState() == RunState.Canceled;
        page?.End(canceled ? "canceled" : result.Outcome.ToString().ToLowerInvariant());
        log.Information(
            "{outcome:l} after {trials} trials, {accepted} accepted", result.Outcome.ToString(), result.Trials, result.Accepted);
        SearchSummary.Print(session, result, folder.Path, progress.Stages, isCanceled: canceled);
        return 0;
    }

    /// <summary>
    /// Calibration multiplies given constants too. Of one that stands for a temperature, that must not come as a
    /// surprise. Null when nothing of the kind happens.
    /// </summary>
    private static string? CalibrationWarning(SearchSettings settings)
    {
        TargetSet targets = settings.TargetSet;
        Target? physical = Enumerable.Range(0, targets.Count)
            .Select(k => targets[k]).FirstOrDefault(target => target is { Kind: TargetKind.Energy or TargetKind.Composition, Constant: not null });
        if (settings.EffectiveCalibration is not { } calibration || physical is null)
        {
            return null;
        }

        string group = physical.Kind == TargetKind.Energy ? "decider" : "composition";
        return FormattableString.Invariant(
            $"search.calibrate rescales the {physical.Name}'s constant to an acceptance of {calibration.Acceptance}: search.{group}.temperature or C is not kept as written; search.calibrate = off keeps it");
    }

    private static string? RoundsWarning(SearchSettings settings) => settings.Tempering.Scales.Count > 1 && settings.Tempering.Every >= settings.Trials
        ? FormattableString.Invariant(
            $"tempering.every = {settings.Tempering.Every} leaves no round within {settings.Trials} trials: the rungs never exchange")
        : null;

    private static Dictionary<string, string> Provenance(Session session) => new()
    {
        ["version"] = BuildInformation.Version,
        ["commit"] = BuildInformation.Commit ?? "unknown",
        ["command"] = "glasswright " + string.Join(' ', session.Command),
        ["host"] = Environment.MachineName,
    };

    private int Resume(Arguments arguments, Session session, string run, CancellationToken stop)
    {
        Option[] ofNewRuns = [_structure, _potential, _species, _model, _out, _backend, _seed, _define];
        if (arguments.Positional(_configuration) is not null || arguments.Has(_estimate) || ofNewRuns.Any(arguments.IsGiven))
        {
            throw new InputException(
                "a resumed run has its own configuration",
                expected: "search --resume RUN, with nothing but --threads, --store, --dashboard, --log-console, --json and --accept-new-numerics beside it");
        }

        using RunFolder folder = RunFolder.Open(run);
        if (!folder.HasOwnStore)
        {
            if (arguments.Has(_acceptNumerics))
            {
                throw new InputException("a run that several nodes share cannot be forked", run, expected: "search --resume RUN without --accept-new-numerics");
            }

            // The store may have moved: the run is found by its id.
            ResolvedConfiguration kept = ConfigurationReader.Resolve(folder.ConfigurationPath, Machine(arguments));
            using SearchDashboard? sharedPage = SearchDashboard.Open(arguments, _dashboard, session, stop);
            using NodeConnection connection = NodeConnection.Open(arguments.Text(_store) ?? kept.Settings.Store, session);
            var shared = new RunStore(connection.Database, folder.RunId, owns: false);
            RunRecord present = shared.ReadRun() ?? throw new InputException(
                "the store does not have the run of this folder", connection.Address.ToString(), expected: folder.RunId);
            return Share(
                SearchInput.Resume(kept, folder.Path, shared.ReadInputs(), session),
                present with { Numerics = RunNumerics.Current },
                folder,
                connection,
                session,
                sharedPage,
                stop);
        }

        if (arguments.IsGiven(_store))
        {
            throw new InputException("the state of this run lies in its folder", run, expected: "search --resume RUN without --store");
        }

        using RunStore store = folder.OpenStore();
        RunRecord record = store.ReadRun() ?? throw new InputException("the run was never begun", run, expected: "search CONFIG");

        // The store has the authority; the file beside it is a copy for people.
        folder.WriteConfiguration(record.Configuration);
        ResolvedConfiguration configuration = ConfigurationReader.Resolve(folder.ConfigurationPath, Machine(arguments));
        var input = SearchInput.Resume(configuration, folder.Path, store.ReadInputs(), session);
        bool accept = arguments.Has(_acceptNumerics);
        if (accept && record.Numerics != input.Numerics)
        {
            session.Warn($"from here on the run is computed with numerics {input.Numerics}, before with {record.Numerics}; run.json records it");
        }

        using SearchDashboard? page = SearchDashboard.Open(arguments, _dashboard, session, stop);
        return Run(input, record with { Numerics = input.Numerics }, folder, store, null, session, page, stop, accept);
    }

    private List<string> Overrides(Arguments arguments)
    {
        List<string> overrides = [.. arguments.Repeated(_define), .. Machine(arguments)];
        Add("structure", _structure);
        Add("potential", _potential);
        if (arguments.Text(_model) is { } models)
        {
            overrides.Add($"search.decider.model=[{string.Join(", ", ModelList.Files(models).Select(path => JsonSerializer.Serialize(Path.GetFullPath(path))))}]");
        }

        if (arguments.Names(_species) is { } species)
        {
            overrides.Add($"species=[{string.Join(", ", species.Select(name => JsonSerializer.Serialize(name)))}]");
        }

        if (arguments.Text(_backend) is { } backend)
        {
            overrides.Add($"backend={backend}");
        }

        if (arguments.Seed(_seed) is { } seed)
        {
            overrides.Add(FormattableString.Invariant($"search.seed={seed}"));
        }

        if (arguments.Text(_store) is { } store)
        {
            overrides.Add($"store={store}");
        }

        if (arguments.Text(_out) is { } path)
        {
            overrides.Add($"out={Path.GetFullPath(path)}");
        }

        return overrides;

        void Add(string key, Option<string> file)
        {
            if (arguments.Text(file) is { } path)
            {
                overrides.Add($"{key}={JsonSerializer.Serialize(Path.GetFullPath(path))}");
            }
        }
    }

    /// <summary>Settings of this machine, which change no result.</summary>
    private string[] Machine(Arguments arguments) =>
    [
        .. arguments.Whole(_threads, 1, 4096) is { } threads ? [FormattableString.Invariant($"search.samplers={threads}")] : Array.Empty<string>(),
        .. arguments.Whole(_device, 0, 1000) is { } device ? [FormattableString.Invariant($"device={device}")] : Array.Empty<string>(),
    ];
}
