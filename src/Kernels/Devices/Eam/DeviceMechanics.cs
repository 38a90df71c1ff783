using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>
/// Energies and relaxations by conjugate gradient on a device that several threads share through one <see cref="DeviceService"/>; each has an
/// instance of its own.
/// </summary>
internal sealed class DeviceMechanics : IMechanics
{
    private readonly DeviceService _service;
    private readonly DeviceWork _work = new();
    private readonly ForceResult _relaxed;

    /// <summary>One thread's share of a service that it has joined.</summary>
    public DeviceMechanics(DeviceService service, int atoms)
    {
        _service = service;
        _relaxed = new ForceResult(atoms);
    }

    /// <inheritdoc/>
    public MinimizationResult Minimize(
        AtomicStructure structure, MinimizerSettings settings, CancellationToken cancel, MinimizationPause? pause = null)
    {
        (_work.Structure, _work.Settings, _work.Result, _work.Cancel) = (structure, settings, _relaxed, cancel);

        // A tolerance of the largest force holds at the pause too, where it has not been met.
        _work.PauseAt = settings.MaxForceTolerance is null ? pause?.At.ForceTolerance : null;
        _service.Do(_work);
        while (_work.IsPaused)
        {
            (double energy, int evaluations) = _work.AtPause;
            _work.GoesOn = pause!.GoOn(energy, evaluations);
            _service.Do(_work);
        }

        return _work.Outcome;
    }

    /// <inheritdoc/>
    public double EvaluateRelaxed(AtomicStructure structure, ForceResult result)
    {
        _relaxed.Virial.CopyTo(result.Virial, 0);
        return result.Energy = _relaxed.Energy;
    }

    /// <inheritdoc/>
    public double Evaluate(AtomicStructure structure, ForceResult result, CancellationToken cancel)
    {
        (_work.Structure, _work.Settings, _work.Result, _work.Cancel) = (structure, null, result, cancel);
        _service.Do(_work);
        return result.Energy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _service.Leave();
        _work.Dispose();
    }
}
