using Glasswright.Kernels.Numerics;

namespace Glasswright.Actors.Acceptance;

/// <summary>What the rule says of one trial.</summary>
/// <param name="Accepted">Whether the trial structure replaces the present one.</param>
/// <param name="VetoedBy">Of a rejection: the target with the largest ΔF_k/C_k, or <see cref="MultiTargetRule.Hastings"/>
/// when the targets alone would have let it pass; null of an acceptance.</param>
internal readonly record struct Verdict(bool Accepted, string? VetoedBy);

/// <summary>
/// Multi-target acceptance (Eq. 7 of doi:10.1038/s41467-021-25490-x): p_k = 1 if ΔF_k ≤ 0, else exp(-ΔF_k/C_k), and a trial
/// is accepted with probability Π_k p_k = exp(-S), S = Σ_k max(0, ΔF_k)/C_k; with the Hastings factor R of the choice of
/// pair, Π_k p_k · min(1, R). Decided in the log domain: accept if S + max(0, -ln R) ≤ -ln u.
/// </summary>
/// <remarks>
/// Π_k p_k obeys detailed balance for exp(-Σ_k F_k/C_k) under symmetric proposals, since p(x→y)/p(y→x) = Π_k exp(-ΔF_k/C_k).
/// min(1, R) is a factor of its own: multiplying the clipped product by R itself is not reversible.
/// </remarks>
internal sealed class MultiTargetRule
{
    /// <summary>The name under which the proposal's asymmetry vetoes.</summary>
    public const string Hastings = "hastings";

    /// <summary>The name under which the second stage vetoes what the estimates alone speak against.</summary>
    public const string Screening = "screening";

    private readonly TargetSet _targets;
    private readonly double[] _constants;

    /// <summary>A rule over targets and their constants C_k &gt; 0.</summary>
    public MultiTargetRule(TargetSet targets, ReadOnlySpan<double> constants)
    {
        if (constants.Length != targets.Count)
        {
            throw new ArgumentException($"{targets.Count} targets need as many constants, not {constants.Length}.", nameof(constants));
        }

        foreach (double c in constants)
        {
            if (!(c > 0 && double.IsFinite(c)))
            {
                throw new ArgumentOutOfRangeException(nameof(constants), c, "Every constant C must be positive and finite.");
            }
        }

        _targets = targets;
        _constants = constants.ToArray();
    }

    /// <summary>C_k.</summary>
    public ReadOnlySpan<double> Constants => _constants;

    /// <summary>S = Σ_k max(0, F_k(y) - F_k(x))/C_k, summed in the order of the targets.</summary>
    public double Cost(ReadOnlySpan<double> present, ReadOnlySpan<double> trial)
    {
        double sum = 0;
        for (int k = 0; k < _constants.Length; k++)
        {
            double change = trial[k] - present[k];
            if (!(change <= 0))
            {
                sum += change / _constants[k];
            }
        }

        return sum;
    }

    /// <summary>Σ_k F_k/C_k, summed in the order of the targets: what a chain lowers.</summary>
    public double Score(ReadOnlySpan<double> objectives)
    {
        double sum = 0;
        for (int k = 0; k < _constants.Length; k++)
        {
            sum += objectives[k] / _constants[k];
        }

        return sum;
    }

    /// <summary>Decides one trial.</summary>
    /// <param name="present">F_k of the present structure.</param>
    /// <param name="trial">F_k of the trial structure; a non-finite one is rejected.</param>
    /// <param name="logHastings">ln R, 0 where the proposal is symmetric or not corrected for.</param>
    /// <param name="u">The trial's random number in (0, 1).</param>
    public Verdict Decide(ReadOnlySpan<double> present, ReadOnlySpan<double> trial, double logHastings, double u)
    {
        double cost = Cost(present, trial);
        double allowance = -Elementary.Log(u);
        if (!(cost <= allowance))
        {
            return new Verdict(false, LargestIncrease(present, trial));
        }

        // Written so that a NaN on either side rejects.
        double total = cost + (logHastings >= 0 ? 0 : -logHastings);
        return total <= allowance ? new Verdict(true, null) : new Verdict(false, Hastings);
    }

    /// <summary>
    /// The first look, at an estimate: the target with the largest estimated increase if S_est - margin > -ln u, else null. An empty
    /// estimate screens nothing.
    /// </summary>
    /// <param name="present">F_k of the present structure.</param>
    /// <param name="estimate">F*_k of the trial structure before it is relaxed to its end.</param>
    /// <param name="margin">In units of S.</param>
    /// <param name="u">The trial's random number in (0, 1), the one of <see cref="Decide"/>.</param>
    public string? Screens(ReadOnlySpan<double> present, ReadOnlySpan<double> estimate, double margin, double u) =>
        !estimate.IsEmpty && Cost(present, estimate) - margin > -Elementary.Log(u) ? LargestIncrease(present, estimate) : null;

    /// <summary>
    /// The second of two stages. The first has accepted with p₁(x→y) = exp(-S(F(x) → F*(y))); this one does with
    /// min(1, π(y) p₁(y→x) R / π(x) p₁(x→y)), π = exp(-Σ_k F_k/C_k), with a random number of its own. The product of both obeys
    /// detailed balance for π whatever the estimates are.
    /// </summary>
    /// <remarks>Christen and Fox, J. Comput. Graph. Stat. 14, 795 (2005), doi:10.1198/106186005X76983.</remarks>
    /// <param name="present">F_k(x).</param>
    /// <param name="trial">F_k(y).</param>
    /// <param name="estimate">F*_k(y) as seen from x; empty where the first stage let everything pass.</param>
    /// <param name="back">F*_k(x) as seen from y; likewise.</param>
    /// <param name="logHastings">ln R, 0 where the proposal is symmetric or not corrected for.</param>
    /// <param name="u">The second random number in (0, 1).</param>
    public Verdict DecideSecond(
        ReadOnlySpan<double> present, ReadOnlySpan<double> trial, ReadOnlySpan<double> estimate, ReadOnlySpan<double> back, double logHastings, double u)
    {
        double fall = 0;
        for (int k = 0; k < _constants.Length; k++)
        {
            fall += (present[k] - trial[k]) / _constants[k];
        }

        double forth = estimate.IsEmpty ? 0 : Cost(present, estimate);
        double reverse = back.IsEmpty ? 0 : Cost(trial, back);
        double bar = Elementary.Log(u);
        double correction = forth - reverse;

        // Written so that a NaN anywhere rejects.
        return fall + correction + logHastings >= bar ? new Verdict(true, null)
            : fall + correction >= bar ? new Verdict(false, Hastings)
            : fall + logHastings >= bar ? new Verdict(false, Screening)
            : new Verdict(false, LargestIncrease(present, trial));
    }

    private string LargestIncrease(ReadOnlySpan<double> present, ReadOnlySpan<double> trial)
    {
        int worst = 0;
        double largest = double.NegativeInfinity;
        for (int k = 0; k < _constants.Length; k++)
        {
            double increase = (trial[k] - present[k]) / _constants[k];
            if (double.IsNaN(increase))
            {
                return _targets[k].Name;
            }

            if (increase > largest)
            {
                largest = increase;
                worst = k;
            }
        }

        return _targets[worst].Name;
    }
}
