namespace Glasswright.Models.Inference;

/// <summary>
/// How wrong the targets of incremental evaluations with given thresholds are, learned from trials evaluated both ways: pilots, later
/// audits. err_k is <see cref="Safety"/> times the largest error seen, for trials that disturb no more than those did.
/// </summary>
/// <remarks>
/// An estimate, not a proof. Resampled from 60 relaxed swaps of an 864-atom glass with the shipped model, seven targets together:
/// twice the worst of 12 pilots was broken by 2.5 % of the next trials, twice that of 40 by 0.05 %, three times that of 40 by none
/// of 2,000 draws. Sixty swaps cannot tell rates much below 1 %. So audits go on, and a broken bound is an error to report.
/// The bound is a function of the trials added; their order does not count.
/// </remarks>
internal sealed class IncrementalErrors
{
    /// <summary>Factor on the largest error seen.</summary>
    public const double Safety = 3;

    /// <summary>With fewer trials nothing is known.</summary>
    public const int LeastTrials = 40;

    private readonly double[] _largest;
    private double _largestShare;

    /// <summary>No trial yet.</summary>
    /// <param name="targets">Number of targets.</param>
    public IncrementalErrors(int targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targets, 1);
        _largest = new double[targets];
    }

    /// <summary>Trials added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a trial evaluated both ways.</summary>
    /// <param name="share"><see cref="IncrementalInference.Share"/> of the trial.</param>
    /// <param name="incremental">Targets from incremental values.</param>
    /// <param name="full">Targets from the full evaluation.</param>
    /// <returns>Whether the bound from earlier trials held.</returns>
    public bool Add(double share, ReadOnlySpan<double> incremental, ReadOnlySpan<double> full)
    {
        if (incremental.Length != _largest.Length || full.Length != _largest.Length)
        {
            throw new ArgumentException($"{_largest.Length} targets are needed.", nameof(full));
        }

        bool held = true;
        for (int k = 0; k < _largest.Length; k++)
        {
            double error = Math.Abs(incremental[k] - full[k]);
            held &= error <= Bound(k, share);

            // NaN stays: nothing is known of such a target any more.
            _largest[k] = error <= _largest[k] ? _largest[k] : error;
        }

        _largestShare = Math.Max(_largestShare, share);
        Count++;
        return held;
    }

    /// <summary>err_k for a trial; infinite where nothing is known: it has to be evaluated in full.</summary>
    /// <param name="target">k.</param>
    /// <param name="share"><see cref="IncrementalInference.Share"/> of the trial.</param>
    public double Bound(int target, double share)
    {
        double bound = Safety * _largest[target];
        return Count >= LeastTrials && share <= _largestShare && double.IsFinite(bound) ? bound : double.PositiveInfinity;
    }
}
