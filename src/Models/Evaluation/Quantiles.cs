namespace Glasswright.Models.Evaluation;

/// <summary>
/// Quantiles as NumPy's <c>linear</c> method (type 7 of R. J. Hyndman, Y. Fan, Am. Stat. 50, 361 (1996)): the value at position
/// q·(N-1) of the sorted values, interpolated linearly.
/// </summary>
internal static class Quantiles
{
    /// <summary>The quantile q of values in ascending order.</summary>
    /// <exception cref="ArgumentException">There are no values, or q lies outside of 0 … 1.</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.Length == 0 || !(q >= 0 && q <= 1))
        {
            throw new ArgumentException($"The quantile {q} of {sorted.Length} values does not exist.");
        }

        double position = q * (sorted.Length - 1);
        int below = (int)position;
        double t = position - below;
        if (t == 0)
        {
            return sorted[below];
        }

        // NumPy's lerp: from the nearer end, so that t near 1 gives the upper value without cancellation.
        double a = sorted[below], b = sorted[below + 1], difference = b - a;
        return t < 0.5 ? a + (difference * t) : b - (difference * (1 - t));
    }

    /// <summary>Several quantiles; sorts <paramref name="values"/> in place and allocates nothing.</summary>
    public static void Of(Span<double> values, ReadOnlySpan<double> q, Span<double> result)
    {
        values.Sort();
        for (int k = 0; k < q.Length; k++)
        {
            result[k] = OfSorted(values, q[k]);
        }
    }
}
