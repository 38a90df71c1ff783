namespace Glasswright.Kernels.Minimization;

/// <summary>How a minimization ended.</summary>
internal enum MinimizationOutcome
{
    /// <summary>The force tolerance was met.</summary>
    Converged,

    /// <summary>The allowed number of force evaluations was used up.</summary>
    EvaluationLimit,

    /// <summary>No step along the steepest descent lowers the energy, though the forces are above the tolerance.</summary>
    NoDescent,

    /// <summary>Energy or forces became infinite or NaN.</summary>
    NonFiniteEnergy,

    /// <summary>The caller canceled it.</summary>
    Canceled,

    /// <summary>At a <see cref="MinimizationPause"/> the caller had seen enough.</summary>
    Dismissed,
}
