using Glasswright.Actors.Acceptance;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The structure of lowest Σ_k F_k/C_k that any chain stood in, ties by replica, then trial. Figures of different models are never compared:
/// where the model changed, those count that were renewed under the last one, the best until then among them, and whatever came since.
/// </summary>
internal static class BestVersion
{
    /// <summary>Finds it.</summary>
    /// <param name="store">The chains.</param>
    /// <param name="replicas">Number of chains.</param>
    /// <param name="rule">The rule of the first rung.</param>
    /// <param name="generation">The model in force.</param>
    /// <returns>Where it stands, and the structure itself where it is no version but one within a stretch of a traditional chain.</returns>
    public static ((int Replica, long Version) Key, StoredVersion? Within) Find(
        IRunStore store, int replicas, MultiTargetRule rule, int generation = 0)
    {
        double lowest = double.PositiveInfinity;
        (int Replica, long Version) best = (0, 0);
        StoredVersion? within = null;
        for (int r = 0; r < replicas; r++)
        {
            // First, since of a stretch that ends at its lowest structure it tells the trial that led there.
            if (store.ReadBest(r) is { } candidate && rule.Score(candidate.Objectives) < lowest)
            {
                lowest = rule.Score(candidate.Objectives);
                within = candidate;
            }

            foreach (VersionSummary version in Candidates(store, r, generation))
            {
                double score = rule.Score(version.Objectives);
                if (score < lowest)
                {
                    lowest = score;
                    best = (r, version.Number);
                    within = null;
                }
            }
        }

        return (best, within);
    }

    private static IEnumerable<VersionSummary> Candidates(IRunStore store, int replica, int generation)
    {
        if (generation == 0)
        {
            return store.ReadSummaries(replica);
        }

        long since = store.ReadLearning().First(record => record.Generation == generation).Trial;
        return store.ReadRenewals(replica, generation).Concat(store.ReadSummaries(replica).Where(version => version.Trial > since));
    }
}
