using Glasswright.Kernels;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Actors.Acceptance;

/// <summary>What calibration found.</summary>
internal enum CalibrationOutcome
{
    /// <summary>The constants give the wanted acceptance on the pilot trials.</summary>
    Solved,

    /// <summary>
    /// At least as many pilot trials as wanted raise no target at all, and are accepted whatever C is; the constants give the wanted
    /// acceptance on the others.
    /// </summary>
    TooManyDownhill,

    /// <summary>As <see cref="TooManyDownhill"/>, and none of the others converged: the factor is 1.</summary>
    NothingUphill,

    /// <summary>Fewer pilot trials than wanted converged; the constants are as large as calibration goes.</summary>
    TooFewConverged,

    /// <summary>There was no calibration: the constants are those of the configuration.</summary>
    AsGiven,
}

/// <summary>The constants of a chain and how they came about.</summary>
/// <param name="Outcome">Whether the wanted acceptance was met.</param>
/// <param name="Constants">C_k.</param>
/// <param name="Scale">The common factor s.</param>
/// <param name="Acceptance">Mean of Π_k p_k over all pilot trials with these constants; NaN without pilot trials.</param>
/// <param name="DownhillShare">Share of the pilot trials that raise no target; NaN without pilot trials, or where a run did not keep it.</param>
internal sealed record CalibrationResult(
    CalibrationOutcome Outcome, IReadOnlyList<double> Constants, double Scale, double Acceptance, double DownhillShare);

/// <summary>
/// Finds C_k = s·B_k for a wanted acceptance, B_k being the constant as given, or else σ_k, the standard deviation of
/// ΔF_k over pilot trials. s solves mean(Π_k p_k) = acceptance over the stored pilot ΔF, a trial that did not converge
/// counting as p = 0. The mean grows monotonically with s, so bisection on ln s finds it.
/// </summary>
/// <remarks>
/// From a glass as quenched more trials than wanted may raise no target. Their p is 1 for every s, so no s solves the equation,
/// and the limit s → 0 would be a search at zero temperature. Then the mean runs over the other trials only: such gains are soon
/// used up along a chain, and what is left are the others, of which s should let pass the wanted share.
/// </remarks>
internal static class Calibration
{
    private const int Bisections = 200;
    private const int Doublings = 60;
    private const double LargestScale = 1L << Doublings;

    /// <summary>Solves for the common factor: a pure function of the pilot trials.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="given">C_k as given and scaled, NaN where none is.</param>
    /// <param name="changes">ΔF_k of every pilot trial, <c>[pilot][k]</c>, null where it did not converge.</param>
    /// <param name="acceptance">The wanted mean of Π_k p_k, in (0, 1).</param>
    /// <exception cref="InputException">A target without a constant that no pilot trial moves, or fewer than two converged.</exception>
    public static CalibrationResult Solve(
        TargetSet targets, ReadOnlySpan<double> given, IReadOnlyList<double[]?> changes, double acceptance)
    {
        if (!(acceptance > 0 && acceptance < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(acceptance), acceptance, "The wanted acceptance lies between 0 and 1.");
        }

        double[] bases = Bases(targets, given, changes);
        double[]?[] others = [.. changes.Where(change => change is null || !RaisesNothing(change))];
        double downhill = (double)(changes.Count - others.Length) / changes.Count;
        (CalibrationOutcome outcome, double scale) = downhill < acceptance
            ? (CalibrationOutcome.Solved, FindScale(bases, changes, acceptance))
            : Array.TrueForAll(others, change => change is null)
                ? (CalibrationOutcome.NothingUphill, 1)
                : (CalibrationOutcome.TooManyDownhill, FindScale(bases, others, acceptance));
        if (scale == LargestScale)
        {
            outcome = CalibrationOutcome.TooFewConverged;
        }

        var constants = new double[bases.Length];
        for (int k = 0; k < constants.Length; k++)
        {
            constants[k] = scale * bases[k];
        }

        return new CalibrationResult(outcome, constants, scale, MeanAcceptance(bases, scale, changes), downhill);
    }

    /// <summary>
    /// The constants taken as they are given, without pilot trials.
    /// </summary>
    /// <exception cref="InputException">A target has none.</exception>
    public static CalibrationResult AsGiven(TargetSet targets, ReadOnlySpan<double> given)
    {
        for (int k = 0; k < given.Length; k++)
        {
            if (double.IsNaN(given[k]))
            {
                throw new InputException(
                    $"the target {targets[k].Name} has no constant C and calibration is off",
                    expected: "C of every target, or search.calibrate with an acceptance");
            }
        }

        return new CalibrationResult(CalibrationOutcome.AsGiven, given.ToArray(), 1, double.NaN, double.NaN);
    }

    /// <summary>Whether a pilot trial is accepted by any constants.</summary>
    private static bool RaisesNothing(double[] change) => Array.TrueForAll(change, d => d <= 0);

    /// <summary>The factor with which the mean of Π_k p_k over some pilot trials is the wanted one; <see cref="LargestScale"/> if none is large enough.</summary>
    private static double FindScale(double[] bases, IReadOnlyList<double[]?> changes, double acceptance)
    {
        double low = 1, high = 1;
        for (int i = 0; i < Doublings && MeanAcceptance(bases, low, changes) >= acceptance; i++)
        {
            low /= 2;
        }

        for (int i = 0; i < Doublings && MeanAcceptance(bases, high, changes) < acceptance; i++)
        {
            high *= 2;
        }

        if (MeanAcceptance(bases, high, changes) < acceptance)
        {
            return LargestScale;
        }

        for (int i = 0; i < Bisections; i++)
        {
            double middle = Math.Sqrt(low * high);
            if (MeanAcceptance(bases, middle, changes) < acceptance)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    /// <summary>Mean of Π_k p_k with C_k = scale·B_k; pilots are summed in their order.</summary>
    private static double MeanAcceptance(double[] bases, double scale, IReadOnlyList<double[]?> changes)
    {
        double sum = 0;
        foreach (double[]? change in changes)
        {
            if (change is null)
            {
                continue;
            }

            double cost = 0;
            for (int k = 0; k < bases.Length; k++)
            {
                if (change[k] > 0)
                {
                    cost += change[k] / (scale * bases[k]);
                }
            }

            sum += Elementary.Exp(-cost);
        }

        return sum / changes.Count;
    }

    /// <summary>The given constants, and the sample standard deviation of ΔF_k where none is given.</summary>
    private static double[] Bases(TargetSet targets, ReadOnlySpan<double> given, IReadOnlyList<double[]?> changes)
    {
        double[] bases = given.ToArray();
        int converged = changes.Count(change => change is not null);
        for (int k = 0; k < bases.Length; k++)
        {
            if (!double.IsNaN(bases[k]))
            {
                continue;
            }

            if (converged < 2)
            {
                string few = converged == 0 ? "none" : "only one";
                throw new InputException(
                    $"{few} of {changes.Count} pilot trials converged, so no constant C can be calibrated",
                    expected: "a start structure and a search.minimizer with which swaps relax, or constants C of all targets");
            }

            bases[k] = StandardDeviation(changes, k);
            if (!(bases[k] > 0))
            {
                throw new InputException(
                    $"no pilot trial moved the target {targets[k].Name}, so its constant C cannot be calibrated",
                    expected: "a constant C for it, another target, or more pilot trials");
            }
        }

        return bases;
    }

    private static double StandardDeviation(IReadOnlyList<double[]?> changes, int k)
    {
        int count = 0;
        double sum = 0;
        foreach (double[]? change in changes)
        {
            if (change is not null)
            {
                sum += change[k];
                count++;
            }
        }

        if (count < 2)
        {
            return 0;
        }

        double mean = sum / count, squares = 0;
        foreach (double[]? change in changes)
        {
            if (change is not null)
            {
                double d = change[k] - mean;
                squares += d * d;
            }
        }

        return Math.Sqrt(squares / (count - 1));
    }
}
