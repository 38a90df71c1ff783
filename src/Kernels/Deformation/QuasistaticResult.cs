using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>How a quasistatic run ended. All but <see cref="Completed"/> make what depends on it invalid.</summary>
internal enum QuasistaticOutcome
{
    /// <summary>Every step's minimization converged.</summary>
    Completed,

    /// <summary>A minimization spent its evaluations.</summary>
    EvaluationLimit,

    /// <summary>A minimization found no way down before the forces were small enough.</summary>
    NoDescent,

    /// <summary>An energy or a force was not finite.</summary>
    NonFiniteEnergy,

    /// <summary>The lateral stress did not come within its tolerance.</summary>
    LateralStressUnbalanced,

    /// <summary>The run was told to stop.</summary>
    Canceled,
}

/// <summary>A point of the stress-strain curve.</summary>
/// <param name="Strain">ε ≥ 0.</param>
/// <param name="Energy">Energy of the inherent structure, eV.</param>
/// <param name="Stress">Stress along the mode, bar, positive when the glass resists; NaN when it was not asked for.</param>
internal readonly record struct CurvePoint(double Strain, double Energy, double Stress);

/// <summary>An inherent structure on the way, its positions not wrapped since the reference.</summary>
internal sealed record LoadedStructure(double Strain, AtomicStructure Structure);

/// <summary>What a quasistatic run found.</summary>
internal sealed record QuasistaticResult
{
    /// <summary>How it ended.</summary>
    public required QuasistaticOutcome Outcome { get; init; }

    /// <summary>Steps that were completed.</summary>
    public required int Steps { get; init; }

    /// <summary>The inherent structure at zero strain, against which D²min is measured.</summary>
    public required AtomicStructure Reference { get; init; }

    /// <summary>Energy of the reference, eV.</summary>
    public required double ReferenceEnergy { get; init; }

    /// <summary>Pressure of the reference, bar, xx yy zz xy xz yz, LAMMPS' sign; NaN when its minimization did not converge.</summary>
    public required double[] ReferencePressure { get; init; }

    /// <summary>The point at zero strain and one point a completed step.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>The structures asked for, as far as the run came, in ascending strain.</summary>
    public required IReadOnlyList<LoadedStructure> Snapshots { get; init; }

    /// <summary>Force evaluations spent.</summary>
    public required long Evaluations { get; init; }
}
