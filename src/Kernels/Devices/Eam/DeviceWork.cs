using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Devices.Eam;

/// <summary>What one thread wants of a <see cref="DeviceService"/>: one relaxation or one evaluation at a time.</summary>
internal sealed class DeviceWork : DeviceQuestion
{
    /// <summary>The structure; the device's thread writes its positions before it answers.</summary>
    public AtomicStructure? Structure { get; set; }

    /// <summary>How to relax; null to evaluate as it stands.</summary>
    public MinimizerSettings? Settings { get; set; }

    /// <summary>‖F‖₂ at which the relaxation pauses for the thread's judgment, eV/Å; null for never.</summary>
    public double? PauseAt { get; set; }

    /// <summary>Where energy, virial and, of an evaluation, energies of atoms are wanted.</summary>
    public ForceResult? Result { get; set; }

    /// <summary>Gives up between rounds.</summary>
    public CancellationToken Cancel { get; set; }

    /// <summary>What the relaxation has done.</summary>
    public MinimizationResult Outcome { get; set; }

    /// <summary>The place that it has on the device; -1 while it has none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Whether it waits for the thread's judgment at a pause.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Energy and evaluations at the pause.</summary>
    public (double Energy, int Evaluations) AtPause { get; set; }

    /// <summary>What the thread says of it: true to go on.</summary>
    public bool GoesOn { get; set; }
}
