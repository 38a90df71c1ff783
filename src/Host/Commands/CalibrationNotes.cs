using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>What a user is told of the constants of a search: before its first trial in one line, at its end in the table and in JSON.</summary>
internal static class CalibrationNotes
{
    /// <summary>One line when calibration did not give what was asked for; null when it did, or was off.</summary>
    /// <param name="result">What it found.</param>
    /// <param name="wanted">The acceptance that was asked for.</param>
    public static string? Warning(CalibrationResult result, double wanted) => result.Outcome switch
    {
        CalibrationOutcome.TooManyDownhill => FormattableString.Invariant(
            $"calibration: {result.DownhillShare:P1} of the pilot trials raise no target and are accepted whatever the constants, so an acceptance of {wanted:P1} cannot be met at the start; the constants (scale {result.Scale:G3}) give it to the other trials, {result.Acceptance:P1} in all"),
        CalibrationOutcome.NothingUphill => FormattableString.Invariant(
            $"calibration: {result.DownhillShare:P1} of the pilot trials raise no target and no other one converged, so nothing tells how large the constants should be; they are the standard deviations of the changes, or as given (scale 1), and {result.Acceptance:P1} would be accepted"),
        CalibrationOutcome.TooFewConverged => FormattableString.Invariant(
            $"calibration: too few pilot trials converge for an acceptance of {wanted:P1}; the constants are so large (scale {result.Scale:G3}) that every converged trial is accepted, {result.Acceptance:P1} in all; a larger search.minimizer.max-evaluations or a smaller search.calibrate.acceptance may be meant"),
        _ => null,
    };

    /// <summary>Outcome, scale and expected acceptance, and the constants by target.</summary>
    public static Report Describe(CalibrationResult calibration, IReadOnlyList<string> targets) => new Report()
        .Text("outcome", "outcome", calibration.Outcome.ToString())
        .Number("scale", "scale", calibration.Scale, "", "G4")
        .Number("acceptance", "acceptance of the pilot trials", calibration.Acceptance, "", "P2")
        .Number("downhill_share", "pilot trials that raise no target", calibration.DownhillShare, "", "P1")
        .Map("constants", "C of", targets.Zip(calibration.Constants, KeyValuePair.Create), "", "G4");

    /// <summary>Tells the warning, once, on the console and in the run's log.</summary>
    public static void Tell(Session session, Serilog.ILogger log, CalibrationResult result, SearchSettings settings)
    {
        log.Information(
            "Calibration {outcome:l}: scale {scale}, acceptance {acceptance} of the pilot trials, {downhill} of them raise no target",
            result.Outcome.ToString(), result.Scale, result.Acceptance, result.DownhillShare);
        if (settings.EffectiveCalibration is { } calibration && Warning(result, calibration.Acceptance) is { } warning)
        {
            session.Warn(warning, log);
        }
    }
}
