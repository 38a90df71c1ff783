using System.CommandLine;
using Glasswright.Host.Configuration;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Commands;

/// <summary><c>anneal</c>: molecular dynamics at a temperature, relaxed and labeled before and after, compared.</summary>
internal sealed class AnnealVerb : Verb
{
    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly AnnealOptions _anneal = new();
    private readonly Option<string> _strains = Options.Value("--strains", "LIST", "Label before and after at these strains, such as 0.02,0.04, and compare.");
    private readonly Option<string> _step = LoadingOptions.Step();
    private readonly Option<string> _lateral = LoadingOptions.Lateral();
    private readonly Option<string> _config = Options.Value("--config", "FILE", "Configuration whose group label tells how to label.");
    private readonly Option<string[]> _define = Options.Define("label.force-tolerance=1e-6");
    private readonly Option<string> _out = Options.Out(
        "Folder for before and after (.data, .extxyz, labels), thermo.csv, anneal.json and what a stopped annealing goes on from.");

    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<bool> _estimate = Options.Estimate();

    /// <summary>Describes the verb.</summary>
    public AnnealVerb()
        : base("anneal", "Hold a glass at a temperature, relax it again and compare, with labels if wanted; a stopped annealing goes on where it was.") =>
        Take([_structure, _potential, _species, .. _anneal.All, _strains, _step, _lateral, _config, _define, _out, _backend, _device, _threads, _estimate]);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        string structurePath = arguments.Required(_structure), potentialPath = arguments.Required(_potential), folder = arguments.Required(_out);
        AnnealPlan plan = _anneal.Read(arguments);
        ResolvedConfiguration configuration = ConfigurationReader.Resolve(arguments.Text(_config), arguments.Repeated(_define));
        LabelSettings? labels = ReadLabels(arguments, configuration);
        var backend = Backend.Read(arguments, _backend, _threads, _device);
        backend.RequireDynamics(arguments.Has(_estimate));
        OutputFile.RequireWritableFolder(folder);
        var input = GlassInput.Read(structurePath, potentialPath, arguments.Names(_species));
        StructureFile.RequireHolds(Path.Combine(folder, "after.data"), input.Structure.Cell);
        if (arguments.Has(_estimate))
        {
            session.Print(AnnealEstimate.Measure(input, plan, backend, labels));
            return 0;
        }

        Directory.CreateDirectory(folder);
        using IDisposable held = FolderLock.Take(folder);
        using var run = new AnnealRun(input, plan, backend, folder);
        session.Measure(Command.Name, configuration.Settings.Telemetry, () =>
        {
            run.Execute(labels, session, stop);
            return 0;
        });
        session.Print(run.Tell(session));
        Comment(session, run, plan, folder);
        return 0;
    }

    private static void Comment(Session session, AnnealRun run, AnnealPlan plan, string folder)
    {
        if (!run.Finished)
        {
            session.Say($"stopped; {folder} holds what is done, the same command goes on from it");
        }

        if (plan.Dynamics.HasBarostat && plan.Cell is null)
        {
            session.Warn("with --cell fixed the glass after rests in the cell of the last instant: before and after are at unlike pressures");
        }

        foreach (string outcome in run.Unconverged)
        {
            session.Warn($"a relaxation did not converge: {outcome}");
        }
    }

    private LabelSettings? ReadLabels(Arguments arguments, ResolvedConfiguration configuration)
    {
        IReadOnlyList<double>? strains = arguments.Numbers(_strains, "strains such as 0.02,0.04", x => x is > 0 and <= 1);
        if (strains is null)
        {
            RequireNothingOfLabels(arguments);
            return null;
        }

        return LabelMethod.Translate(
            configuration,
            strains,
            LoadingOptions.FindStep(arguments, _step),
            arguments.Text(_lateral));
    }

    /// <summary>Who says how to label wants labels. A configuration may say it beside other things, the command line does not.</summary>
    private void RequireNothingOfLabels(Arguments arguments)
    {
        string? given = arguments.IsGiven(_step) ? _step.Name
            : arguments.IsGiven(_lateral) ? _lateral.Name
            : arguments.Repeated(_define).Select(define => define.Split('=')[0].Trim())
                .FirstOrDefault(key => key == "label" || key.StartsWith("label.", StringComparison.Ordinal)) is { } key ? $"-D {key}"
            : null;
        if (given is not null)
        {
            throw new InputException($"{given} has no use without --strains", expected: $"--strains LIST, or no {given}");
        }
    }
}
