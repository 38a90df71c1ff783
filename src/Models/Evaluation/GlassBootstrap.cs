using Glasswright.Kernels.Random;

namespace Glasswright.Models.Evaluation;

/// <summary>
/// An interval for Pearson's r over the atoms of several glasses, by resampling whole glasses with replacement (B. Efron, R. J. Tibshirani,
/// An Introduction to the Bootstrap, 1993): atoms of one glass are no independent samples. The bounds are the 2.5 and 97.5 % quantiles of
/// r over the resamples. With a handful of glasses they are as coarse as the handful.
/// </summary>
internal static class GlassBootstrap
{
    /// <summary>Low and high bound; NaN for fewer than two glasses.</summary>
    /// <param name="glasses">Predictions and labels of the valid atoms, glass by glass.</param>
    /// <param name="resamples">How many.</param>
    /// <param name="seed">Key of the stream <see cref="RandomStream.Bootstrap"/>.</param>
    public static (double Low, double High) Pearson(IReadOnlyList<(double[] Predicted, double[] True)> glasses, int resamples, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(glasses);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (glasses.Count < 2)
        {
            return (double.NaN, double.NaN);
        }

        Moments[] moments = Centered(glasses);
        List<double> values = [];
        for (int resample = 0; resample < resamples; resample++)
        {
            DrawSequence draws = RandomStreams.Draws(seed, RandomStream.Bootstrap, 0, resample);
            Moments sum = default;
            for (int k = 0; k < glasses.Count; k++)
            {
                sum = sum.Plus(moments[(int)draws.NextBelow(glasses.Count)]);
            }

            if (double.IsFinite(sum.Pearson))
            {
                values.Add(sum.Pearson);
            }
        }

        if (values.Count == 0)
        {
            return (double.NaN, double.NaN);
        }

        double[] bounds = new double[2];
        Quantiles.Of(values.ToArray(), [0.025, 0.975], bounds);
        return (bounds[0], bounds[1]);
    }

    /// <summary>Sums of every glass about the common mean, so that squares lose nothing.</summary>
    private static Moments[] Centered(IReadOnlyList<(double[] Predicted, double[] True)> glasses)
    {
        Moments all = default;
        foreach ((double[] x, double[] y) in glasses)
        {
            all = all.Plus(Moments.Of(x, y, 0, 0));
        }

        return [.. glasses.Select(glass => Moments.Of(glass.Predicted, glass.True, all.X / all.Count, all.Y / all.Count))];
    }

    /// <summary>n, Σx, Σy, Σx², Σy², Σxy.</summary>
    private readonly record struct Moments(double Count, double X, double Y, double XX, double YY, double XY)
    {
        public double Pearson
        {
            get
            {
                double xx = XX - (X * X / Count), yy = YY - (Y * Y / Count), xy = XY - (X * Y / Count);
                return xx > 0 && yy > 0 ? Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1) : double.NaN;
            }
        }

        public static Moments Of(double[] x, double[] y, double originX, double originY)
        {
            Moments sum = default;
            for (int i = 0; i < x.Length; i++)
            {
                double a = x[i] - originX, b = y[i] - originY;
                sum = sum.Plus(new(1, a, b, a * a, b * b, a * b));
            }

            return sum;
        }

        public Moments Plus(Moments other) => new(
            Count + other.Count, X + other.X, Y + other.Y, XX + other.XX, YY + other.YY, XY + other.XY);
    }
}
