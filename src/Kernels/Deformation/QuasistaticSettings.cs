using Glasswright.Kernels.Minimization;

namespace Glasswright.Kernels.Deformation;

/// <summary>How one mode of one structure is loaded.</summary>
internal sealed record QuasistaticSettings
{
    /// <summary>‖F‖₂ at which minimizations end where nothing is said, eV/Å.</summary>
    public const double UsualForceTolerance = 1e-5;

    /// <summary>The mode.</summary>
    public required LoadingMode Mode { get; init; }

    /// <summary>What the lateral lengths do.</summary>
    public LateralCondition Lateral { get; init; } = LateralCondition.Isochoric;

    /// <summary>Strain of one step.</summary>
    public double Step { get; init; } = 1e-4;

    /// <summary>Where the run ends, a multiple of <see cref="Step"/>.</summary>
    public required double Strain { get; init; }

    /// <summary>Strains at which structures are kept, multiples of <see cref="Step"/> up to <see cref="Strain"/>.</summary>
    public IReadOnlyList<double> Snapshots { get; init; } = [];

    /// <summary>
    /// Whether a run that ends early leaves the structure of its last completed step as one more snapshot. Off: the caller has no
    /// use for it.
    /// </summary>
    public bool KeepLast { get; init; }

    /// <summary>How the energy is minimized after a step.</summary>
    public MinimizerKind Minimizer { get; init; } = MinimizerKind.PreconditionedLimitedMemory;

    /// <summary>A minimization has converged when ‖F‖₂ over all 3N components is at most this, eV/Å.</summary>
    public double ForceTolerance { get; init; } = UsualForceTolerance;

    /// <summary>The most force evaluations of one minimization.</summary>
    public int MaxEvaluations { get; init; } = 50_000;

    /// <summary>
    /// Whether a minimization starts from the affine positions plus the nonaffine displacement of the step before,
    /// which saves about two thirds of the evaluations. Off: from the affine positions alone.
    /// </summary>
    public bool ExtrapolateStarts { get; init; } = true;

    /// <summary>Whether the stress of every step is evaluated (one evaluation more a step).</summary>
    public bool RecordStress { get; init; } = true;

    /// <summary>With <see cref="LateralCondition.Stress"/>: the largest lateral normal stress left at a step, bar.</summary>
    public double LateralTolerance { get; init; } = 10;
}
