namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Where the shells of neighbors end: the minima of a pair distribution function. The function is smoothed by a triangle of ±0.15 Å; a minimum counts if
/// the function falls below 1 in it and rises out of it by 0.05 and three standard deviations of what so many pairs can tell.
/// </summary>
internal static class ShellBounds
{
    private const double HalfWidth = 0.15;
    private const double LeastDepth = 0.05;
    private const double Deviations = 3;

    /// <summary>The minima in ascending order, on edges of bins, Å.</summary>
    /// <param name="distribution">The counts.</param>
    /// <param name="a">Species of the pairs; null for all.</param>
    /// <param name="b">Species of the pairs; null for all.</param>
    /// <param name="most">How many are wanted.</param>
    public static double[] Find(PairDistribution distribution, int? a, int? b, int most)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        double[] g = a is { } first && b is { } second ? distribution.Partial(first, second) : distribution.Total();
        (double[] smooth, double[] depth) = Smooth(g, distribution.Expected(a, b), Math.Max(1, (int)Math.Round(HalfWidth / distribution.Step)));
        var bounds = new List<double>();
        double peak = 0, noise = 0, least = double.PositiveInfinity;
        int from = 0, to = 0;
        bool falling = false;
        for (int k = 0; k < smooth.Length && bounds.Count < most; k++)
        {
            if (!falling)
            {
                // Near the center few pairs are expected, and a peak there says as little as its own depth.
                (peak, noise) = smooth[k] > peak ? (smooth[k], depth[k]) : (peak, noise);
                if (smooth[k] < peak - Math.Max(noise, depth[k]))
                {
                    (falling, least, from, to) = (true, smooth[k], k, k);
                }
            }
            else if (smooth[k] < least)
            {
                (least, from, to) = (smooth[k], k, k);
            }
            else if (smooth[k] == least && to == k - 1)
            {
                // Between the shells of a crystal there is nothing: the bound is put into the middle.
                to = k;
            }
            else if (smooth[k] > least + depth[k] && least < 1)
            {
                bounds.Add(distribution.Edge((from + to + 1) / 2));
                (falling, peak, noise) = (false, smooth[k], depth[k]);
            }
        }

        return [.. bounds];
    }

    /// <summary>The weighted mean around every bin, and how deep a minimum there must be.</summary>
    private static (double[] Smooth, double[] Depth) Smooth(double[] g, double[] expected, int half)
    {
        var smooth = new double[g.Length];
        var depth = new double[g.Length];
        for (int k = 0; k < g.Length; k++)
        {
            double sum = 0, weights = 0, pairs = 0;
            for (int j = Math.Max(0, k - half); j <= Math.Min(g.Length - 1, k + half); j++)
            {
                double weight = half + 1 - Math.Abs(j - k);
                sum += weight * g[j];
                weights += weight;

                // Every pair was counted from both ends.
                pairs += 0.5 * expected[j];
            }

            smooth[k] = sum / weights;

            // Of p pairs in a gas the window holds g p, and never fewer than one more or less can be told.
            depth[k] = LeastDepth + (Deviations * Math.Sqrt((smooth[k] * pairs) + 1) / pairs);
        }

        return (smooth, depth);
    }
}
