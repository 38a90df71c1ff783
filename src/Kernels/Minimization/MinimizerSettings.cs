namespace Glasswright.Kernels.Minimization;

/// <summary>When a minimization stops and how far it may step.</summary>
internal sealed record MinimizerSettings
{
    /// <summary>The method.</summary>
    public MinimizerKind Kind { get; init; } = MinimizerKind.PreconditionedLimitedMemory;

    /// <summary>Converged when ‖F‖₂ over all 3N components is at most this, eV/Å.</summary>
    public double ForceTolerance { get; init; } = 1e-4;

    /// <summary>
    /// If set, converged when no force component exceeds this, eV/Å, whatever ‖F‖₂ is: a tolerance that does not tighten with the
    /// number of atoms.
    /// </summary>
    public double? MaxForceTolerance { get; init; }

    /// <summary>Force evaluations at most.</summary>
    public int MaxEvaluations { get; init; } = 5000;

    /// <summary>Length of the first trial step in units of the force, Å²/eV: an inverse stiffness of the glass.</summary>
    public double InitialStep { get; init; } = 0.04;

    /// <summary>The farthest any coordinate may move in one step, Å.</summary>
    public double MaxMove { get; init; } = 0.1;
}
