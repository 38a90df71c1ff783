using Glasswright.Kernels.Numerics;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// Maximum, mean and quantiles of z over weighted atoms. With weights of 0 and 1 they are the figures of the atoms of weight 1. Sums run
/// in a fixed order. Without an atom that counts they are NaN, which rejects.
/// </summary>
internal static class WeightedFigures
{
    /// <summary>The largest z of atoms with w ≥ 1/2: one at the rim of a soft region should not decide alone.</summary>
    public static double Maximum(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        double largest = double.NaN;
        for (int i = 0; i < values.Length; i++)
        {
            if (weights[i] >= Pattern.HalfWeight && !(values[i] <= largest))
            {
                largest = values[i];
            }
        }

        return largest;
    }

    /// <summary>Σ w z/Σ w.</summary>
    public static double Mean(ReadOnlySpan<double> values, ReadOnlySpan<double> weights) =>
        FixedSum.Dot(weights, values) / FixedSum.Sum(weights);

    /// <summary>
    /// The quantile at q: the mean of the step function z(p), p the share of the weight in ascending z, over p from q(n - 1)/n to
    /// (q(n - 1) + 1)/n, with n = (Σ w)²/Σ w² atoms that effectively count. Equal weights give the plain quantile (Hyndman and Fan's
    /// type 7), and an atom leaves it continuously as its weight goes to 0.
    /// </summary>
    /// <remarks>A. Akinshin, arXiv:2304.07265, weighted quantiles of type 7.</remarks>
    public static double Quantile(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double q)
    {
        var atoms = new List<(double Z, int Atom)>();
        bool equal = true;
        double first = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (weights[i] > 0)
            {
                first = atoms.Count == 0 ? weights[i] : first;
                equal &= weights[i] == first;
                atoms.Add((values[i], i));
            }
        }

        // By z, then by atom, so that the sums below have one order.
        atoms.Sort();
        if (equal)
        {
            return Quantiles.OfSorted([.. atoms.Select(atom => atom.Z)], q);
        }

        double total = 0, squares = 0;
        foreach ((_, int atom) in atoms)
        {
            total += weights[atom];
            squares += weights[atom] * weights[atom];
        }

        double count = total * total / squares;
        double left = q * (count - 1) / count * total, right = ((q * (count - 1)) + 1) / count * total;
        double passed = 0, covered = 0, sum = 0;
        foreach ((double z, int atom) in atoms)
        {
            double share = Math.Min(passed + weights[atom], right) - Math.Max(passed, left);
            passed += weights[atom];
            if (share > 0)
            {
                covered += share;
                sum += share * z;
            }
        }

        return sum / covered;
    }
}
