namespace Glasswright.Kernels.Analysis;

/// <summary>How values are distributed: counts in bins of equal width between two bounds, the upper one included.</summary>
internal sealed class Histogram
{
    private readonly int[] _counts;

    /// <summary>An empty histogram.</summary>
    /// <param name="low">Lower bound of the first bin.</param>
    /// <param name="high">Upper bound of the last.</param>
    /// <param name="bins">How many.</param>
    public Histogram(double low, double high, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        Low = low;
        Width = high > low ? (high - low) / bins : 1;
        _counts = new int[bins];
    }

    /// <summary>Lower bound of the first bin.</summary>
    public double Low { get; }

    /// <summary>Width of a bin.</summary>
    public double Width { get; }

    /// <summary>Values in every bin.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>Number of values that were counted.</summary>
    public int Total { get; private set; }

    /// <summary>Their mean; NaN without any.</summary>
    public double Mean { get; private set; } = double.NaN;

    /// <summary>Their standard deviation (n - 1 below); NaN for fewer than two.</summary>
    public double Deviation { get; private set; } = double.NaN;

    /// <summary>The histogram of those values that are finite and chosen, between the bounds of all finite values.</summary>
    /// <param name="values">Values of atoms.</param>
    /// <param name="isChosen">Which atoms are counted.</param>
    /// <param name="bins">Number of bins.</param>
    public static Histogram Of(ReadOnlySpan<double> values, Predicate<int> isChosen, int bins)
    {
        ArgumentNullException.ThrowIfNull(isChosen);
        double low = double.PositiveInfinity, high = double.NegativeInfinity, sum = 0, squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
            }
        }

        var histogram = new Histogram(low, high, bins);
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]) && isChosen(i))
            {
                histogram._counts[Math.Clamp((int)((values[i] - low) / histogram.Width), 0, bins - 1)]++;
                histogram.Total++;
                sum += values[i];
            }
        }

        double mean = sum / histogram.Total;
        for (int i = 0; i < values.Length; i++)
        {
            squares += double.IsFinite(values[i]) && isChosen(i) ? (values[i] - mean) * (values[i] - mean) : 0;
        }

        histogram.Mean = mean;
        histogram.Deviation = histogram.Total > 1 ? Math.Sqrt(squares / (histogram.Total - 1)) : double.NaN;
        return histogram;
    }
}
