namespace Glasswright.Models.Evaluation;

/// <summary>Which end of the values counts as positive.</summary>
internal enum Extreme
{
    /// <summary>The largest true values: the atoms that deform most.</summary>
    Softest,

    /// <summary>The smallest true values.</summary>
    Hardest,
}

/// <summary>
/// How well a score finds the atoms of a class. AUC flatters when the class is rare; precision, recall, F1 and average
/// precision stand beside it.
/// </summary>
/// <param name="Positives">Atoms of the class.</param>
/// <param name="Auc">Area under the ROC curve: the chance that a positive scores above a negative, ties counting ½.</param>
/// <param name="AveragePrecision">Σ over thresholds of precision · gain in recall, tied scores passing together.</param>
/// <param name="Precision">Precision when as many atoms are predicted positive as there are positives.</param>
/// <param name="Recall">Recall at that threshold; ties at it are all predicted positive, so it can exceed precision.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Mcc">Matthews' correlation of prediction and class at that threshold; 0 where all atoms are predicted alike.</param>
internal readonly record struct RankingScore(
    int Positives, double Auc, double AveragePrecision, double Precision, double Recall, double F1, double Mcc);

/// <summary>Scores of rankings (J. A. Hanley, B. J. McNeil, Radiology 143, 29 (1982), for AUC as a rank statistic).</summary>
internal static class Ranking
{
    /// <summary>
    /// Judges predictions as a classifier of the most extreme <paramref name="fraction"/> of the true values. The class has
    /// round(fraction·N) atoms, at least one; ties in the true values fall to the atom that comes first.
    /// </summary>
    /// <param name="truth">True values.</param>
    /// <param name="prediction">Predicted values of the same atoms.</param>
    /// <param name="fraction">In (0, 1).</param>
    /// <param name="extreme">Which end is positive.</param>
    public static RankingScore OfExtreme(
        ReadOnlySpan<double> truth, ReadOnlySpan<double> prediction, double fraction, Extreme extreme)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException($"{truth.Length} values cannot be compared with {prediction.Length}.");
        }

        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction lies between 0 and 1.");
        }

        int positives = Math.Max(1, (int)Math.Round(fraction * truth.Length, MidpointRounding.AwayFromZero));
        double sign = extreme == Extreme.Softest ? 1 : -1;
        int[] order = Descending(truth, sign);
        bool[] isPositive = new bool[truth.Length];
        for (int i = 0; i < positives && i < order.Length; i++)
        {
            isPositive[order[i]] = true;
        }

        double[] score = new double[prediction.Length];
        for (int i = 0; i < score.Length; i++)
        {
            score[i] = sign * prediction[i];
        }

        return Score(isPositive, score);
    }

    /// <summary>Judges scores against a class; NaN where the class or its complement is empty.</summary>
    public static RankingScore Score(ReadOnlySpan<bool> isPositive, ReadOnlySpan<double> score)
    {
        int[] order = Descending(score, 1);
        int positives = isPositive.Count(true), negatives = isPositive.Length - positives;
        if (positives == 0 || negatives == 0)
        {
            return new(positives, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        }

        double wins = 0, averagePrecision = 0, precision = 0, recall = 0, mcc = 0;
        int found = 0, passed = 0;
        while (passed < order.Length)
        {
            int foundBefore = found, passedBefore = passed;
            double threshold = score[order[passed]];
            while (passed < order.Length && score[order[passed]].Equals(threshold))
            {
                found += isPositive[order[passed]] ? 1 : 0;
                passed++;
            }

            // A positive of this group wins over the negatives behind it and half of those beside it.
            int gained = found - foundBefore, beside = passed - passedBefore - gained;
            wins += gained * (negatives - (passed - found) + (0.5 * beside));
            averagePrecision += (double)gained / positives * found / passed;
            if (passedBefore < positives)
            {
                precision = (double)found / passed;
                recall = (double)found / positives;
                mcc = Matthews(found, passed - found, positives - found, negatives - (passed - found));
            }
        }

        double f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        return new(positives, wins / ((double)positives * negatives), averagePrecision, precision, recall, f1, mcc);
    }

    /// <summary>(TP·TN - FP·FN)/√((TP+FP)(TP+FN)(TN+FP)(TN+FN)) (B. W. Matthews, Biochim. Biophys. Acta 405, 442 (1975)).</summary>
    private static double Matthews(double hits, double alarms, double misses, double passes)
    {
        double product = (hits + alarms) * (hits + misses) * (passes + alarms) * (passes + misses);
        return product > 0 ? ((hits * passes) - (alarms * misses)) / Math.Sqrt(product) : 0;
    }

    /// <summary>Indices by falling sign·value, equal values in ascending order of index.</summary>
    private static int[] Descending(ReadOnlySpan<double> values, double sign)
    {
        (double Key, int Index)[] keys = new (double, int)[values.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (-sign * values[i], i);
        }

        Array.Sort(keys);
        return Array.ConvertAll(keys, key => key.Index);
    }
}
