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
