using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Learning;

/// <summary>
/// Which structures are labeled for which decision: a function of what the chains have committed, in the order of decisions and replicas,
/// whoever is labeled first.
/// </summary>
internal static class LabelQueue
{
    /// <summary>
    /// The structures in which the chains stood at decisions up to one, each named once: where a chain had not moved on it is of the decision
    /// before, and the start, which all have, is of replica 0.
    /// </summary>
    /// <param name="store">The chains, which have that decision behind them.</param>
    /// <param name="plan">When decisions fall.</param>
    /// <param name="replicas">Number of chains.</param>
    /// <param name="last">The last of the decisions.</param>
    public static IReadOnlyList<(int Decision, int Replica, long Version)> UpTo(IRunStore store, LearningPlan plan, int replicas, int last)
    {
        IReadOnlyList<VersionSummary>[] chains = [.. Enumerable.Range(0, replicas).Select(store.ReadSummaries)];
        var due = new List<(int Decision, int Replica, long Version)> { (0, 0, 0) };
        long[] before = new long[replicas];
        for (int decision = 1; decision <= last; decision++)
        {
            long trial = plan.TrialOf(decision);
            for (int replica = 0; replica < replicas; replica++)
            {
                long version = chains[replica].Last(summary => summary.Trial <= trial).Number;
                if (version != before[replica])
                {
                    due.Add((decision, replica, version));
                    before[replica] = version;
                }
            }
        }

        return due;
    }
}
