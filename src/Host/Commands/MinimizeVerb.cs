using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>minimize</c>: the inherent structure, at fixed cell or, with <c>--pressure</c> and <c>--cell</c>, with the cell.</summary>
internal sealed class MinimizeVerb : Verb
{
    /// <summary>Largest deviation of a freed stress component from the pressure, bar.</summary>
    private const double StressTolerance = 1;

    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _out = Options.Out("The relaxed structure: .data, .extxyz or .dump.");
    private readonly Option<string[]> _swap =
        Options.Repeated("--swap", "ID,ID", "Exchange the species of two atoms (ids as in the file) before relaxing; may be repeated.");

    private readonly Option<string> _forceTolerance =
        Options.Value("--force-tolerance", "X", "Converged when the 2-norm of all forces is at most this, eV/Å (default 1e-4).");

    private readonly Option<string> _maxEvaluations =
        Options.Value("--max-evaluations", "N", "Give up after so many force evaluations (default 5000).");

    private readonly Option<string> _minimizer = Options.Value("--minimizer", "NAME", "plbfgs (limited-memory BFGS with the stiffness of near pairs, the default), lbfgs (without it: twice the evaluations) or cg (conjugate gradient: four times). Now and then they end in different minima.");
    private readonly Option<string> _pressure = Options.Value("--pressure", "P", "Relax the cell too, to this pressure in bar (0 if only --cell is given).");
    private readonly Option<string> _cell = Options.Value("--cell", "WHAT", "What of the cell is free: iso, aniso or full (the default with --pressure).");
    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<string> _tablePoints = Options.TablePoints();
    private readonly Option<bool> _estimate = Options.Estimate();

    /// <summary>Describes the verb.</summary>
    public MinimizeVerb()
        : base("minimize", "Relax a structure to its inherent structure; exchange species first if wanted.") =>
        Take(_structure, _potential, _species, _swap, _forceTolerance, _maxEvaluations, _minimizer, _pressure, _cell, _out, _backend, _device, _threads, _tablePoints, _estimate);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        string structurePath = arguments.Required(_structure), potentialPath = arguments.Required(_potential);
        string? path = arguments.Text(_out);
        MinimizerSettings settings = ReadSettings(arguments);
        CellFreedom? freedom = arguments.Choice(
            _cell, ("iso", CellFreedom.Isotropic), ("aniso", CellFreedom.Anisotropic), ("full", CellFreedom.Full));
        double? pressure = arguments.Number(_pressure, "a pressure in bar", p => Math.Abs(p) <= 1e7);
        var backend = Backend.Read(arguments, _backend, _threads, _device);
        if (path is not null)
        {
            StructureFile.RequireKnownExtension(path);
            OutputFile.RequireWritable(path);
        }

        var input = GlassInput.Read(structurePath, potentialPath, arguments.Names(_species));
        AtomicStructure structure = input.Structure;
        if (path is not null)
        {
            // A cell that LAMMPS accepts stays one, whatever of it is free.
            StructureFile.RequireHolds(path, structure.Cell);
        }

        foreach (string swap in arguments.Repeated(_swap))
        {
            Swap(structure, swap, structurePath, session);
        }

        using OwnedForceField owned = backend.CreateThreaded(input.Resampled(arguments.Whole(_tablePoints, CompactTables.LeastPoints, CompactTables.MostPoints)));
        using var atoms = new AtomRelaxation(owned.Field, structure.Count, settings.Kind);
        MinimizationResult Minimize(MinimizerSettings how) => freedom is null && pressure is null
            ? atoms.Minimize(structure, how, stop)
            : new CellRelaxation(owned.Field, structure.Count, how.Kind).Minimize(
                structure, freedom ?? CellFreedom.Full, pressure ?? 0, StressTolerance, how, stop);
        if (arguments.Has(_estimate))
        {
            session.Print(MinimizeEstimate.Measure(Minimize, settings, backend.Threads, path is null ? 0 : structure.Count));
            return 0;
        }

        session.Say(FormattableString.Invariant($"minimizing {structure.Count} atoms of {structurePath}"));
        var forces = new ForceResult(structure.Count);
        owned.Field.Bind(structure);
        double initial = owned.Field.Evaluate(structure, forces, ForceParts.All);

        // A few evaluations on a copy, so that what is timed is the work and not the compiling of it.
        Warm(owned.Field, structure, atoms, settings);
        long start = Stopwatch.GetTimestamp();
        MinimizationResult result = Minimize(settings);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        forces.Energy = owned.Field.Evaluate(structure, forces, ForceParts.All);

        bool stopped = result.Outcome == MinimizationOutcome.Canceled;
        if (path is not null && double.IsFinite(forces.Energy))
        {
            StructureFile.Write(path, new StructureFrame(structure));
        }

        session.Print(new Report()
            .Text("outcome", "outcome", stopped ? "stopped" : result.Outcome.ToString())
            .Whole("iterations", "iterations", result.Iterations)
            .Whole("force_evaluations", "force evaluations", result.Evaluations)
            .Number("energy_initial_eV", "initial energy", initial, "eV", "F8")
            .Energy(structure, forces)
            .Number("elapsed_s", "time", elapsed, "s", "G4"));
        Comment(session, result.Outcome, path, forces.Energy);
        return 0;
    }

    private static void Comment(Session session, MinimizationOutcome outcome, string? path, double energy)
    {
        if (outcome == MinimizationOutcome.Canceled)
        {
            session.Say(path is null
                ? "stopped; nothing was to be written, so the same command begins anew"
                : $"stopped; to go on: glasswright minimize --structure {path} …, without --swap");
        }
        else if (outcome != MinimizationOutcome.Converged)
        {
            string consequence = path is null || double.IsFinite(energy) ? "" : $"; {path} was not written";
            session.Warn($"the minimization did not converge: {outcome}{consequence}");
        }
    }

    private static void Swap(AtomicStructure structure, string swap, string file, Session session)
    {
        string[] parts = swap.Split(',');
        if (parts.Length != 2)
        {
            throw new InputException("--swap is not usable", expected: "two atom ids, such as --swap 12,507", found: $"'{swap}'");
        }

        int a = Find(structure, parts[0], file), b = Find(structure, parts[1], file);
        if (structure.Species[a] == structure.Species[b])
        {
            session.Warn($"--swap {swap} changes nothing: both atoms are {structure.SpeciesNames[structure.Species[a]]}");
        }

        structure.SwapSpecies(a, b);
    }

    private static void Warm(IForceField field, AtomicStructure structure, AtomRelaxation relaxation, MinimizerSettings settings)
    {
        const int Evaluations = 4;
        relaxation.Minimize(structure.Clone(), settings with { MaxEvaluations = Evaluations }, CancellationToken.None);
        field.Bind(structure);
    }

    private static int Find(AtomicStructure structure, string text, string file)
    {
        if (!long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            throw new InputException("--swap is not usable", expected: "two atom ids, such as --swap 12,507", found: $"'{text}'");
        }

        int atom = structure.IndexOf(id);
        return atom >= 0 ? atom : throw new InputException(
            "--swap names an atom that the structure lacks",
            file: file,
            expected: FormattableString.Invariant($"ids between {structure.Ids.Min()} and {structure.Ids.Max()}"),
            found: FormattableString.Invariant($"{id}"));
    }

    private MinimizerSettings ReadSettings(Arguments arguments)
    {
        var defaults = new MinimizerSettings();
        return defaults with
        {
            Kind = arguments.Choice(
                _minimizer,
                ("plbfgs", MinimizerKind.PreconditionedLimitedMemory),
                ("lbfgs", MinimizerKind.LimitedMemory),
                ("cg", MinimizerKind.ConjugateGradient)) ?? defaults.Kind,
            ForceTolerance = arguments.Number(_forceTolerance, "a positive number of eV/Å", x => x > 0) ?? defaults.ForceTolerance,
            MaxEvaluations = (int)(arguments.Whole(_maxEvaluations, 1) ?? defaults.MaxEvaluations),
        };
    }
}
