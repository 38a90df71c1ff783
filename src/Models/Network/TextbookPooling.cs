using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network;

/// <summary>Sum, mean and maximum of the messages of one atom's neighbors, column by column; zeros without any.</summary>
internal static class TextbookPooling
{
    /// <summary>The pooled row, [width].</summary>
    public static double[] Pool(Pooling pooling, double[][] messages, int width)
    {
        double[] pooled = new double[width];
        for (int c = 0; c < width; c++)
        {
            for (int j = 0; j < messages.Length; j++)
            {
                pooled[c] = pooling == Pooling.Max && j > 0 ? Math.Max(pooled[c], messages[j][c])
                    : pooling == Pooling.Max ? messages[j][c]
                    : pooled[c] + messages[j][c];
            }

            pooled[c] /= pooling == Pooling.Mean ? Math.Max(1, messages.Length) : 1;
        }

        return pooled;
    }
}

/// <summary>What the outputs of a network for one atom say in one number.</summary>
internal static class ClassOdds
{
    /// <summary>
    /// ln(p/(1 - p)) of the last, softest class, with p from the softmax of the outputs: y_last - ln Σ_{c &lt; last} exp y_c. The only output
    /// of a regression is its value.
    /// </summary>
    public static double OfLast(ReadOnlySpan<double> outputs)
    {
        ReadOnlySpan<double> others = outputs[..^1];
        return others.Length switch
        {
            0 => outputs[0],
            1 => outputs[1] - outputs[0],
            _ => outputs[^1] - LogSumExp(others),
        };
    }

    /// <summary>ln Σ exp x, the largest subtracted first, terms in ascending order.</summary>
    public static double LogSumExp(ReadOnlySpan<double> x)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double value in x)
        {
            largest = Math.Max(largest, value);
        }

        foreach (double value in x)
        {
            sum += Elementary.Exp(value - largest);
        }

        return largest + Elementary.Log(sum);
    }
}
