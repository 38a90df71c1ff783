using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary><c>prepare</c>: glasses from the melt by molecular dynamics, relaxed to zero stress.</summary>
internal sealed class PrepareVerb : Verb
{
    /// <summary>More than a processor does in years.</summary>
    private const double ManySteps = 1e10;

    private readonly Argument<string?> _configuration = new("CONFIG")
    {
        Description = "Configuration with the group prepare; flags win over it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _composition = Options.Value("--composition", "TEXT", "Elements with their shares, such as Cu50Zr50.");
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _out = Options.Out("Folder for <name>-<seed>.data, .extxyz, .thermo.csv, .json and prepare.json.");
    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string[]> _define = Options.Define("prepare.melt-time=40");
    private readonly Option<bool> _estimate = Options.Estimate();

    // Flags that stand for one setting each.
    private readonly (Option<string> Flag, string Setting)[] _settings =
    [
        (Options.Value("--atoms", "N", "Atoms of each glass (default 864)."), "atoms"),
        (Options.Value("--seed", "N", "Key of the random numbers of the first glass (default 1); the others have the next numbers."), "seed"),
        (Options.Value("--samples", "N", "Number of glasses (default 1); as many at a time as there are threads."), "samples"),
        (Options.Value("--melt", "T", "Temperature of the melt, K (default 2000)."), "melt"),
        (Options.Value("--rate", "R", "Cooling rate within the window, K/s (default 1e12)."), "rate"),
        (Options.Value("--from", "T", "Upper end of the window, K (default: the melt's temperature)."), "from"),
        (Options.Value("--to", "T", "Lower end of the window, K (default: the final temperature)."), "to"),
        (Options.Value("--fast-rate", "R", "Cooling rate outside the window, K/s (default 1e13)."), "fast-rate"),
        (Options.Value("--pressure", "P", "Pressure, bar (default 0)."), "pressure"),
        (Options.Value("--timestep", "DT", "Time step, ps (default 0.002)."), "timestep"),
        (Options.Value("--swap-every", "N", "Try exchanges of atoms after every N time steps (default 0: never)."), "swap-every"),
    ];

    /// <summary>Describes the verb.</summary>
    public PrepareVerb()
        : base("prepare", "Make glasses from the melt by molecular dynamics, at 0 K and zero stress; a stopped preparation goes on where it was.")
    {
        Command.Arguments.Add(_configuration);
        Take(_composition);
        foreach ((Option<string> flag, _) in _settings)
        {
            Take(flag);
        }

        Take(_potential, _out, _backend, _device, _threads, _define, _estimate);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        ResolvedConfiguration configuration = Resolve(arguments);
        string potential = arguments.Text(_potential) is null && configuration.Settings.Potential is { } configured
            ? configuration.RequireFile("potential", configured)
            : arguments.Required(_potential);
        string folder = arguments.Text(_out) ?? (configuration.File is null ? arguments.Required(_out) : configuration.Settings.Out);
        OutputFile.RequireWritableFolder(folder);
        EamTables tables = SetflFile.Read(potential);
        PrepareSettings settings = configuration.Settings.Prepare;
        PreparationSettings method = PrepareMethod.Translate(configuration, tables, potential);
        var backend = Backend.Read(arguments, _backend, _threads, _device, configuration.Settings);
        backend.RequireDynamics(arguments.Has(_estimate));
        PreparedGlass[] glasses = PreparedGlass.All(settings, method, tables, potential, folder, backend.Device);
        Remark(session, method);
        if (arguments.Has(_estimate))
        {
            session.Print(PrepareEstimate.Measure(glasses, method, tables, backend.Threads));
            return 0;
        }

        Directory.CreateDirectory(folder);
        using IDisposable held = FolderLock.Take(folder);
        PreparedGlass.Find(glasses);
        var provenance = new PrepareProvenance(session, folder, settings, potential, tables, RunNumerics.Of(backend.Device));
        provenance.Write(glasses, "running");
        long began = Stopwatch.GetTimestamp();
        session.Measure(Command.Name, configuration.Settings.Telemetry, () =>
        {
            new PrepareRun(glasses, backend.Threads, settings.CheckpointEvery).Execute(session, stop);
            return 0;
        });
        bool finished = glasses.All(glass => glass.Summary is not null);
        Report report = provenance.Write(glasses, finished ? "finished" : "stopped");
        session.Print(report.Number("elapsed_s", "time", Stopwatch.GetElapsedTime(began).TotalSeconds, "s", "G4"));
        Comment(session, glasses, folder, finished);
        return 0;
    }

    /// <summary>What may surprise of the method, told before hours go into it.</summary>
    private static void Remark(Session session, PreparationSettings method)
    {
        double steps = method.Program().Steps;
        if (steps > ManySteps)
        {
            session.Warn(FormattableString.Invariant(
                $"each glass takes {steps:G2} time steps: rates are in K/s ({method.Rate:G3} between {method.From} and {method.To} K, {method.FastRate:G3} elsewhere), such as 1e12; --estimate tells the core-hours"));
        }

        if (method.Composition.IsPartlyNumbered)
        {
            IEnumerable<string> parts = method.Composition.Elements.Zip(method.Composition.Counts(method.Atoms), (element, count) => FormattableString.Invariant(
                $"{element} {100.0 * count / method.Atoms:F1} % ({count} atoms)"));
            session.Warn($"an element of {method.Composition.Text} without a number counts 1: {string.Join(", ", parts)}");
        }
    }

    private static void Comment(Session session, PreparedGlass[] glasses, string folder, bool finished)
    {
        if (!finished)
        {
            session.Say($"stopped; {folder} holds what is done, the same command goes on from it");
        }

        foreach (PreparedGlass glass in glasses)
        {
            if (glass.Summary is not { } summary)
            {
                continue;
            }

            string outcome = summary.GetProperty("outcome").GetString()!;
            if (outcome != "Converged")
            {
                session.Warn($"the relaxation of {glass.Files.Name} did not converge: {outcome}");
            }

            // A melt leaves its lattice by more than the distance of neighbors.
            double moved = summary.GetProperty("rms_displacement_A").GetDouble(), volume = summary.GetProperty("volume_A3_per_atom").GetDouble();
            if (moved * moved * moved < volume)
            {
                session.Warn(FormattableString.Invariant(
                    $"the atoms of {glass.Files.Name} came only {moved:F2} Å from their start: it may never have molten; a hotter or longer melt may help"));
            }
        }
    }

    private ResolvedConfiguration Resolve(Arguments arguments)
    {
        var flags = new List<(string, string)>();
        foreach ((Option<string> flag, string setting) in _settings)
        {
            if (arguments.Text(flag) is { } value)
            {
                flags.Add((flag.Name, $"prepare.{setting}={value}"));
            }
        }

        if (arguments.Text(_composition) is { } composition)
        {
            flags.Add((_composition.Name, $"prepare.composition={JsonSerializer.Serialize(composition)}"));
        }

        return ConfigurationReader.Resolve(arguments.Positional(_configuration), arguments.Repeated(_define), flags: flags);
    }
}
