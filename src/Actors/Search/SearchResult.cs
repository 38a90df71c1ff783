using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Convergence;
using Glasswright.Actors.Messages;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Actors.Search;

/// <summary>What a search came to.</summary>
internal sealed record SearchResult
{
    /// <summary>Id of the run.</summary>
    public required string Run { get; init; }

    /// <summary>How it ended.</summary>
    public required SearchOutcome Outcome { get; init; }

    /// <summary>Committed trials of all replicas, earlier processes included.</summary>
    public required long Trials { get; init; }

    /// <summary>Of these accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Sum of the chains' column of evaluations: part of the answer.</summary>
    public required long Evaluations { get; init; }

    /// <summary>What this process really spent: not part of the answer.</summary>
    public required WorkCost Spent { get; init; }

    /// <summary>Figures of version 0, by column of the chain; NaN where there are none.</summary>
    public required IReadOnlyList<(string Name, double Value)> TargetsStart { get; init; }

    /// <summary>The same of replica 0's present structure.</summary>
    public required IReadOnlyList<(string Name, double Value)> TargetsEnd { get; init; }

    /// <summary>The constants; null if the run ended before they were known.</summary>
    public required CalibrationResult? Calibration { get; init; }

    /// <summary>What screening rejected and what that cost; null where it was off.</summary>
    public required ScreeningResult? Screening { get; init; }

    /// <summary>How the ladders work; null of independent chains.</summary>
    public required TemperingReport? Tempering { get; init; }

    /// <summary>Whether the chains tell the same and are done; null before every chain has a trial.</summary>
    public required ConvergenceReport? Convergence { get; init; }

    /// <summary>Names of the targets, in the order of the constants.</summary>
    public required IReadOnlyList<string> TargetNames { get; init; }

    /// <summary>Share of this process's trials that took the numbers of an equal pair; above 0.3 deserves a warning.</summary>
    public required double RepeatShare { get; init; }

    /// <summary>exp(entropy) of the proposal within each species at replica 0's present structure.</summary>
    public required IReadOnlyList<(string Species, double Atoms)> EffectiveAtoms { get; init; }

    /// <summary>Wall time of this process.</summary>
    public required TimeSpan Elapsed { get; init; }
}

/// <summary>What screening did to a search, over all replicas: part of the answer.</summary>
/// <param name="Mode">What estimates could decide.</param>
/// <param name="Totals">Trials screened and audited.</param>
/// <param name="Lost">The acceptances that an early rejection cost; null with delayed acceptance, which is exact.</param>
internal sealed record ScreeningResult(ScreeningMode Mode, ScreeningTotals Totals, LostAcceptances? Lost)
{
    /// <summary>The result of a search; null where screening was off.</summary>
    public static ScreeningResult? Of(ScreeningMode mode, long accepted, ScreeningTotals totals) => mode == ScreeningMode.Off
        ? null
        : new ScreeningResult(mode, totals, mode == ScreeningMode.EarlyReject
            ? LostAcceptances.Of(accepted, totals.Screened, totals.Audited, totals.AuditedAccepted)
            : null);
}
