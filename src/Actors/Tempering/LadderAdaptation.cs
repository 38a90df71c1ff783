namespace Glasswright.Actors.Tempering;

/// <summary>
/// Places the inner rungs so that all neighbors exchange equally often. With β = 1/s the rejection rate between two rungs
/// is nearly the difference of a cumulative barrier Λ(β); rungs at equal differences of Λ have equal rates.
/// <code>
/// r_i = (½ + Σ (1 - p)) / (1 + n)                 rejection of pair i in one epoch, n exchanges tried, p their probabilities
/// Λ_e(β): 0 at β = 1, + r_i from β_i to β_{i+1}, linear in between
/// Λ(β) = Σ_e m_e Λ_e(β) / Σ_e m_e                 over the epochs so far, m_e rounds in each
/// new β_r: Λ(β_r) = r/(R-1)·Λ(β_{R-1});  s_0 and s_{R-1} stay
/// </code>
/// </summary>
/// <remarks>
/// Algorithm 4 of Syed et al., J. R. Stat. Soc. B 84, 321 (2022), doi:10.1111/rssb.12464, with linear interpolation. The ½ keeps a pair
/// that was never tried from counting as perfect. Only + - × ÷ in a written order: the same bits everywhere.
/// </remarks>
internal static class LadderAdaptation
{
    /// <summary>The scales after the warm-up's rounds so far.</summary>
    /// <param name="epochs">In order, each with the scales that its rounds were held with.</param>
    public static double[] Adapt(IReadOnlyList<Epoch> epochs)
    {
        double[] present = epochs[^1].Scales;
        int top = present.Length - 1;

        // From β = 1 down; equal knots of several epochs are kept once.
        double[] knots = [.. epochs.SelectMany(epoch => epoch.Scales).Select(scale => 1 / scale).Distinct().OrderDescending()];
        double[] barrier = [.. knots.Select(knot => Barrier(epochs, knot))];
        var scales = (double[])present.Clone();
        int segment = 0;
        for (int rung = 1; rung < top; rung++)
        {
            double wanted = barrier[^1] * rung / top;
            while (barrier[segment + 1] < wanted)
            {
                segment++;
            }

            double share = (wanted - barrier[segment]) / (barrier[segment + 1] - barrier[segment]);
            scales[rung] = 1 / (knots[segment] + (share * (knots[segment + 1] - knots[segment])));
        }

        return scales;
    }

    /// <summary>Λ at β, over all epochs.</summary>
    private static double Barrier(IReadOnlyList<Epoch> epochs, double beta)
    {
        double sum = 0;
        long rounds = 0;
        foreach (Epoch epoch in epochs)
        {
            sum += epoch.Rounds * Barrier(epoch, beta);
            rounds += epoch.Rounds;
        }

        return sum / rounds;
    }

    private static double Barrier(Epoch epoch, double beta)
    {
        double sum = 0;
        for (int pair = 0; pair + 1 < epoch.Scales.Length; pair++)
        {
            double from = 1 / epoch.Scales[pair];
            double to = 1 / epoch.Scales[pair + 1];
            if (beta >= from)
            {
                break;
            }

            double rejection = (0.5 + epoch.Rejections[pair]) / (1 + epoch.Tried[pair]);
            sum += rejection * (beta <= to ? 1 : (from - beta) / (from - to));
        }

        return sum;
    }

    /// <summary>Rounds with one set of scales.</summary>
    /// <param name="Scales">s_r.</param>
    /// <param name="Rounds">How many.</param>
    /// <param name="Tried">Exchanges tried by pair, over all ladders.</param>
    /// <param name="Rejections">Σ (1 - p) by pair, added up by round, then ladder.</param>
    public sealed record Epoch(double[] Scales, int Rounds, long[] Tried, double[] Rejections);
}
