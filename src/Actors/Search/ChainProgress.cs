using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Search;

/// <summary>How far a chain is.</summary>
/// <param name="Trials">Trials committed.</param>
/// <param name="Accepted">Of these accepted.</param>
/// <param name="Evaluations">Sum of the evaluations of committed trials.</param>
/// <param name="Version">Its version.</param>
/// <param name="Energy">Energy of its structure, eV.</param>
/// <param name="PressureBar">Pressure of its structure, bar.</param>
/// <param name="Report">The figures of z of its structure.</param>
/// <param name="Rung">Its rung.</param>
/// <param name="Repeats">Trials of this process that took the numbers of an equal pair.</param>
internal sealed record ChainProgress(
    long Trials,
    long Accepted,
    long Evaluations,
    long Version,
    double Energy,
    double PressureBar,
    TargetReport Report,
    int Rung,
    long Repeats)
{
    /// <summary>F_k of its structure, in the order of the targets.</summary>
    public IReadOnlyList<double> Objectives { get; init; } = [];

    /// <summary>The progress of a chain that stands at a version.</summary>
    public static ChainProgress At(StoredVersion version, ChainTotals totals, int rung, long repeats) => new(
        totals.Trials,
        totals.Accepted,
        totals.Evaluations,
        version.Number,
        version.Evaluation.Energy,
        version.Evaluation.PressureBar,
        version.Report,
        rung,
        repeats)
    {
        Objectives = version.Objectives,
    };
}
