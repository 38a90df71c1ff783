namespace Glasswright.Kernels.Deformation;

/// <summary>
/// How well the labels repeat themselves: the Spearman-Brown corrected split-half reliability over the modes, ρ = 2r/(1+r),
/// r being the Pearson correlation over the valid atoms between the means of one half of the modes and of the other. It is
/// what two independent sets of labels would correlate with; √ρ bounds the correlation of any prediction with the labels.
/// </summary>
internal static class LabelReliability
{
    /// <summary>
    /// The mean of ρ over all splits of the modes into two halves of equal size (462 for twelve modes), at the strain of
    /// index <paramref name="strain"/>. NaN with an odd number of modes, or fewer than three valid atoms.
    /// </summary>
    public static double SplitHalf(ModeLabelTable labels, int strain)
    {
        double[][] modes = labels.Values[strain];
        int n = modes.Length;
        if (n == 0 || n % 2 != 0 || n > 20)
        {
            return double.NaN;
        }

        double[,]? covariance = Covariance(modes);
        if (covariance is null)
        {
            return double.NaN;
        }

        double sum = 0;
        int splits = 0;
        for (uint half = 1; half < 1u << n; half++)
        {
            // The half that holds the first mode stands for the split.
            if ((half & 1) == 1 && System.Numerics.BitOperations.PopCount(half) == n / 2)
            {
                sum += SpearmanBrown(Correlation(covariance, half, n));
                splits++;
            }
        }

        return sum / splits;
    }

    /// <summary>
    /// Spearman-Brown: the reliability 2r/(1 + r) of a mean whose two halves correlate with r; NaN for r = -1.
    /// (C. Spearman, Br. J. Psychol. 3, 271 (1910); W. Brown, ibid. 296.)
    /// </summary>
    public static double SpearmanBrown(double halfCorrelation) =>
        halfCorrelation > -1 ? 2 * halfCorrelation / (1 + halfCorrelation) : double.NaN;

    private static double Correlation(double[,] covariance, uint half, int n)
    {
        double own = 0, other = 0, cross = 0;
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                bool first = (half >> a & 1) == 1, second = (half >> b & 1) == 1;
                if (first && second)
                {
                    own += covariance[a, b];
                }
                else if (!first && !second)
                {
                    other += covariance[a, b];
                }
                else if (first)
                {
                    cross += covariance[a, b];
                }
            }
        }

        return cross / Math.Sqrt(own * other);
    }

    // Sums of products about the means over the atoms that are valid in every mode; null when they are too few.
    private static double[,]? Covariance(double[][] modes)
    {
        int[] valid = [.. Enumerable.Range(0, modes[0].Length).Where(i => modes.All(mode => double.IsFinite(mode[i])))];
        if (valid.Length < 3)
        {
            return null;
        }

        var means = new double[modes.Length];
        for (int a = 0; a < modes.Length; a++)
        {
            foreach (int i in valid)
            {
                means[a] += modes[a][i];
            }

            means[a] /= valid.Length;
        }

        var covariance = new double[modes.Length, modes.Length];
        for (int a = 0; a < modes.Length; a++)
        {
            for (int b = 0; b < modes.Length; b++)
            {
                foreach (int i in valid)
                {
                    covariance[a, b] += (modes[a][i] - means[a]) * (modes[b][i] - means[b]);
                }
            }
        }

        return covariance;
    }
}
