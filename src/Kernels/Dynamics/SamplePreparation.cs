using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// One glass from the melt: a start at random, molecular dynamics down the temperature program at a pressure, the inherent structure at the cell reached,
/// then positions and cell relaxed. A function of settings, seed and potential; a file lets it go on after a stop.
/// </summary>
internal sealed class SamplePreparation
{
    /// <summary>Length of a glass's cell as a share of the start's, at least.</summary>
    private const double Denser = 0.95;

    private readonly EamTables _tables;
    private readonly PreparationSettings _settings;
    private readonly ulong _seed;
    private readonly ComputeDevice? _device;

    /// <summary>Describes the work.</summary>
    /// <param name="tables">The potential.</param>
    /// <param name="settings">The way down.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="numerics">The arithmetic, which is part of the identity.</param>
    /// <param name="device">The device that computes forces; null for the processor.</param>
    /// <exception cref="InputException">The potential lacks an element, or there are too few atoms.</exception>
    public SamplePreparation(EamTables tables, PreparationSettings settings, ulong seed, string numerics, ComputeDevice? device = null)
    {
        _tables = tables;
        _settings = settings;
        _seed = seed;
        _device = device;
        Program = settings.Program();
        Identity = string.Join('\n', "preparation 1", settings.Describe(), FormattableString.Invariant($"seed = {seed}"), tables.Sha256, numerics);
        AtomicStructure start = MeltStart.Scatter(settings.Composition, settings.Atoms, seed);
        SpeciesMap.Resolve(start, tables, new int[start.Count]);
        CutoffCheck.Require(start.Cell, tables.Cutoff);
        if (settings.SwapEvery > 0)
        {
            RequireRoomForExchanges(settings, tables);
        }
    }

    /// <summary>All that the answer depends on, in one text.</summary>
    public string Identity { get; }

    /// <summary>The temperatures.</summary>
    public TemperatureProgram Program { get; }

    /// <summary>Requires a cell in which exchanges of atoms can be tried. Glasses are denser than the start: better told now than at the end of a cooling.</summary>
    /// <exception cref="InputException">There are too few atoms.</exception>
    public static void RequireRoomForExchanges(PreparationSettings settings, EamTables tables)
    {
        Matrix3 start = MeltStart.Scatter(settings.Composition, settings.Atoms, seed: 0).Cell.Vectors;
        LocalEnergy.RequireRoom(Cell.Orthorhombic(Denser * start.XX, Denser * start.YY, Denser * start.ZZ), tables.Cutoff);
    }

    /// <summary>Makes the glass.</summary>
    /// <param name="runner">Who runs the blocks of forces; null for the calling thread.</param>
    /// <param name="file">Where it can be gone on from.</param>
    /// <param name="every">The longest time between two writes of it.</param>
    /// <param name="progress">Told the steps done, now and then.</param>
    /// <param name="stop">Ends it with the file written.</param>
    /// <returns>The glass; null if it was stopped.</returns>
    public PreparedSample? Run(IBlockRunner? runner, string file, TimeSpan every, Action<long>? progress, CancellationToken stop)
    {
        IForceField field = _device is null ? Trajectory.CreateField(_tables, runner) : new OpenClEam(_device, _tables);
        using var owned = (IDisposable)field;
        AtomicStructure start = MeltStart.Make(_settings.Composition, _settings.Atoms, _seed, field, _settings.Dynamics.Pressure);
        using var trajectory = new Trajectory(field, _tables, start, new TrajectorySettings
        {
            Dynamics = _settings.Dynamics,
            Program = Program,
            Seed = _seed,
            ThermoEvery = _settings.ThermoEvery,
            SwapEvery = _settings.SwapEvery,
            SwapsPerSweep = _settings.SwapsPerSweep,
            Identity = Identity,
        });
        trajectory.ResumeFrom(file);
        progress?.Invoke(trajectory.Step);
        if (!trajectory.RunTo(Program.Steps, file, every, progress, stop))
        {
            return trajectory.IsFinite ? null : throw new ArithmeticException(FormattableString.Invariant(
                $"the energy was not finite at step {trajectory.Step} of seed {_seed}; a smaller time step may help"));
        }

        // A stop from here on loses the relaxation alone.
        trajectory.Save(file);
        double displacement = trajectory.Displacement();
        return Relax(trajectory, displacement, stop);
    }

    private PreparedSample? Relax(Trajectory trajectory, double displacement, CancellationToken stop)
    {
        var settings = new MinimizerSettings { ForceTolerance = _settings.ForceTolerance, MaxEvaluations = _settings.MaxEvaluations };
        AtomicStructure structure = trajectory.Structure;

        // A field of its own, made for relaxations.
        IForceField field = _device is null ? new VectorEam(_tables) : new OpenClEam(_device, _tables);
        using var owned = (IDisposable)field;
        Relaxed.Relax(structure, field, null, 0, 0, settings, stop);
        double fixedCell = Relaxed.Of(structure, field, _tables).Energy;
        MinimizationOutcome outcome = Relaxed.Relax(
            structure, field, CellFreedom.Full, _settings.Dynamics.Pressure, _settings.StressTolerance, settings, stop);
        if (outcome == MinimizationOutcome.Canceled)
        {
            return null;
        }

        var end = Relaxed.Of(structure, field, _tables);
        return new PreparedSample
        {
            Structure = structure,
            Energy = end.Energy,
            EnergyAtFixedCell = fixedCell,
            Density = end.Density,
            Stress = end.Stress,
            ForceNorm = end.ForceNorm,
            Outcome = outcome,
            Displacement = displacement,
            Points = trajectory.Points,
            Steps = trajectory.Step,
            SwapsTried = trajectory.SwapsTried,
            SwapsAccepted = trajectory.SwapsAccepted,
        };
    }
}
