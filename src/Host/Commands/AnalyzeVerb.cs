using System.CommandLine;
using Glasswright.Actors.Storage;
using Glasswright.Host.Analysis;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Threading;

namespace Glasswright.Host.Commands;

/// <summary><c>analyze</c>: the figures of a structure, of two side by side, of loadings, or of a chain of a run.</summary>
internal sealed class AnalyzeVerb : Verb
{
    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "A run's folder, or its id in the store (with --store); or give --structure.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "RUN: the store, postgres://user@host:port/database.");
    private readonly Option<string> _replica = Options.Value("--replica", "N", "RUN: which chain (default 0).");
    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _second = Options.Value("--second", "FILE", "Another structure, to be set beside the first.");
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _model = Options.Models();
    private readonly Option<string> _attention = Options.Value("--attention", "ID", "Also what the model looks at when it predicts this atom.");
    private readonly Option<string> _curves = Options.Value(
        "--curves", "DIR", "Stress-strain curves: DIR/MODE/curve.csv (of deform) or DIR/curve-MODE.csv (of the LAMMPS script).");

    private readonly Option<string> _secondCurves = Options.Value("--second-curves", "DIR", "Those of the other structure.");
    private readonly Option<string> _radii = Options.Value("--radii", "LIST", "Radical Voronoi cells, with radii in Å such as Cu=1.28,Zr=1.60; without it planes stand halfway.");
    private readonly Option<string> _threshold = Options.Value("--face-threshold", "A2", "Voronoi faces of less area, Å², do not count (default 0).");
    private readonly Option<string> _relative = Options.Value("--relative-face-threshold", "SHARE", "Voronoi faces of less than this share of the surface do not count (default 0).");
    private readonly Option<string> _range = Options.Value("--range", "R", "How far g(r) goes, Å (default 12).");
    private readonly Option<string> _bin = Options.Value("--bin", "DR", "Width of the bins of g(r), Å (default 0.05).");
    private readonly Option<string> _cutoff = Options.Value("--cutoff", "R", "Where the first shell ends, Å; by default the first minimum of each g(r).");
    private readonly Option<string> _axis = Options.Value("--axis", "NAME", "Which cell vector the slices are cut along: a, b or c (the default).");
    private readonly Option<string> _out = Options.Out("The folder of the tables; of a run folder by default RUN/analysis.");
    private readonly Option<string> _threads = Options.Threads();

    /// <summary>Describes the verb.</summary>
    public AnalyzeVerb()
        : base("analyze", "Analyze a structure, two side by side, or a chain of a run: one table a figure.")
    {
        Command.Arguments.Add(_run);
        Take(
            _store, _replica, _structure, _second, _species, _potential, _model, _attention, _curves, _secondCurves, _radii, _threshold, _relative, _range, _bin,
            _cutoff, _axis, _out, _threads);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        using var team = new ThreadTeam((int)(arguments.Whole(_threads, 1, 4096) ?? Environment.ProcessorCount));
        AnalysisSettings settings = ReadSettings(arguments, team);
        string? run = arguments.Positional(_run);
        RefuseStrays(arguments, run);
        session.Print(run is null ? AnalyzeStructures(arguments, settings, session) : AnalyzeRun(arguments, run, settings, session));
        return 0;
    }

    private AnalysisSettings ReadSettings(Arguments arguments, ThreadTeam team)
    {
        double range = arguments.Number(_range, "a distance from 3 to 100 Å", value => value is >= 3 and <= 100) ?? 12;
        return new AnalysisSettings
        {
            Radii = ReadRadii(arguments.Text(_radii)),
            FaceThreshold = arguments.Number(_threshold, "an area from 0 Å² on", value => value >= 0) ?? 0,
            RelativeFaceThreshold = arguments.Number(_relative, "a share from 0 to 1", value => value is >= 0 and <= 1) ?? 0,
            Range = range,
            Step = arguments.Number(_bin, "a width from 0.001 to 1 Å", value => value is >= 0.001 and <= 1) ?? 0.05,
            Cutoff = arguments.Number(_cutoff, FormattableString.Invariant($"a distance above 0 and up to the range of g(r), {range} Å"), value => value > 0 && value <= range),
            Axis = arguments.Choice(_axis, ("a", 0), ("b", 1), ("c", 2)) ?? 2,
            Runner = team,
        };
    }

    private void RefuseStrays(Arguments arguments, string? run)
    {
        if (run is not null && ((Option[])[_structure, _second, _species, _potential, _model, _attention, _curves, _secondCurves]).FirstOrDefault(arguments.IsGiven) is { } stray)
        {
            throw new InputException($"{stray.Name} is not for a run, which has its own", expected: $"analyze --structure FILE, or analyze {run} without {stray.Name}");
        }

        if (run is null && ((Option[])[_store, _replica]).FirstOrDefault(arguments.IsGiven) is { } astray)
        {
            throw new InputException($"{astray.Name} is for a run", expected: $"analyze RUN {astray.Name} {astray.HelpName}");
        }

        foreach ((Option<string> needs, Option<string> needed) in ((Option<string>, Option<string>)[])[(_second, _structure), (_attention, _model), (_model, _structure), (_potential, _structure), (_secondCurves, _curves)])
        {
            if (arguments.IsGiven(needs) && !arguments.IsGiven(needed))
            {
                throw new InputException($"{needs.Name} needs {needed.Name}", expected: $"{needed.Name} {needed.HelpName}");
            }
        }
    }

    private Report AnalyzeStructures(Arguments arguments, AnalysisSettings settings, Session session)
    {
        if (!arguments.IsGiven(_structure) && !arguments.IsGiven(_curves))
        {
            throw new InputException("nothing is given to analyze", expected: "analyze --structure FILE --out DIR, or analyze RUN");
        }

        string path = arguments.Required(_out);
        OutputFile.RequireWritableFolder(path);
        long? attention = arguments.Whole(_attention, long.MinValue, long.MaxValue);
        bool two = arguments.IsGiven(_second) || arguments.IsGiven(_secondCurves);
        CurveFolder[] curves =
        [
            .. arguments.Text(_curves) is { } before ? [CurveFolder.Read(two ? "first" : "structure", before)] : (CurveFolder[])[],
            .. arguments.Text(_secondCurves) is { } after ? [CurveFolder.Read("second", after)] : (CurveFolder[])[],
        ];
        using var subjects = AnalysisInput.Read(
            [.. ((Option<string>[])[_structure, _second]).Select(arguments.Text).OfType<string>()],
            arguments.Names(_species), arguments.Text(_potential), arguments.Text(_model), attention, settings, session);
        var structures = subjects.Analyze(two ? ["first", "second"] : ["structure"]);
        var folder = new AnalysisFolder(path);
        var report = new Report();
        if (structures.Count > 0)
        {
            WriteTables(folder, structures, settings);
            AnalysisSummary.AddStructures(report, structures, settings, session);
            AnalysisSummary.AddShells(report, folder, structures, settings, session);
        }

        if (attention is { } id)
        {
            AttentionTables.Write(folder, structures, subjects.Models[0], id);
        }

        if (curves.Length > 0)
        {
            CurveFolder.Write(folder, curves);
            var stress = new Report();
            Array.ForEach(curves, one => stress.Group(one.Label, one.Label, one.Describe()));
            report.Group("stress", "stress-strain", stress);
        }

        return report.Texts("files", "tables", folder.Names).Text("out", "folder", path);
    }

    private Report AnalyzeRun(Arguments arguments, string name, AnalysisSettings settings, Session session)
    {
        string path = arguments.IsGiven(_store) ? arguments.Required(_out) : arguments.Text(_out) ?? Path.Combine(name, "analysis");
        OutputFile.RequireWritableFolder(path);
        string? run = name;
        using Database database = StoredRun.Open(ref run, arguments, _store, session);
        run = StoredRun.Find(database, run).Run;
        var store = new RunStore(database, run, owns: false);
        var chain = new RunAnalysis(store, name, (int)(arguments.Whole(_replica, 0) ?? 0), settings);
        IReadOnlyList<AnalyzedStructure> structures = Located.In(name, () => chain.Follow(session));
        var folder = new AnalysisFolder(path);
        WriteTables(folder, structures, settings);
        chain.Write(folder, structures[0].Species);
        var report = new Report().Text("run", "run", run);
        AnalysisSummary.AddStructures(report, structures, settings, session);
        return report.Group("chain", "chain", chain.Describe()).Texts("files", "tables", folder.Names).Text("out", "folder", path);
    }

    private static void WriteTables(AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings)
    {
        PairTables.Write(folder, structures, settings);
        AtomTables.Write(folder, structures, settings);
        PropertyTables.Write(folder, structures, settings);
    }

    private Dictionary<string, double> ReadRadii(string? text)
    {
        var radii = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string entry in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            string[] parts = entry.Split('=', StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || !double.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out double radius) || radius is not (> 0 and < 10) || !radii.TryAdd(parts[0], radius))
            {
                throw new InputException($"{_radii.Name} is not usable", expected: "ELEMENT=RADIUS between commas, each once, radii from 0 to 10 Å", found: $"'{entry}'");
            }
        }

        return radii;
    }
}
