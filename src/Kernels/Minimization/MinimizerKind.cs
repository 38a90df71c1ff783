namespace Glasswright.Kernels.Minimization;

/// <summary>The methods of minimization.</summary>
internal enum MinimizerKind
{
    /// <summary><see cref="ConjugateGradientSearch"/>, <c>cg</c>.</summary>
    ConjugateGradient,

    /// <summary><see cref="LimitedMemorySearch"/>, <c>lbfgs</c>.</summary>
    LimitedMemory,

    /// <summary><see cref="LimitedMemorySearch"/> with a <see cref="SpringPreconditioner"/>, <c>plbfgs</c>.</summary>
    PreconditionedLimitedMemory,
}
