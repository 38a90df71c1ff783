using Glasswright.Kernels.Numerics;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// The estimated share of what the full rule accepts that screening rejected. Of n_s screened trials n_a were audited, x of those
/// would have been accepted: L = n_s·x/n_a are lost, and with A accepted ones the share is L/(A + L).
/// </summary>
/// <param name="Share">The estimate; NaN where nothing was accepted, by the search or an audit, or nothing was audited.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end of the 95 % interval.</param>
/// <remarks>
/// The interval is that of Clopper and Pearson (Biometrika 26, 404 (1934), doi:10.1093/biomet/26.4.404) on x/n_a, carried through
/// the formula, in which it is monotone. It covers at least 95 %; A is taken as it is.
/// </remarks>
internal readonly record struct LostAcceptances(double Share, double Low, double High)
{
    // Of each tail.
    private const double Tail = 0.025;
    private const int Bisections = 60;

    /// <summary>The figure of a search.</summary>
    /// <param name="accepted">A.</param>
    /// <param name="screened">n_s.</param>
    /// <param name="audited">n_a.</param>
    /// <param name="wouldBeAccepted">x.</param>
    public static LostAcceptances Of(long accepted, long screened, long audited, long wouldBeAccepted)
    {
        if (accepted + screened == 0)
        {
            return new LostAcceptances(double.NaN, double.NaN, double.NaN);
        }

        if (screened == 0)
        {
            return new LostAcceptances(0, 0, 0);
        }

        (double low, double high) = Interval(wouldBeAccepted, audited);
        return new LostAcceptances(Share((double)wouldBeAccepted / audited), Share(low), Share(high));

        double Share(double p) => p * screened / (accepted + (p * screened));
    }

    /// <summary>The 95 % interval of a probability of which x of n trials succeeded; 0 to 1 without trials.</summary>
    internal static (double Low, double High) Interval(long x, long n)
    {
        if (n == 0)
        {
            return (0, 1);
        }

        // P(X >= x) grows with p, P(X <= x) falls.
        double low = x == 0 ? 0 : Solve(p => 1 - AtMost(x - 1, n, p) < Tail);
        double high = x == n ? 1 : Solve(p => AtMost(x, n, p) > Tail);
        return (low, high);
    }

    /// <summary>Where a condition that holds for small p ceases to.</summary>
    private static double Solve(Func<double, bool> holds)
    {
        double low = 0, high = 1;
        for (int i = 0; i < Bisections; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = holds(middle) ? (middle, high) : (low, middle);
        }

        return 0.5 * (low + high);
    }

    /// <summary>P(X ≤ x) of the binomial distribution, 0 &lt; p &lt; 1, terms summed from 0 up.</summary>
    private static double AtMost(long x, long n, double p)
    {
        double odds = Elementary.Log(p) - Elementary.Log(1 - p);
        double term = n * Elementary.Log(1 - p), sum = Elementary.Exp(term);
        for (long k = 1; k <= x; k++)
        {
            term += Elementary.Log((double)(n - k + 1) / k) + odds;
            sum += Elementary.Exp(term);
        }

        return sum;
    }
}
