using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Convergence;

/// <summary>
/// F_k of the present structure after every trial, as steps: of one chain, or of what stood on the first rung of one ladder.
/// </summary>
internal sealed class TargetTrace
{
    private readonly List<Step> _steps;

    private TargetTrace(List<Step> steps) => _steps = steps;

    /// <summary>Trials that it covers, from 1.</summary>
    public long Trials => _steps.Count == 0 ? 0 : _steps[^1].Last;

    /// <summary>F_k at its end.</summary>
    public double[] End => _steps[^1].Objectives;

    /// <summary>The trace of a chain.</summary>
    /// <param name="versions">Its versions, in order.</param>
    /// <param name="trials">Its committed trials.</param>
    public static TargetTrace OfChain(IReadOnlyList<VersionSummary> versions, long trials)
    {
        var steps = new List<Step>();
        Append(steps, versions, 1, trials);
        return new TargetTrace(steps);
    }

    /// <summary>The traces of a run: one of each ladder's first rung, up to the last round that all of its chains have reached.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="replicas">Number of chains.</param>
    /// <param name="trials">Committed trials of the chain that has fewest.</param>
    /// <param name="summaries">Versions of a chain.</param>
    /// <param name="exchanges">All exchanges, in order of rounds.</param>
    public static IReadOnlyList<TargetTrace> OfRun(
        TemperingPlan plan,
        int replicas,
        long trials,
        Func<int, IReadOnlyList<VersionSummary>> summaries,
        IReadOnlyList<ExchangeRecord> exchanges)
    {
        IReadOnlyList<VersionSummary>[] versions = [.. Enumerable.Range(0, replicas).Select(summaries)];
        if (!plan.Exchanges)
        {
            return [.. versions.Select(chain => OfChain(chain, trials))];
        }

        List<Step>[] steps = [.. Enumerable.Range(0, plan.Ladders).Select(_ => new List<Step>())];
        var walk = new IndexProcess(plan, replicas);
        int next = 0;
        for (int round = 1; plan.TrialAfter(round - 1) <= trials; round++)
        {
            long last = Math.Min(trials, plan.TrialAfter(round) - 1);
            for (int ladder = 0; ladder < steps.Length; ladder++)
            {
                Append(steps[ladder], versions[walk.Holder(ladder, 0)], plan.TrialAfter(round - 1), last);
            }

            for (; next < exchanges.Count && exchanges[next].Round == round; next++)
            {
                walk.Apply(exchanges[next]);
            }
        }

        return [.. steps.Select(ladder => new TargetTrace(ladder))];
    }

    /// <summary>Number, mean and Σ (F_k - mean)² over trials first to last, in order.</summary>
    public (long Count, double Mean, double Squares) Moments(int target, long first, long last)
    {
        long count = 0;
        double mean = 0, squares = 0;
        foreach (Step step in _steps)
        {
            long n = Math.Min(step.Last, last) - Math.Max(step.First, first) + 1;
            if (n <= 0)
            {
                continue;
            }

            // Chan, Golub and LeVeque's update by a group of n equal values.
            double difference = step.Objectives[target] - mean;
            mean += difference * n / (count + n);
            squares += difference * difference * n * count / (count + n);
            count += n;
        }

        return (count, mean, squares);
    }

    private static void Append(List<Step> steps, IReadOnlyList<VersionSummary> versions, long first, long last)
    {
        for (int v = 0; v < versions.Count; v++)
        {
            long begin = Math.Max(first, versions[v].Trial);
            long end = Math.Min(last, v + 1 < versions.Count ? versions[v + 1].Trial - 1 : last);
            if (begin <= end)
            {
                steps.Add(new Step(begin, end, versions[v].Objectives));
            }
        }
    }

    private readonly record struct Step(long First, long Last, double[] Objectives);
}
