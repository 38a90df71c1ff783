using Glasswright.Kernels.Numerics;

namespace Glasswright.Host.Reports;

/// <summary>Sums of numbers that come one by one.</summary>
internal sealed class Moments
{
    private double _sum;
    private double _squares;

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>Their mean; NaN of none.</summary>
    public double Mean => Count > 0 ? _sum / Count : double.NaN;

    /// <summary>The standard error of the mean, taking them for independent; NaN of fewer than two.</summary>
    public double StandardError => Count > 1 ? Math.Sqrt(Math.Max(0, (_squares / Count) - (Mean * Mean)) / (Count - 1)) : double.NaN;

    /// <summary>Takes one.</summary>
    public void Add(double value)
    {
        _sum += value;
        _squares += value * value;
        Count++;
    }
}

/// <summary>What figures of the report are made of.</summary>
internal static class Statistics
{
    /// <summary>The mean; NaN of none.</summary>
    public static double Mean(ReadOnlySpan<double> values) => values.IsEmpty ? double.NaN : FixedSum.Sum(values) / values.Length;

    /// <summary>The numbers of a list that are finite.</summary>
    public static double[] Finite(IEnumerable<double> values) => [.. values.Where(double.IsFinite)];

    /// <summary>
    /// Equal bins over all of several lists: their edges. The width is that of Scott's rule, 3.5 σ N^(-1/3) (Biometrika 66, 605 (1979)), the number
    /// between 10 and 60.
    /// </summary>
    public static double[] Edges(params ReadOnlySpan<double[]> lists)
    {
        double least = double.PositiveInfinity, most = double.NegativeInfinity;
        var all = new Moments();
        double squares = 0;
        foreach (double[] list in lists)
        {
            foreach (double value in list)
            {
                least = Math.Min(least, value);
                most = Math.Max(most, value);
                all.Add(value);
            }
        }

        foreach (double[] list in lists)
        {
            foreach (double value in list)
            {
                squares += (value - all.Mean) * (value - all.Mean);
            }
        }

        if (!(most > least))
        {
            return all.Count == 0 ? [] : [least - 0.5, least + 0.5];
        }

        double width = 3.5 * Math.Sqrt(squares / all.Count) / Math.Cbrt((double)all.Count / lists.Length);
        int bins = (int)Math.Clamp(Math.Ceiling((most - least) / width), 10, 60);
        return [.. Enumerable.Range(0, bins + 1).Select(i => least + ((most - least) * i / bins))];
    }

    /// <summary>How many values lie in each bin, and a zero that closes the last.</summary>
    public static double[] Counts(double[] edges, double[] values)
    {
        var counts = new double[edges.Length];
        foreach (double value in values)
        {
            int bin = (int)((value - edges[0]) / (edges[^1] - edges[0]) * (edges.Length - 1));
            counts[Math.Clamp(bin, 0, edges.Length - 2)]++;
        }

        return counts;
    }
}
