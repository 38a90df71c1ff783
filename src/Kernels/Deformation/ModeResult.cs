namespace Glasswright.Kernels.Deformation;

/// <summary>What one mode of one structure gave.</summary>
internal sealed record ModeResult
{
    /// <summary>The mode.</summary>
    public required LoadingMode Mode { get; init; }

    /// <summary>How the run ended.</summary>
    public required QuasistaticOutcome Outcome { get; init; }

    /// <summary>Steps completed.</summary>
    public required int Steps { get; init; }

    /// <summary>Force evaluations spent.</summary>
    public required long Evaluations { get; init; }

    /// <summary>Energy of the reference, eV.</summary>
    public required double ReferenceEnergy { get; init; }

    /// <summary>Pressure of the reference, bar, xx yy zz xy xz yz.</summary>
    public required double[] ReferencePressure { get; init; }

    /// <summary>ln(D²min/Å²), <c>[strain][atom]</c>; NaN where invalid or not reached.</summary>
    public required double[][] LnD2Min { get; init; }
}
