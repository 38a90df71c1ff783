using System.Globalization;
using System.Text.Json.Nodes;

namespace Glasswright.Host.Reports;

/// <summary>What the run was spent on.</summary>
internal sealed class CostFigures(RunFiles run)
{
    private static readonly (string Key, string Name)[] Stages =
        [("relax_s", "relaxing trials"), ("decide_s", "predicting and deciding"), ("evaluate_s", "evaluating accepted structures")];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        double[] seconds = [.. Stages.Select(stage => run.Number("spent", stage.Key))];
        if (!seconds.Any(time => time > 0))
        {
            return new ReportSection("cost", "Time", "", [], ["Times are written when a search ends or is stopped; this one has not."]);
        }

        double total = seconds.Where(double.IsFinite).Aggregate(0.0, (sum, time) => sum + time);
        return new ReportSection("cost", "Time", Words(total), [
            new Figure
            {
                Id = "time",
                Title = "Time by stage",
                Caption = "Time of all samplers of all processes of the run together, so it may exceed the time on the clock. Times are no part of a run's answer.",
                X = new Axis("stage") { Categories = [.. Stages.Select(stage => stage.Name)] },
                Y = new Axis("time", "s"),
                Series = [new Series("time", Mark.Bars, [.. Enumerable.Range(0, Stages.Length).Select(i => (double)i)], seconds)],
            },
        ], []);
    }

    private string Words(double total)
    {
        double relaxations = run.Number("spent", "unique_relaxations"), evaluations = run.Number("spent", "evaluations"), repeats = run.Number("spent", "repeat_share");
        string clock = run.Document["elapsed_s"] is JsonNode ? FormattableString.Invariant($"{run.Number("elapsed_s"):F1} s on the clock in the process that ended it; ") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{clock}{total:F1} s of samplers; {relaxations:N0} unique relaxations with {evaluations:N0} force evaluations ({evaluations / relaxations:F0} each, {1000 * total / relaxations:F0} ms a relaxation with its decision); {100 * repeats:F1} % of the trials repeated a known pair.");
    }
}
