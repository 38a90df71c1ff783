namespace Glasswright.Kernels.Minimization;

/// <summary>An approximate inverse of the stiffness of an objective, which turns a force into a good step.</summary>
internal interface IPreconditioner
{
    /// <summary>Takes the point that the objective was last evaluated at as the base of the stiffness.</summary>
    void Refresh();

    /// <summary>direction ≈ H⁻¹ force, <c>[n]</c> both, with the stiffness H of the base; force·direction is positive unless the force is zero.</summary>
    void Apply(ReadOnlySpan<double> force, Span<double> direction);
}
