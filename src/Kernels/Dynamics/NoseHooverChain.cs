using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// A chain of three Nosé-Hoover thermostats on L degrees of freedom with kinetic energy K: η̇₁' = (2K - L kT)/Q₁ - η̇₁ η̇₂,
/// η̇_k' = (Q_{k-1} η̇²_{k-1} - kT)/Q_k - η̇_k η̇_{k+1}, v' = -η̇₁ v with Q₁ = w kT τ² and Q_k = kT τ². What is coupled to it visits the
/// canonical distribution, and ½ΣQ η̇² + L kT η₁ + kT Σ_{k>1} η_k joins the conserved quantity.
/// </summary>
/// <remarks>
/// Source: Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635 (1992), doi:10.1063/1.463940; the factorization is that of Martyna, Tuckerman,
/// Tobias, Klein, Mol. Phys. 87, 1117 (1996), doi:10.1080/00268979600100761, one time step without inner ones (docs/design/dynamics.md).
/// η is without unit, η̇ in 1/ps, energies in eV. kT and τ may change from call to call: then masses change and the conserved quantity does.
/// </remarks>
/// <param name="weight">w: N_f for atoms, so that the period is τ whatever their number.</param>
internal sealed class NoseHooverChain(double weight)
{
    /// <summary>Number of thermostats.</summary>
    public const int Length = 3;

    private readonly double[] _position = new double[Length];

    // One more, always zero: nothing thermostats the last.
    private readonly double[] _rate = new double[Length + 1];

    /// <summary>η, <c>[3]</c>.</summary>
    public Span<double> Positions => _position;

    /// <summary>η̇, 1/ps, <c>[3]</c>.</summary>
    public Span<double> Rates => _rate.AsSpan(0, Length);

    /// <summary>Carries the chain over a time and tells the factor that it puts on the velocities coupled to it.</summary>
    /// <param name="time">ps.</param>
    /// <param name="twiceKinetic">2K before, eV; the caller multiplies it by the factor's square.</param>
    /// <param name="degrees">L.</param>
    /// <param name="thermal">kT, eV.</param>
    /// <param name="period">τ, ps.</param>
    public double Advance(double time, double twiceKinetic, double degrees, double thermal, double period)
    {
        double half = 0.5 * time, quarter = 0.25 * time;
        double link = thermal * period * period, first = weight * link;
        for (int k = Length - 1; k >= 0; k--)
        {
            double force = k == 0
                ? (twiceKinetic - (degrees * thermal)) / first
                : Force(k, first, link, thermal);
            Push(k, force, half, Elementary.Exp(-quarter * _rate[k + 1]));
        }

        double factor = Elementary.Exp(-time * _rate[0]);
        for (int k = 0; k < Length; k++)
        {
            _position[k] += time * _rate[k];
        }

        Push(0, ((twiceKinetic * factor * factor) - (degrees * thermal)) / first, half, Elementary.Exp(-quarter * _rate[1]));
        for (int k = 1; k < Length; k++)
        {
            // Order matters: the force on a link is that of the link before it as it is now.
            Push(k, Force(k, first, link, thermal), half, Elementary.Exp(-quarter * _rate[k + 1]));
        }

        return factor;
    }

    /// <summary>What the chain adds to the conserved quantity, eV.</summary>
    public double Energy(double degrees, double thermal, double period)
    {
        double link = thermal * period * period;
        double energy = (degrees * thermal * _position[0]) + (0.5 * weight * link * _rate[0] * _rate[0]);
        for (int k = 1; k < Length; k++)
        {
            energy += (thermal * _position[k]) + (0.5 * link * _rate[k] * _rate[k]);
        }

        return energy;
    }

    private double Force(int k, double first, double link, double thermal) =>
        (((k == 1 ? first : link) * _rate[k - 1] * _rate[k - 1]) - thermal) / link;

    private void Push(int k, double force, double time, double damping) =>
        _rate[k] = ((_rate[k] * damping) + (force * time)) * damping;
}
