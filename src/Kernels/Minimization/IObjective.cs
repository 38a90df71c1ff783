namespace Glasswright.Kernels.Minimization;

/// <summary>
/// A function of many coordinates with its downhill gradient. Coordinates and forces are buffers that belong to the objective:
/// the minimizer writes the former, calls <see cref="Evaluate"/> and reads the latter.
/// </summary>
internal interface IObjective
{
    /// <summary>x, <c>[n]</c>.</summary>
    double[] Coordinates { get; }

    /// <summary>-∂f/∂x at the last evaluation, <c>[n]</c>; padding zero.</summary>
    double[] Forces { get; }

    /// <summary>f at the present coordinates, eV.</summary>
    double Evaluate();

    /// <summary>Whether the point of the last evaluation is minimum enough.</summary>
    bool Converged(MinimizerSettings settings);
}
