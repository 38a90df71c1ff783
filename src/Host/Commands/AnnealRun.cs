using System.Diagnostics;
using System.Text;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>
/// One annealing and its files: <c>before</c> and <c>after</c> at rest, <c>thermo.csv</c>, labels, <c>anneal.json</c>; <c>anneal.state</c> is the trajectory,
/// from which the same command goes on, also when all is done: then it only computes what is cheap again.
/// </summary>
internal sealed class AnnealRun : IDisposable
{
    /// <summary>Largest deviation of a freed stress component from the pressure, bar.</summary>
    private const double StressTolerance = 1;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromMinutes(1);

    private readonly GlassInput _input;
    private readonly AnnealPlan _plan;
    private readonly Backend _backend;
    private readonly string _folder;
    private readonly OwnedForceField _relaxing;
    private readonly OwnedForceField _moving;
    private readonly List<string> _unconverged = [];
    private readonly AtomicStructure _before;
    private AtomicStructure? _after;
    private Trajectory? _trajectory;
    private AnnealLabels? _labels;
    private double _elapsed;

    /// <summary>Describes the work.</summary>
    public AnnealRun(GlassInput input, AnnealPlan plan, Backend backend, string folder)
    {
        _input = input;
        _plan = plan;
        _backend = backend;
        _folder = folder;
        _relaxing = backend.CreateThreaded(input.Tables);
        _moving = backend.CreateMoving(input.Tables);
        _before = input.Structure.Clone();
    }

    /// <summary>Whether all is done.</summary>
    public bool Finished { get; private set; }

    /// <summary>How relaxations ended that did not converge.</summary>
    public IReadOnlyList<string> Unconverged => _unconverged;

    private string StateFile => At("anneal.state");

    private string Numerics => RunNumerics.Of(_backend.Device);

    /// <summary>Relaxes, anneals, relaxes, labels; returns early when it was stopped, with its files written.</summary>
    /// <exception cref="InputException">The folder holds another annealing.</exception>
    public void Execute(LabelSettings? labels, Session session, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        Finished = Relax(_before, stop) && Anneal(session, stop) && Settle(stop) && Label(labels, session, stop);
        _elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>The result, also written as <c>anneal.json</c>.</summary>
    public Report Tell(Session session)
    {
        Report report = new Report().Text("outcome", "outcome", Finished ? "finished" : "stopped");
        report.Whole("atoms", "atoms", _before.Count).Whole("steps", "time steps", _trajectory?.Step ?? 0);
        if (_after is not null)
        {
            Compare(report);
        }

        _labels?.AddTo(report);
        report
            .Number("elapsed_s", "time", _elapsed, "s", "G4")
            .Text("out", "folder", _folder)
            .Text("version", null, BuildInformation.Version)
            .Text("commit", null, BuildInformation.Commit)
            .Text("command", null, string.Join(' ', session.Command))
            .Text("numerics", null, Numerics)
            .Text("structure_sha256", null, FileDigest.Sha256(_input.StructurePath))
            .Text("potential_sha256", null, _input.Tables.Sha256)
            .Text("settings", null, Settings().Identity);
        using var text = new StringWriter();
        report.WriteJson(text);
        AtomicFile.Write(At("anneal.json"), stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
        return report;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trajectory?.Dispose();
        _moving.Dispose();
        _relaxing.Dispose();
    }

    private string At(string name) => Path.Combine(_folder, name);

    private bool Relax(AtomicStructure structure, CancellationToken stop)
    {
        MinimizationOutcome outcome = Relaxed.Relax(
            structure, _relaxing.Field, _plan.Cell, _plan.Dynamics.Pressure, StressTolerance, AnnealPlan.Minimizer, stop);
        if (outcome is not (MinimizationOutcome.Converged or MinimizationOutcome.Canceled))
        {
            _unconverged.Add(outcome.ToString());
        }

        return outcome != MinimizationOutcome.Canceled;
    }

    private bool Anneal(Session session, CancellationToken stop)
    {
        TrajectorySettings settings = Settings();
        _trajectory = new Trajectory(_moving.Field, _input.Tables, _before.Clone(), settings);
        Resume(_trajectory);
        Write("before", _before);
        long steps = settings.Program.Steps, resumed = _trajectory.Step;
        session.Say(FormattableString.Invariant(
            $"annealing {_before.Count} atoms of {_input.StructurePath} at {_plan.Temperature} K for {steps} steps, {Duration(steps)}{(resumed > 0 ? FormattableString.Invariant($", going on at step {resumed}") : "")}"));
        var progress = session.Progress();
        bool ended;
        using (session.Telemetry.StartPiece("trajectory", _folder))
        {
            ended = _trajectory.RunTo(steps, StateFile, CheckpointEvery, step => progress.Show(step, steps, step - resumed, "steps"), stop);
        }

        progress.End();
        if (!_trajectory.IsFinite)
        {
            throw new ArithmeticException(FormattableString.Invariant(
                $"the energy was not finite at step {_trajectory.Step}; a smaller time step may help"));
        }

        if (ended)
        {
            _trajectory.Save(StateFile);
        }

        ThermoTable.Write(At("thermo.csv"), _trajectory.Points);
        return ended;
    }

    /// <summary>The trajectory; one that an earlier version began with other rows of the table goes on with those.</summary>
    private TrajectorySettings Settings()
    {
        TrajectorySettings? earlier = _plan.WithUsualRows?.For(_before, _input.Tables.Sha256, Numerics);
        return earlier is not null && TrajectoryFile.IsOf(StateFile, earlier.Identity) ? earlier : _plan.For(_before, _input.Tables.Sha256, Numerics);
    }

    private void Resume(Trajectory trajectory)
    {
        try
        {
            trajectory.ResumeFrom(StateFile);
        }
        catch (InputException other) when (_plan is { CellFollowsEnsemble: true, Cell: not null })
        {
            throw new InputException(
                other.Problem, other.File, expected: $"{other.Expected} (--cell fixed goes on with what an earlier version began without --cell)", inner: other);
        }
    }

    private string Duration(long steps)
    {
        double time = steps * _plan.Dynamics.TimeStep;
        string rounded = Math.Abs(time - _plan.Time) > 1e-6 * time ? FormattableString.Invariant($" ({_plan.Time} ps rounded up to whole hundreds of steps)") : "";
        return FormattableString.Invariant($"{time:G6} ps{rounded}");
    }

    private bool Settle(CancellationToken stop)
    {
        AtomicStructure after = _trajectory!.Structure.Clone();
        if (!Relax(after, stop))
        {
            return false;
        }

        _after = after;
        Write("after", after);
        return true;
    }

    private bool Label(LabelSettings? settings, Session session, CancellationToken stop)
    {
        if (settings is null)
        {
            return true;
        }

        LabelRun[] runs = [.. new[] { ("before", _before), ("after", _after!) }.Select(glass => new LabelRun(
            new LabelInputs
            {
                Name = glass.Item1,
                Structure = glass.Item2,
                ForceField = () => _backend.CreateSerial(_input.Tables),
                Mechanics = _backend.CreateMechanics(_input.Tables),
                PotentialSha256 = _input.Tables.Sha256,
                Numerics = Numerics,
            },
            settings,
            _folder))];
        foreach (LabelRun run in runs)
        {
            if (run.State() == LabelState.Different)
            {
                throw new InputException(
                    "there are labels of this name from other inputs or settings", file: run.LabelPath, expected: "--out with another folder");
            }
        }

        _labels = AnnealLabels.Compute(runs, _backend.Threads, session, stop);
        return _labels is not null;
    }

    private void Compare(Report report)
    {
        var before = Relaxed.Of(_before, _relaxing.Field, _input.Tables);
        var after = Relaxed.Of(_after!, _relaxing.Field, _input.Tables);
        int atoms = _before.Count;
        ThermoPoint[] late = [.. _trajectory!.Points.Skip(_trajectory.Points.Count / 2)];
        bool measured = late.Length > 0;
        report
            .Number("mean_temperature_K", measured ? "mean temperature, second half" : null, measured ? late.Average(p => p.Temperature) : null, "K", "F1")
            .Number("mean_pressure_bar", measured ? "mean pressure, second half" : null, measured ? late.Average(p => p.Pressure) : null, "bar", "F0")
            .Number("energy_before_eV", "energy at rest before", before.Energy, "eV", "F6")
            .Number("energy_after_eV", "energy at rest after", after.Energy, "eV", "F6")
            .Number("energy_change_eV_per_atom", "its change", (after.Energy - before.Energy) / atoms, "eV an atom", "F6")
            .Number("density_before_g_per_cm3", "density before", before.Density, "g/cm³", "F5")
            .Number("density_after_g_per_cm3", "density after", after.Density, "g/cm³", "F5")
            .Number("rest_pressure_before_bar", "pressure at rest before", before.Stress[..3].Average(), "bar", "F1")
            .Number("rest_pressure_after_bar", "pressure at rest after", after.Stress[..3].Average(), "bar", "F1")
            .Numbers("pressure_before_bar", null, before.Stress, [])
            .Numbers("pressure_after_bar", null, after.Stress, [])
            .Number("rms_displacement_A", "rms displacement between both", Displacements.RootMeanSquare(_before, _after!, nearest: true), "Å", "F4")
            .Whole("swaps_tried", null, _trajectory.SwapsTried)
            .Whole("swaps_accepted", null, _trajectory.SwapsAccepted);
    }

    private void Write(string name, AtomicStructure structure)
    {
        // A cell that moved may hold atoms that stand outside; files hold them inside.
        AtomicStructure wrapped = structure.Clone();
        wrapped.Wrap();
        StructureFile.Write(At(name + ".data"), new StructureFrame(wrapped));
        StructureFile.Write(At(name + ".extxyz"), new StructureFrame(wrapped));
    }
}
