using Glasswright.Kernels.Formats;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Structure factors of Faber and Ziman (Philos. Mag. 11, 153 (1965), doi:10.1080/14786436508211931) from pair distribution functions:
/// <code>
/// S_ab(q) = 1 + 4πρ ∫₀ᴿ r² (g_ab(r) - 1) sin(qr)/(qr) · sin(πr/R)/(πr/R) dr
/// </code>
/// The last factor (E. Lorch, J. Phys. C 2, 229 (1969), doi:10.1088/0022-3719/2/2/305) takes the ripples of the cut at R for peaks that are about 5.5/R
/// wider. Below q ≈ 2π/R nothing is told.
/// </summary>
internal static class StructureFactor
{
    /// <summary>Share of the mean of the absolute lengths below which their mean counts as zero.</summary>
    private const double Cancellation = 1e-2;

    /// <summary>S_ab at one q, 1/Å; the bins are added from the inside out.</summary>
    /// <param name="g">g_ab by bin.</param>
    /// <param name="step">Width of a bin, Å.</param>
    /// <param name="density">ρ, Å⁻³.</param>
    /// <param name="q">Å⁻¹, positive.</param>
    /// <param name="window">Whether to damp the cut; for tests off.</param>
    public static double Compute(ReadOnlySpan<double> g, double step, double density, double q, bool window = true)
    {
        double range = g.Length * step, sum = 0;
        for (int k = 0; k < g.Length; k++)
        {
            double r = (k + 0.5) * step;
            double damping = window ? Sinc(Math.PI * r / range) : 1;
            sum += r * r * (g[k] - 1) * Sinc(q * r) * damping;
        }

        return 1 + (4 * Math.PI * density * step * sum);
    }

    /// <summary>
    /// Weights of the partials in what X-rays see, if form factors go as atomic numbers: w_ab = c_a c_b Z_a Z_b/(Σ c Z)². Row by row; null where
    /// a species is no element.
    /// </summary>
    public static double[]? XRayWeights(IReadOnlyList<string> species, ReadOnlySpan<int> atoms) =>
        Weights(species, atoms, name => Elements.AtomicNumber(name) is > 0 and int number ? number : null);

    /// <summary>
    /// Weights of the partials in what neutrons see: w_ab = c_a c_b b_a b_b/(Σ c b)² with bound coherent scattering lengths b. They add up to one, and some are
    /// negative where lengths have both signs. Row by row; null where a length is not known, or where the lengths cancel in the mean.
    /// </summary>
    public static double[]? NeutronWeights(IReadOnlyList<string> species, ReadOnlySpan<int> atoms) => Weights(species, atoms, ScatteringLengths.Find);

    private static double[]? Weights(IReadOnlyList<string> species, ReadOnlySpan<int> atoms, Func<string, double?> powerOf)
    {
        ArgumentNullException.ThrowIfNull(species);
        var scattering = new double[species.Count];
        double sum = 0, absolute = 0;
        for (int a = 0; a < scattering.Length; a++)
        {
            if (atoms[a] == 0)
            {
                continue;
            }

            if (powerOf(species[a]) is not { } power)
            {
                return null;
            }

            scattering[a] = power * atoms[a];
            sum += scattering[a];
            absolute += Math.Abs(scattering[a]);
        }

        // An alloy that was made so that neutrons see no mean of it has no structure factor of this kind.
        if (Math.Abs(sum) <= Cancellation * absolute)
        {
            return null;
        }

        var weights = new double[scattering.Length * scattering.Length];
        for (int p = 0; p < weights.Length; p++)
        {
            weights[p] = scattering[p / scattering.Length] * scattering[p % scattering.Length] / (sum * sum);
        }

        return weights;
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-4 ? 1 - (x * x / 6) : Math.Sin(x) / x;
}
