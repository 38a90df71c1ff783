using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Evaluation;

/// <summary>How well predictions follow true values.</summary>
internal static class Correlation
{
    /// <summary>
    /// Pearson's r = Σ(x - x̄)(y - ȳ) / √(Σ(x - x̄)² Σ(y - ȳ)²); NaN for fewer than two points or where one side is constant.
    /// </summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        RequireSameLength(x, y);
        if (x.Length < 2)
        {
            return double.NaN;
        }

        double[] dx = Centered(x), dy = Centered(y);
        double xx = FixedSum.SumOfSquares(dx), yy = FixedSum.SumOfSquares(dy);

        // Rounding of the product could push |r| over 1 by an ulp.
        return xx > 0 && yy > 0
            ? Math.Clamp(FixedSum.Dot(dx, dy) / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1)
            : double.NaN;
    }

    /// <summary>Mean |x - y|; NaN for no points.</summary>
    public static double MeanAbsoluteError(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        RequireSameLength(x, y);
        double[] errors = new double[x.Length];
        for (int i = 0; i < errors.Length; i++)
        {
            errors[i] = Math.Abs(x[i] - y[i]);
        }

        return errors.Length > 0 ? FixedSum.Sum(errors) / errors.Length : double.NaN;
    }

    /// <summary>
    /// Spearman-Brown: the reliability 2r/(1 + r) of a mean whose two halves correlate with r; NaN for r = -1.
    /// (C. Spearman, Br. J. Psychol. 3, 271 (1910); W. Brown, ibid. 296.)
    /// </summary>
    public static double SpearmanBrown(double halfCorrelation) =>
        halfCorrelation > -1 ? 2 * halfCorrelation / (1 + halfCorrelation) : double.NaN;

    /// <summary>
    /// Split-half reliability of the mean over modes: the modes are halved in every way that splits them evenly (of an odd
    /// number the last is left out), the halves' means are correlated over atoms, the mean correlation is stepped up by
    /// <see cref="SpearmanBrown"/>. √reliability bounds the Pearson r of any prediction of the labels' true part, and
    /// the reliability itself estimates r between two independent label sets.
    /// </summary>
    /// <param name="modes">One column a mode, all over the same atoms; 2 to 16 columns.</param>
    public static double SplitHalfReliability(IReadOnlyList<double[]> modes)
    {
        ArgumentNullException.ThrowIfNull(modes);
        if (modes.Count is < 2 or > 16 || modes.Any(column => column.Length != modes[0].Length))
        {
            throw new ArgumentException("Two to sixteen columns of one length are needed.", nameof(modes));
        }

        int used = modes.Count & ~1;
        List<double> correlations = [];

        // The first mode stays in the first half, so that each split is taken once.
        for (int set = 1; set < 1 << used; set += 2)
        {
            if (int.PopCount(set) == used / 2)
            {
                correlations.Add(Pearson(HalfMean(modes, set, used), HalfMean(modes, ~set, used)));
            }
        }

        return SpearmanBrown(FixedSum.Sum([.. correlations]) / correlations.Count);
    }

    private static double[] HalfMean(IReadOnlyList<double[]> modes, int set, int used)
    {
        double[] mean = new double[modes[0].Length];
        for (int mode = 0; mode < used; mode++)
        {
            for (int i = 0; (set >> mode & 1) != 0 && i < mean.Length; i++)
            {
                mean[i] += modes[mode][i] / (used / 2);
            }
        }

        return mean;
    }

    private static double[] Centered(ReadOnlySpan<double> x)
    {
        double mean = FixedSum.Sum(x) / x.Length;
        double[] centered = new double[x.Length];
        for (int i = 0; i < centered.Length; i++)
        {
            centered[i] = x[i] - mean;
        }

        return centered;
    }

    private static void RequireSameLength(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"{x.Length} values cannot be compared with {y.Length}.");
        }
    }
}
