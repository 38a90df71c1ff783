namespace Glasswright.Actors.Acceptance;

/// <summary>Quantiles by linear interpolation between order statistics (NumPy's default, Hyndman and Fan's type 7).</summary>
internal static class Quantiles
{
    /// <summary>
    /// The value at position q(N - 1) of <paramref name="sorted"/> (ascending, no NaN). The interpolation is NumPy's own,
    /// taken from the nearer end, so that the result is the same bits.
    /// </summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        double position = q * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        if (below >= sorted.Length - 1)
        {
            return sorted[^1];
        }

        double t = position - below;
        double a = sorted[below], b = sorted[below + 1];
        return t < 0.5 ? a + ((b - a) * t) : b - ((b - a) * (1 - t));
    }
}
