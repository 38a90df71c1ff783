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
    public static double[]? Weights(IReadOnlyList<string> species, ReadOnlySpan<int> atoms)
    {
        ArgumentNullException.ThrowIfNull(species);
        var scattering = new double[species.Count];
        double sum = 0;
        for (int a = 0; a < scattering.Length; a++)
        {
            scattering[a] = (double)Elements.AtomicNumber(species[a]) * atoms[a];
            sum += scattering[a];
            if (scattering[a] == 0 && atoms[a] > 0)
            {
                return null;
            }
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
