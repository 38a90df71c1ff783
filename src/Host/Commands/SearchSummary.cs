using Glasswright.Actors.Search;
using Glasswright.Host.Output;

namespace Glasswright.Host.Commands;

/// <summary>The end of a search: the closing table, the JSON object, and what a user should be told beside them.</summary>
internal static class SearchSummary
{
    /// <summary>A larger share of trials that repeat a known pair says that the bias leaves too few atoms to choose from.</summary>
    private const double ManyRepeats = 0.3;

    /// <summary>Prints the result.</summary>
    public static void Print(
        Session session, SearchResult result, string folder, IEnumerable<KeyValuePair<string, double>> stages, bool isCanceled)
    {
        var start = result.TargetsStart.Select(target => KeyValuePair.Create(target.Name, target.Value)).ToArray();
        var end = result.TargetsEnd.Select(target => KeyValuePair.Create(target.Name, target.Value)).ToArray();
        if (!session.Json)
        {
            PrintTargets(session, start, end);
            if (result.Tempering is { } ladder)
            {
                ChainNotes.PrintLadder(session.Terminal.Output, ladder);
            }

            if (result.Convergence is { Traces: > 1 } spread)
            {
                ChainNotes.PrintSpread(session.Terminal.Output, spread);
            }
        }

        Report report = new Report()
            .Text("run", "run", folder)
            .Text("id", "id", result.Run)
            .Text("outcome", "outcome", result.Outcome.ToString().ToLowerInvariant())
            .Whole("trials", "trials", result.Trials)
            .Whole("accepted", "accepted", result.Accepted)
            .Number("acceptance", "acceptance", result.Trials > 0 ? (double)result.Accepted / result.Trials : double.NaN, "", "P2")
            .Whole("evaluations", "force evaluations of the chains", result.Evaluations)
            .Map("targets_start", null, start)
            .Map("targets_end", null, end)
            .Whole("unique_relaxations", "unique relaxations here", result.Spent.Relaxations)
            .Number("repeat_share", "share of repeated pairs", result.RepeatShare, "", "P1")
            .Map("effective_atoms", "atoms to choose from,", result.EffectiveAtoms.Select(e => KeyValuePair.Create(e.Species, e.Atoms)), "", "F1")
            .Map("stage_s", "time", stages, "s", "F1")
            .Number("relaxing_core_s", "core time in relaxations", result.Spent.RelaxTime.TotalSeconds, "s", "F1")
            .Number("evaluating_core_s", "core time in full evaluations", result.Spent.EvaluateTime.TotalSeconds, "s", "F1")
            .Number("elapsed_s", "time in all", result.Elapsed.TotalSeconds, "s", "F1");
        report = result.Screening is { } screening
            ? report.Group("screening", "screening", Describe(screening))
            : report.Text("screening", null, null);
        report = report
            .Json("tempering", result.Tempering is { } tempering ? RunDocument.Describe(tempering) : null)
            .Json("convergence", result.Convergence is { } convergence ? RunDocument.Describe(convergence) : null);
        session.Print(result.Calibration is { } calibration
            ? report.Group("calibration", "calibration", CalibrationNotes.Describe(calibration, result.TargetNames))
            : report.Text("calibration", null, null));
        if (result.RepeatShare > ManyRepeats)
        {
            session.Warn("many trials repeat a pair that was tried before; a smaller search.proposal.bias-exponent or a larger glass gives more choice");
        }

        foreach (string advice in ChainNotes.Advice(result.Tempering, result.Convergence))
        {
            session.Say(advice);
        }

        if (isCanceled)
        {
            session.Say("the run was canceled on all nodes; its files show what it did until then, and it is not gone on with");
        }
        else if (result.Outcome == SearchOutcome.Stopped)
        {
            session.Say($"stopped after a checkpoint; to go on: glasswright search --resume {folder}");
        }
    }

    /// <summary>Prints that the user ended the search before there was a run.</summary>
    public static void PrintNeverBegun(Session session)
    {
        session.Print(Nothing(null, null, 0));
        session.Say("stopped before the run began, so nothing was written; the same command begins it");
    }

    /// <summary>Prints that the user ended the search while its store could not be asked how far it is.</summary>
    public static void PrintStoreAway(Session session, string run, string folder)
    {
        session.Print(Nothing(folder, run, null));
        session.Say($"stopped while the store was away: it has what was committed; to go on when it is back: glasswright search --resume {folder}");
    }

    private static Report Nothing(string? folder, string? run, double? count) => new Report()
        .Text("run", folder is null ? null : "run", folder)
        .Text("id", run is null ? null : "id", run)
        .Text("outcome", "outcome", "stopped")
        .Number("trials", count is null ? null : "trials", count)
        .Number("accepted", count is null ? null : "accepted", count)
        .Number("evaluations", count is null ? null : "force evaluations of the chains", count)
        .Map("targets_start", null, [])
        .Map("targets_end", null, [])
        .Text("calibration", null, null)
        .Text("screening", null, null)
        .Text("tempering", null, null)
        .Text("convergence", null, null)
        .Number("elapsed_s", null, count);

    private static Report Describe(ScreeningResult screening)
    {
        Report report = new Report()
            .Text("mode", "mode", screening.Mode.ToString())
            .Whole("screened", "trials rejected by their estimate", screening.Totals.Screened)
            .Whole("audited", "of these followed to the end", screening.Totals.Audited)
            .Whole("audited_accepted", "of those the full rule would have accepted", screening.Totals.AuditedAccepted);
        return screening.Lost is { } lost
            ? report.Group("lost_acceptances", "lost of what the full rule accepts", new Report()
                .Number("share", "estimate", lost.Share, "", "P2")
                .Number("low_95", "95 % interval from", lost.Low, "", "P2")
                .Number("high_95", "to", lost.High, "", "P2"))
            : report.Text("lost_acceptances", null, null);
    }

    private static void PrintTargets(
        Session session, KeyValuePair<string, double>[] start, KeyValuePair<string, double>[] end)
    {
        var rows = start.Join(end, s => s.Key, e => e.Key, (s, e) => (s.Key, Start: s.Value, End: e.Value))
            .Where(row => double.IsFinite(row.Start)).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        TextWriter writer = session.Terminal.Output;
        int width = rows.Max(row => row.Key.Length);
        writer.WriteLine($"{"target".PadRight(Math.Max(width, 6))}  {"start",12}  {"end",12}  {"change",12}");
        foreach ((string key, double first, double last) in rows)
        {
            writer.WriteLine(FormattableString.Invariant(
                $"{key.PadRight(Math.Max(width, 6))}  {first,12:F5}  {last,12:F5}  {last - first,12:+0.00000;-0.00000;0.00000}"));
        }

        writer.WriteLine();
    }
}
