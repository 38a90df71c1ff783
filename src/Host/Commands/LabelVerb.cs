using System.CommandLine;
using System.Diagnostics;
using Glasswright.Actors.Labeling;
using Glasswright.Host.Configuration;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>label</c>: true labels by quasistatic loading in all modes, or from dumps that LAMMPS wrote.</summary>
internal sealed class LabelVerb : Verb
{
    /// <summary>The pressure from which on a glass is not one at rest, bar.</summary>
    private const double MostPressure = 1000;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Structures to label.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _structure = Options.Value("--structure", "FILE", "The structure, in place of FILE.");
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _strains = Options.Value("--strains", "LIST", "Strains to label at, ascending, such as 0.02,0.04.");
    private readonly Option<string> _step = LoadingOptions.Step();
    private readonly Option<string> _lateral = LoadingOptions.Lateral();
    private readonly Option<string> _out = Options.Out("Folder for <name>.labels.csv and <name>.modes.csv.");
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _config = Options.Value(
        "--config", "FILE", "Configuration: its group label, and potential, species, backend, threads and structure; flags win.");

    private readonly Option<string[]> _define = Options.Define("label.force-tolerance=1e-6");
    private readonly Option<bool> _estimate = Options.Estimate();
    private readonly Option<string> _mode = LoadingOptions.Mode();
    private readonly Option<string[]> _fromDumps = new("--from-dumps")
    {
        HelpName = "REF STEP",
        Description = "Take D2min between a reference and one dump a strain instead of loading anything; needs --mode.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Describes the verb.</summary>
    public LabelVerb()
        : base("label", "Compute labels: ln D2min of every atom, averaged over the twelve loading modes; a stopped run goes on where it was.")
    {
        Command.Arguments.Add(_files);
        Take(_structure, _potential, _species, _strains, _step, _lateral, _out, _backend, _device, _threads, _config, _define, _estimate, _fromDumps, _mode);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        IReadOnlyList<string> dumps = arguments.Repeated(_fromDumps);

        // An estimate, or labels of dumps, have nothing to put in order: a signal ends them.
        CancellationToken stop = arguments.Has(_estimate) || dumps.Count > 0 ? CancellationToken.None : session.Stop;
        string folder = arguments.Required(_out);
        ResolvedConfiguration configuration = ConfigurationReader.Resolve(arguments.Text(_config), arguments.Repeated(_define));
        return dumps.Count > 0
            ? DumpLabeling.Run(
                dumps, arguments.Positional(_files), Species(arguments, configuration), DefinitionOfDumps(arguments, configuration), folder, session)
            : Label(arguments, configuration, session, folder, stop);
    }

    // Which strains and mode the dumps are at is known by whoever made them; it is told with them.
    private LabelDefinition DefinitionOfDumps(Arguments arguments, ResolvedConfiguration configuration)
    {
        IReadOnlyList<double> strains = ReadStrains(arguments)
            ?? throw new InputException("--strains is not given", expected: "one strain a STEP");
        return LabelMethod.Translate(configuration, strains, lateral: arguments.Text(_lateral)).Definition with
        {
            Modes = [LoadingMode.Parse(arguments.Required(_mode))],
            Step = null,
            ForceTolerance = null,
        };
    }

    private int Label(Arguments arguments, ResolvedConfiguration configuration, Session session, string folder, CancellationToken stop)
    {
        if (arguments.Text(_mode) is not null)
        {
            throw new InputException(
                "--mode belongs to --from-dumps", expected: "no --mode: labels average over the modes of label.modes, by default all twelve");
        }

        LabelSettings settings = LabelMethod.Translate(
            configuration, ReadStrains(arguments), LoadingOptions.FindStep(arguments, _step), arguments.Text(_lateral));
        var backend = Backend.Read(arguments, _backend, _threads, _device, configuration.Settings);
        OutputFile.RequireWritableFolder(folder);
        IReadOnlyList<LabelInputs> inputs = ReadInputs(arguments, configuration, backend);
        LabelRun[] runs = [.. inputs.Select(input => new LabelRun(input, settings, folder))];
        foreach (LabelRun run in runs)
        {
            if (run.State() == LabelState.Different)
            {
                throw new InputException(
                    "there are labels of this name from other inputs or settings", file: run.LabelPath, expected: "--out with another folder");
            }
        }

        if (arguments.Has(_estimate))
        {
            backend.RequireEstimate(true);
            session.Print(LabelEstimate.Measure(inputs, runs, settings, backend.Threads));
            return 0;
        }

        return session.Measure(Command.Name, configuration.Settings.Telemetry, () => Run(inputs, runs, settings, backend, session, folder, stop));
    }

    private static int Run(
        IReadOnlyList<LabelInputs> inputs, LabelRun[] runs, LabelSettings settings, Backend backend, Session session, string folder, CancellationToken stop)
    {
        // A labeling that is stopped before a mode is finished leaves nothing.
        using var locks = new LabelLocks(folder, runs);
        WarnOfPressure(session, inputs, runs);
        session.Say(FormattableString.Invariant(
            $"labeling {runs.Length} structures in {settings.Definition.Modes.Count} modes on {backend.Threads} threads"));
        var progress = session.Progress();
        long start = Stopwatch.GetTimestamp();
        LabelingResult result = Labeler.RunAsync(runs, backend.Threads, new LabelingShown(progress, session.Telemetry), stop).GetAwaiter().GetResult();
        progress.End();
        session.Print(Summarize(inputs, runs, result, Stopwatch.GetElapsedTime(start).TotalSeconds));
        if (!result.Finished)
        {
            session.Say(runs.Any(run => run.State() == LabelState.Finished || run.Units.Any(unit => unit.Finished() is not null))
                ? $"stopped; finished modes are kept in {folder}, the same command goes on with the others"
                : "stopped before a mode was finished, so nothing is kept; the same command begins anew");
        }

        WarnOfModes(session, runs, result);

        return 0;
    }

    private IReadOnlyList<double>? ReadStrains(Arguments arguments) =>
        arguments.Numbers(_strains, "strains such as 0.02,0.04", x => x is > 0 and <= 1);

    private IReadOnlyList<string>? Species(Arguments arguments, ResolvedConfiguration configuration) =>
        arguments.Names(_species) ?? configuration.Settings.Species;

    private IReadOnlyList<string> Structures(Arguments arguments, ResolvedConfiguration configuration) =>
        arguments.Positional(_files) is { Count: > 0 } files ? files
            : arguments.Text(_structure) is { } given ? [given]
            : configuration.Settings.Structure is { } structure ? [configuration.RequireFile("structure", structure)]
            : throw new InputException("no structure is given", expected: "label FILE … with at least one FILE");

    private string Potential(Arguments arguments, ResolvedConfiguration configuration) =>
        arguments.Text(_potential) is null && configuration.Settings.Potential is { } potential
            ? configuration.RequireFile("potential", potential)
            : arguments.Required(_potential);

    private LabelInputs[] ReadInputs(Arguments arguments, ResolvedConfiguration configuration, Backend backend)
    {
        IReadOnlyList<string> files = Structures(arguments, configuration);
        string potential = Potential(arguments, configuration);
        EamTables tables = SetflFile.Read(potential);
        string numerics = RunNumerics.Of(backend.Device);
        Func<int, IMechanics>? mechanics = backend.CreateMechanics(tables);
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        var inputs = new List<LabelInputs>();
        foreach (string file in files)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (!byName.TryAdd(name, file))
            {
                throw new InputException($"two structures would have the labels {name}.labels.csv", file: file, expected: "file names that differ", found: byName[name]);
            }

            var glass = GlassInput.Read(file, potential, tables, Species(arguments, configuration));
            inputs.Add(new LabelInputs
            {
                Name = name,
                Structure = glass.Structure,
                FileSha256 = FileDigest.Sha256(file),
                ForceField = () => backend.CreateSerial(tables),
                Mechanics = mechanics,
                PotentialSha256 = tables.Sha256,
                Numerics = numerics,
            });
        }

        return [.. inputs];
    }

    private static Report Summarize(IReadOnlyList<LabelInputs> inputs, LabelRun[] runs, LabelingResult result, double elapsed)
    {
        var structures = new List<Report>();
        var lines = new List<(string Label, string Value)>();
        for (int r = 0; r < runs.Length; r++)
        {
            bool finished = runs[r].State() == LabelState.Finished;
            ModeLabelTable? table = result.Tables[r] ?? (finished ? LabelFile.ReadModes(runs[r].ModePath) : null);
            LabelTable? labels = table?.Average();
            int? valid = labels?.Valid.Count(atom => atom);
            IReadOnlyList<double> strains = table?.Header.Definition.Strains ?? [];
            lines.AddRange(strains.Select((strain, s) => ($"{inputs[r].Name} at {LabelDefinition.Text(strain)}", FormattableString.Invariant(
                $"mean {Mean(labels!, s):F4}, reliability {Shown(LabelReliability.SplitHalf(table!, s))}, {valid} of {labels!.Ids.Length} atoms valid"))));
            structures.Add(new Report()
                .Text("name", null, inputs[r].Name)
                .Flag("finished", null, finished)
                .Whole("atoms", null, inputs[r].Structure.Count)
                .Number("valid", null, valid)
                .Map("mean", null, PerStrain(table, s => Mean(labels!, s)))
                .Map("reliability", null, PerStrain(table, s => LabelReliability.SplitHalf(table!, s))));
        }

        Report report = new Report()
            .Text("outcome", "outcome", result.Finished ? "finished" : "stopped")
            .Whole("labeled", "structures labeled now", result.Tables.Count(table => table is not null))
            .Whole("force_evaluations", "force evaluations", result.Evaluations)
            .Number("elapsed_s", "time", elapsed, "s", "G4")
            .Text("out", "folder", runs[0].Folder)
            .List("structures", structures);
        foreach ((string label, string value) in lines)
        {
            report.Line(label, value);
        }

        return report;
    }

    /// <summary>One mode has no halves.</summary>
    private static string Shown(double reliability) => double.IsFinite(reliability) ? FormattableString.Invariant($"{reliability:F4}") : "-";

    /// <summary>Labels under load are those of another glass. One evaluation a file as it stands, and none where nothing is left to label.</summary>
    private static void WarnOfPressure(Session session, IReadOnlyList<LabelInputs> inputs, LabelRun[] runs)
    {
        for (int r = 0; r < runs.Length; r++)
        {
            if (runs[r].State() == LabelState.Finished)
            {
                continue;
            }

            AtomicStructure structure = inputs[r].Structure;
            IForceField field = inputs[r].ForceField();
            using var owned = field as IDisposable;
            var forces = new ForceResult(structure.Count);
            field.Bind(structure);
            field.Evaluate(structure, forces, ForceParts.Forces | ForceParts.Virial);
            double pressure = forces.Virial.Take(3).Average() / structure.Cell.Volume * MetalUnits.BarPerPressureUnit;
            if (Math.Abs(pressure) > MostPressure)
            {
                session.Warn(FormattableString.Invariant(
                    $"{inputs[r].Name} is at {pressure:F0} bar, labels are meant at zero pressure: glasswright minimize --pressure 0 --cell full brings it there"));
            }
        }
    }

    /// <summary>Atoms of a mode that ended early have no labels; that must not be found out by counting the valid ones.</summary>
    private static void WarnOfModes(Session session, LabelRun[] runs, LabelingResult result)
    {
        for (int r = 0; r < runs.Length; r++)
        {
            ModeOutcome[] ended = [.. (result.Tables[r]?.Header.Outcomes ?? []).Where(mode => mode.Outcome != QuasistaticOutcome.Completed)];
            if (ended.Length > 0)
            {
                string list = string.Join(", ", ended.Select(mode => FormattableString.Invariant($"{mode.Mode} {mode.Outcome} after {mode.Steps} steps")));
                session.Warn($"{runs[r].LabelPath} has no valid labels beyond where modes ended early: {list}");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, double>> PerStrain(ModeLabelTable? table, Func<int, double> value) =>
        table is null
            ? []
            : table.Header.Definition.Strains.Select((strain, s) => KeyValuePair.Create(LabelDefinition.Text(strain), value(s)));

    /// <summary>The mean label of the valid atoms at a strain.</summary>
    private static double Mean(LabelTable labels, int strain)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < labels.Ids.Length; i++)
        {
            if (labels.Valid[i])
            {
                sum += labels.Values[strain][i];
                count++;
            }
        }

        return sum / count;
    }
}
