using Glasswright.Actors.Convergence;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <summary>What the chains of a run tell of themselves, while it runs and at its end: a function of what the store has committed.</summary>
/// <param name="Tempering">How the ladders work; null of independent chains.</param>
/// <param name="Convergence">Whether the chains tell the same and are done; null before every chain has a trial.</param>
internal sealed record RunDiagnostics(TemperingReport? Tempering, ConvergenceReport? Convergence)
{
    /// <summary>Reads them.</summary>
    public static RunDiagnostics Of(SearchSettings settings, IRunStore store)
    {
        IReadOnlyList<ChainPosition> chains = store.ReadPositions();
        if (chains.Count == 0)
        {
            return new RunDiagnostics(null, null);
        }

        var plan = new TemperingPlan(settings.Tempering, settings.Replicas, settings.Trials);
        long fewest = chains.Min(chain => chain.NextTrial) - 1;
        return new RunDiagnostics(
            plan.Exchanges ? TemperingReport.Of(plan, settings.Tempering.Scales, store, settings.Replicas) : null,
            fewest > 0
                ? ConvergenceReport.Of(
                    settings.TargetSet,
                    TargetTrace.OfRun(plan, settings.Replicas, fewest, store.ReadSummaries, store.ReadExchanges()))
                : null);
    }
}
