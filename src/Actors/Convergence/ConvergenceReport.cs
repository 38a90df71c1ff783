using Glasswright.Actors.Acceptance;

namespace Glasswright.Actors.Convergence;

/// <summary>Whether several chains tell the same, and whether they are done: of each target, over all traces of a run.</summary>
/// <param name="Traces">Chains, or ladders.</param>
/// <param name="Trials">Trials that all of them have.</param>
/// <param name="Targets">By target.</param>
internal sealed record ConvergenceReport(int Traces, long Trials, IReadOnlyList<TargetConvergence> Targets)
{
    // Enough points for a slope, few enough that one point spans many trials.
    private const int Blocks = 20;
    private const double Significant = 2;

    /// <summary>Makes the report of traces.</summary>
    public static ConvergenceReport Of(TargetSet targets, IReadOnlyList<TargetTrace> traces)
    {
        long trials = traces.Min(trace => trace.Trials);
        return new ConvergenceReport(
            traces.Count, trials, [.. Enumerable.Range(0, targets.Count).Select(k => Of(targets[k].Name, k, traces, trials))]);
    }

    private static TargetConvergence Of(string name, int target, IReadOnlyList<TargetTrace> traces, long trials)
    {
        double[] ends = [.. traces.Select(trace => trace.End[target])];
        double mean = ends.Average();
        double deviation = ends.Length < 2 ? double.NaN : Math.Sqrt(ends.Sum(end => (end - mean) * (end - mean)) / (ends.Length - 1));
        (double slope, double error) = Slope(target, traces, trials);
        return new TargetConvergence(name, mean, deviation, ends.Min(), ends.Max(), SplitRhat(target, traces, trials), slope, error)
        {
            StillFalling = slope < -Significant * error,
        };
    }

    /// <summary>
    /// √(((n-1)/n·W + B/n)/W) over the halves of all traces: n trials each, W the mean of their variances, B/n the variance of their
    /// means. NaN where nothing moved.
    /// </summary>
    private static double SplitRhat(int target, IReadOnlyList<TargetTrace> traces, long trials)
    {
        long n = trials / 2;
        if (n < 2)
        {
            return double.NaN;
        }

        (long Count, double Mean, double Squares)[] halves =
        [
            .. traces.Select(trace => trace.Moments(target, 1, n)),
            .. traces.Select(trace => trace.Moments(target, trials - n + 1, trials)),
        ];
        double within = halves.Average(half => half.Squares / (n - 1));
        double mean = halves.Average(half => half.Mean);
        double between = halves.Sum(half => (half.Mean - mean) * (half.Mean - mean)) / (halves.Length - 1);
        return Math.Sqrt((((n - 1.0) / n * within) + between) / within);
    }

    /// <summary>
    /// Least squares over the last fifth of the trials, in blocks, each trace about its own mean: change of F_k per trial, and its
    /// standard error by the residuals.
    /// </summary>
    private static (double Slope, double Error) Slope(int target, IReadOnlyList<TargetTrace> traces, long trials)
    {
        long length = trials / (5 * Blocks);
        if (length < 1)
        {
            return (double.NaN, double.NaN);
        }

        double cross = 0, time = 0;
        var points = new List<(double T, double F)>();
        foreach (TargetTrace trace in traces)
        {
            double[] blocks =
            [
                .. Enumerable.Range(0, Blocks).Select(b =>
                    trace.Moments(target, trials - ((Blocks - b) * length) + 1, trials - ((Blocks - b - 1) * length)).Mean),
            ];
            double mean = blocks.Average();
            for (int b = 0; b < Blocks; b++)
            {
                (double T, double F) point = ((b - ((Blocks - 1) / 2.0)) * length, blocks[b] - mean);
                points.Add(point);
                cross += point.T * point.F;
                time += point.T * point.T;
            }
        }

        double slope = cross / time;
        double residual = points.Sum(point => (point.F - (slope * point.T)) * (point.F - (slope * point.T)));
        return (slope, Math.Sqrt(residual / ((traces.Count * (Blocks - 1)) - 1) / time));
    }
}

/// <summary>One target over all traces.</summary>
/// <param name="Name">The target.</param>
/// <param name="Mean">Mean of F_k at the ends.</param>
/// <param name="Deviation">Standard deviation of F_k at the ends; NaN of a single trace.</param>
/// <param name="Lowest">Lowest of them.</param>
/// <param name="Highest">Highest of them.</param>
/// <param name="Rhat">
/// Split R̂ (Gelman and Rubin, doi:10.1214/ss/1177011136; halves as in Gelman et al., Bayesian Data Analysis, 3rd ed.): well above 1
/// where chains, or the halves of one, differ by more than they move. A search that still improves has a large one.
/// </param>
/// <param name="Slope">Change of F_k per trial in the last fifth.</param>
/// <param name="SlopeError">Its standard error, which takes blocks for independent: too small where they are not.</param>
internal sealed record TargetConvergence(
    string Name, double Mean, double Deviation, double Lowest, double Highest, double Rhat, double Slope, double SlopeError)
{
    /// <summary>Whether the last fifth still falls, by more than two standard errors.</summary>
    public bool StillFalling { get; init; }
}
