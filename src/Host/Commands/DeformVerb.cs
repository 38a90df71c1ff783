using System.CommandLine;
using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>deform</c>: one athermal quasistatic run in one mode.</summary>
internal sealed class DeformVerb : Verb
{
    private const string CurveFile = "curve.csv", ReferenceFile = "reference.extxyz";
    private const string FinalFile = "final.extxyz", DisplacementFile = "d2min.csv";

    /// <summary>Text of a point of the curve, and of an atom in both structures and the table of D²min.</summary>
    private const int BytesPerPoint = 60, BytesPerAtom = 180;

    private readonly Option<string> _structure = Options.Structure();
    private readonly Option<string> _potential = Options.Potential();
    private readonly Option<string> _species = Options.Species();
    private readonly Option<string> _mode = LoadingOptions.Mode();
    private readonly Option<string> _strain = Options.Value("--strain", "X", "Final strain (default 0.04).");
    private readonly Option<string> _step = LoadingOptions.Step();
    private readonly Option<string> _lateral = LoadingOptions.Lateral();
    private readonly Option<string> _forceTolerance = Options.Value(
        "--force-tolerance", "X", "A step has converged when the 2-norm of all forces is at most this, eV/Å (default 1e-5).");

    private readonly Option<string> _out =
        Options.Out("Folder for curve.csv, d2min.csv, reference.extxyz and final.extxyz; files there are replaced.");

    private readonly Option<string> _backend = Options.Backend();
    private readonly Option<string> _device = Options.Device();
    private readonly Option<string> _threads = Options.Threads();
    private readonly Option<bool> _estimate = Options.Estimate();

    /// <summary>Describes the verb.</summary>
    public DeformVerb()
        : base("deform", "Load a structure quasistatically in one mode: stress-strain curve and D2min.") =>
        Take(_structure, _potential, _species, _mode, _strain, _step, _lateral, _forceTolerance, _out, _backend, _device, _threads, _estimate);

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = arguments.Has(_estimate) ? CancellationToken.None : session.Stop;
        string structurePath = arguments.Required(_structure), potentialPath = arguments.Required(_potential);
        string folder = arguments.Required(_out);
        double strain = arguments.Number(_strain, "a strain above 0 and at most 1", x => x is > 0 and <= 1) ?? 0.04;
        var settings = new QuasistaticSettings
        {
            Mode = LoadingMode.Parse(arguments.Required(_mode)),
            Lateral = LoadingOptions.ReadLateral(arguments, _lateral),
            Step = LoadingOptions.ReadStep(arguments, _step),
            ForceTolerance = arguments.Number(_forceTolerance, "a positive number of eV/Å", x => x > 0) ?? QuasistaticSettings.UsualForceTolerance,
            Strain = strain,
            Snapshots = [strain],
            KeepLast = true,
        };
        int steps = LoadingPath.StepsTo(settings.Strain, settings.Step);
        var backend = Backend.Read(arguments, _backend, _threads, _device);
        OutputFile.RequireWritableFolder(folder);
        var input = GlassInput.Read(structurePath, potentialPath, arguments.Names(_species));

        if (arguments.Has(_estimate))
        {
            session.Print(Estimate(input, backend, settings, steps));
            return 0;
        }

        session.Say(FormattableString.Invariant(
            $"loading {input.Structure.Count} atoms of {structurePath}: {settings.Mode} to {strain} in {steps} steps"));
        var progress = new ProgressLine(session.Terminal);
        using OwnedForceField owned = backend.CreateThreaded(input.Tables);
        long start = Stopwatch.GetTimestamp();
        QuasistaticResult result = new QuasistaticRun(owned.Field, input.Structure).Run(
            settings, done => progress.Show(done, steps, done, "steps"), stop);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        progress.End();

        Directory.CreateDirectory(folder);
        Plasticity? plasticity = Write(folder, result);
        session.Print(Summarize(settings, result, plasticity, elapsed, input.Structure.Count));
        Comment(session, result, steps, folder);
        return 0;
    }

    private static Report Estimate(GlassInput input, Backend backend, QuasistaticSettings settings, int steps)
    {
        using OwnedForceField owned = backend.CreateThreaded(input.Tables);
        double seconds = LoadingTiming.SecondsPerStep(owned.Field, input.Structure, settings, steps), wall = seconds * steps;
        return new Report()
            .Whole("steps", "steps", steps)
            .Number("seconds_per_step", "measured", seconds, "s a step", "G3")
            .Number("core_hours", "work", wall * backend.Threads / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time on {backend.Threads} threads"), wall, "s", "F0")
            .Number("memory_bytes", "memory", Environment.WorkingSet, "bytes", "G3")
            .Number("disk_bytes", "disk", ((double)steps * BytesPerPoint) + ((double)input.Structure.Count * BytesPerAtom), "bytes", "G3")
            .Text("note", "note", LoadingTiming.Note);
    }

    /// <summary>D²min at the final strain, summed up.</summary>
    private sealed record Plasticity(int Valid, double MeanLogarithm);

    private static Plasticity? Write(string folder, QuasistaticResult result)
    {
        // A run that ends early writes fewer files; those of a run before it would be taken for its own.
        foreach (string name in (string[])[CurveFile, ReferenceFile, FinalFile, DisplacementFile])
        {
            File.Delete(Path.Combine(folder, name));
        }

        AtomicFile.Write(Path.Combine(folder, CurveFile), stream =>
        {
            using var csv = new CsvWriter(stream);
            csv.Header("strain", "energy_eV", "stress_bar");
            foreach (CurvePoint point in result.Curve)
            {
                csv.Cell(point.Strain).Cell(point.Energy).Cell(point.Stress).EndRow();
            }
        });
        StructureFile.Write(Path.Combine(folder, ReferenceFile), new StructureFrame(result.Reference));
        if (result.Snapshots.Count == 0)
        {
            return null;
        }

        AtomicStructure last = result.Snapshots[^1].Structure;
        StructureFile.Write(Path.Combine(folder, FinalFile), new StructureFrame(last));
        var displacement = new NonaffineDisplacement(result.Reference);
        var values = new double[last.Count];
        displacement.Compute(last, values);
        AtomicFile.Write(Path.Combine(folder, DisplacementFile), stream => WriteDisplacements(stream, last, displacement, values));
        double sum = 0;
        int valid = 0;
        foreach (double value in values)
        {
            if (NonaffineDisplacement.IsValid(value))
            {
                sum += Elementary.Log(value);
                valid++;
            }
        }

        return new Plasticity(valid, sum / valid);
    }

    private static void WriteDisplacements(
        Stream stream, AtomicStructure structure, NonaffineDisplacement displacement, double[] values)
    {
        using var csv = new CsvWriter(stream);
        csv.Header("id", "neighbors", "d2min", "valid");
        for (int i = 0; i < structure.Count; i++)
        {
            csv.Cell(structure.Ids[i]).Cell(displacement.NeighborCount(i)).Cell(values[i]);
            csv.Cell(NonaffineDisplacement.IsValid(values[i]) ? 1 : 0).EndRow();
        }
    }

    private static Report Summarize(
        QuasistaticSettings settings, QuasistaticResult result, Plasticity? plasticity, double elapsed, int atoms)
    {
        CurvePoint last = result.Curve.Count > 0 ? result.Curve[^1] : new CurvePoint(0, double.NaN, double.NaN);
        double largest = result.Curve.Count > 0 ? result.Curve.Max(point => point.Stress) : double.NaN;
        return new Report()
            .Text("outcome", "outcome", result.Outcome == QuasistaticOutcome.Canceled ? "stopped" : result.Outcome.ToString())
            .Whole("atoms", "atoms", atoms)
            .Text("mode", "mode", settings.Mode.Name)
            .Text("lateral", "lateral lengths", settings.Lateral.Name())
            .Number("strain", "strain reached", last.Strain)
            .Whole("steps", "steps", result.Steps)
            .Whole("force_evaluations", "force evaluations", result.Evaluations)
            .Number("energy_reference_eV", "energy at zero strain", result.ReferenceEnergy, "eV", "F6")
            .Number("energy_eV", "energy", last.Energy, "eV", "F6")
            .Number("stress_bar", "stress", last.Stress, "bar", "F1")
            .Number("stress_largest_bar", "largest stress on the way", largest, "bar", "F1")
            .Number("mean_ln_d2min", "mean ln(D2min/Å²)", plasticity?.MeanLogarithm, "", "F4")
            .Whole("valid", "atoms with a valid D2min", plasticity?.Valid ?? 0)
            .Number("elapsed_s", "time", elapsed, "s", "G4");
    }

    private static void Comment(Session session, QuasistaticResult result, int steps, string folder)
    {
        string reached = FormattableString.Invariant($"after {result.Steps} of {steps} steps");
        string held = result.Steps > 0
            ? FormattableString.Invariant($"{folder} holds the curve, the structure and D2min up to a strain of {result.Curve[^1].Strain}")
            : $"{folder} holds the reference";
        if (result.Outcome == QuasistaticOutcome.Canceled)
        {
            session.Say($"stopped {reached}; {held}; the same command begins anew, with --strain to end where you wish");
        }
        else if (result.Outcome != QuasistaticOutcome.Completed)
        {
            session.Warn($"the loading ended {reached}: {result.Outcome}; {held}");
        }
    }
}
