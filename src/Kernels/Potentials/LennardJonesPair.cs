namespace Glasswright.Kernels.Potentials;

/// <summary>
/// A Lennard-Jones pair potential that ends smoothly: φ(r) = V(r) - V(r_c) with V(r) = 4ε[(σ/r)¹² - (σ/r)⁶] up to r_s, from there
/// the polynomial of fifth degree that takes over value, slope and curvature at r_s and brings all three to zero at r_c, and zero beyond.
/// </summary>
/// <remarks>
/// <para>Truncated and shifted alone, the force jumps at r_c by 0.039 ε/σ (at r_c = 2.5 σ). A minimization to ‖F‖₂ ≤ 1e-5 eV/Å then ends
/// wherever a pair stands at r_c, between two forces that no displacement reconciles; and the cubic splines that every program reads tables with
/// would smear the jump over a grid spacing of their own. So the last stretch is bent here, on purpose and by a stated formula. With
/// r_s = r_c nothing is bent.</para>
/// <para>Below <see cref="InnerRadius"/>·σ, where no structure has a pair, φ goes on along its tangent, so that a table that begins at r = 0
/// holds finite numbers.</para>
/// </remarks>
internal sealed class LennardJonesPair
{
    /// <summary>Where the tangent takes over, in σ.</summary>
    public const double InnerRadius = 0.5;

    private readonly double _shift;
    private readonly double _value;
    private readonly double _slope;
    private readonly double _curvature;

    /// <summary>A pair of two species.</summary>
    /// <param name="epsilon">ε, eV.</param>
    /// <param name="sigma">σ, Å.</param>
    /// <param name="cutoff">r_c, Å.</param>
    /// <param name="smoothing">r_c - r_s, Å: the width of the stretch that is bent.</param>
    public LennardJonesPair(double epsilon, double sigma, double cutoff, double smoothing)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(cutoff, sigma);
        ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(smoothing, cutoff - sigma);
        Epsilon = epsilon;
        Sigma = sigma;
        Cutoff = cutoff;
        Smoothing = smoothing;
        _shift = Plain(cutoff).Value;
        (_value, _slope, _curvature) = Plain(SmoothFrom);
        _value -= _shift;
    }

    /// <summary>ε, eV.</summary>
    public double Epsilon { get; }

    /// <summary>σ, Å.</summary>
    public double Sigma { get; }

    /// <summary>r_c, Å.</summary>
    public double Cutoff { get; }

    /// <summary>r_c - r_s, Å.</summary>
    public double Smoothing { get; }

    /// <summary>r_s, Å: up to here φ is the truncated and shifted potential.</summary>
    public double SmoothFrom => Cutoff - Smoothing;

    /// <summary>φ(r), eV.</summary>
    public double Energy(double r)
    {
        if (r >= Cutoff)
        {
            return 0;
        }

        double inner = InnerRadius * Sigma;
        if (r < inner)
        {
            (double value, double slope, _) = Plain(inner);
            return value - _shift + (slope * (r - inner));
        }

        return r <= SmoothFrom ? Plain(r).Value - _shift : Bent(r);
    }

    // Quintic Hermite interpolation from (value, slope, curvature) at t = 0 to (0, 0, 0) at t = 1.
    private double Bent(double r)
    {
        double t = (r - SmoothFrom) / Smoothing, t2 = t * t, t3 = t2 * t;
        double ofValue = 1 + (t3 * (-10 + (t * (15 - (6 * t)))));
        double ofSlope = t + (t3 * (-6 + (t * (8 - (3 * t)))));
        double ofCurvature = 0.5 * t2 * (1 + (t * (-3 + (t * (3 - t)))));
        return (_value * ofValue) + (_slope * Smoothing * ofSlope) + (_curvature * Smoothing * Smoothing * ofCurvature);
    }

    /// <summary>V, V' and V'' of the potential without an end.</summary>
    private (double Value, double Slope, double Curvature) Plain(double r)
    {
        double x = Sigma / r, x2 = x * x, sig6 = x2 * x2 * x2, sig12 = sig6 * sig6;
        return (
            4 * Epsilon * (sig12 - sig6),
            -24 * Epsilon * ((2 * sig12) - sig6) / r,
            24 * Epsilon * ((26 * sig12) - (7 * sig6)) / (r * r));
    }
}
