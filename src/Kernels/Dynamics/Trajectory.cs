using System.Diagnostics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// Molecular dynamics along a temperature program, with exchanges of atoms if wanted: what it measured, and a file to go on from. The clock decides when
/// that file is written, and nothing else: a trajectory that was stopped, or killed, ends in the same bits as one that was not.
/// </summary>
internal sealed class Trajectory : IDisposable
{
    private readonly TrajectorySettings _settings;
    private readonly MolecularDynamics _run;
    private readonly SwapMoves? _swaps;
    private readonly List<ThermoPoint> _points = [];

    /// <summary>A trajectory at its start: velocities of the program's first temperature.</summary>
    /// <param name="field">Forces; made for <see cref="MolecularDynamics"/>, owned by the caller.</param>
    /// <param name="tables">The potential.</param>
    /// <param name="start">Atoms, moved in place; positions not wrapped while it runs.</param>
    /// <param name="settings">Program, integrator, exchanges.</param>
    public Trajectory(IForceField field, EamTables tables, AtomicStructure start, TrajectorySettings settings)
    {
        _settings = settings;
        var motion = new AtomMotion(start, tables);
        MaxwellBoltzmann.Draw(motion, settings.Program.At(0), settings.Seed);
        _run = new MolecularDynamics(field, motion, settings.Dynamics);
        _swaps = settings.SwapEvery > 0 ? new SwapMoves(tables, settings.Seed, settings.SwapsPerSweep) : null;
        Origin = start.Clone();
    }

    /// <summary>Atoms and cell now.</summary>
    public AtomicStructure Structure => _run.Motion.Structure;

    /// <summary>Atoms and cell at step 0.</summary>
    public AtomicStructure Origin { get; private set; }

    /// <summary>Steps done.</summary>
    public long Step => _run.Step;

    /// <summary>What was measured, in the order of steps.</summary>
    public IReadOnlyList<ThermoPoint> Points => _points;

    /// <summary>Exchanges of different species tried.</summary>
    public long SwapsTried => _swaps?.Tried ?? 0;

    /// <summary>Exchanges made.</summary>
    public long SwapsAccepted => _swaps?.Accepted ?? 0;

    /// <summary>Whether the last energy was a finite number.</summary>
    public bool IsFinite => double.IsFinite(_run.Potential);

    /// <summary>Field of forces with lists that suit moving atoms.</summary>
    public static VectorEam CreateField(EamTables tables, Threading.IBlockRunner? runner = null) =>
        new(tables, runner, MolecularDynamics.InnerSkin, MolecularDynamics.Skin);

    /// <summary>Goes on from a file if there is one.</summary>
    /// <exception cref="InputException">The file is damaged, or of other settings or inputs.</exception>
    public void ResumeFrom(string file)
    {
        if (TrajectoryFile.Read(file, _settings.Identity) is not { } saved)
        {
            return;
        }

        _run.Restore(saved.State);
        Origin = saved.Origin;
        _points.Clear();
        _points.AddRange(saved.Points);
        if (_swaps is not null)
        {
            (_swaps.Tried, _swaps.Accepted) = (saved.SwapsTried, saved.SwapsAccepted);
        }
    }

    /// <summary>Runs to a step of the program, or until told to stop.</summary>
    /// <param name="end">A multiple of <see cref="MolecularDynamics.RebaseEvery"/>.</param>
    /// <param name="file">Where it can be gone on from; null for nowhere.</param>
    /// <param name="every">The longest time between two writes of it.</param>
    /// <param name="progress">Told the steps done, now and then.</param>
    /// <param name="stop">Ends it at the next state that can be gone on from.</param>
    /// <returns>Whether it reached the step.</returns>
    public bool RunTo(long end, string? file, TimeSpan every, Action<long>? progress, CancellationToken stop)
    {
        long written = Stopwatch.GetTimestamp();
        while (Step < end)
        {
            long step = Step + 1;
            double target = _settings.Program.At(step);
            bool told = step % _settings.ThermoEvery == 0;
            _run.Advance(target);
            if (_swaps is not null && step % _settings.SwapEvery == 0 && _swaps.Sweep(_run.Motion, target, step))
            {
                _run.Rebase();
            }

            if (told)
            {
                _points.Add(_run.Measure(target));
            }

            if (step % MolecularDynamics.RebaseEvery != 0)
            {
                continue;
            }

            progress?.Invoke(step);
            if (!IsFinite)
            {
                return false;
            }

            bool stopping = stop.IsCancellationRequested && step < end;
            if (file is not null && (stopping || Stopwatch.GetElapsedTime(written) >= every))
            {
                Save(file);
                written = Stopwatch.GetTimestamp();
            }

            if (stopping)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Root mean square displacement since step 0 but for what the cell did and the drift of the mean, Å.</summary>
    public double Displacement() => Displacements.RootMeanSquare(Origin, Structure);

    /// <inheritdoc/>
    public void Dispose() => _swaps?.Dispose();

    /// <summary>Writes what it can be gone on from.</summary>
    public void Save(string file) => TrajectoryFile.Write(
        file, _settings.Identity, new SavedTrajectory(DynamicsState.Of(_run), Origin, [.. _points], SwapsTried, SwapsAccepted));
}
