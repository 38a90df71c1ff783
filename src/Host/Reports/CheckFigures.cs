using Glasswright.Models.Evaluation;

namespace Glasswright.Host.Reports;

/// <summary>Predicted against true: what quasistatic loading says of structures that the search accepted.</summary>
internal sealed class CheckFigures(RunFiles run, PropertyName property)
{
    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        if (run.Validations.Count == 0)
        {
            return new ReportSection("check", "Predicted against true", "", [], [
                "No accepted structure was labeled by true simulation. `search.validate` does so during a search; `glasswright label best.data` labels the end. Until then what this report says of the property is the network's word.",
            ]);
        }

        return new ReportSection(
            "check",
            "Predicted against true",
            "Accepted structures, labeled by true athermal quasistatic loading while the search went on.",
            [Means(), Pearson(), Parity()],
            []);
    }

    private Figure Means() => new()
    {
        Id = "check-means",
        Title = "Mean predicted and true along the chain",
        Caption = $"Mean of {property.Short} over the atoms with a valid label: as predicted (dashed) and as simulated. The paper checks its Fig. 3b in this way.",
        X = new Axis("accepted steps"),
        Y = property.Axis("mean"),
        Series =
        [
            .. run.Validations.SelectMany((check, slot) => new[]
            {
                new Series(Name(check.Replica, "true"), Mark.Line, check.Table.Numbers("version"), check.Table.Numbers("mean_true")) { Color = 2 * slot },
                new Series(Name(check.Replica, "predicted"), Mark.Line, check.Table.Numbers("version"), check.Table.Numbers("mean_predicted")) { Color = (2 * slot) + 1, Dashed = true },
            }),
        ],
    };

    private Figure Pearson() => new()
    {
        Id = "check-pearson",
        Title = "Agreement of prediction and truth along the chain",
        Caption = "Pearson's r over the atoms of each labeled structure. The paper's falls from 0.81 to 0.74 as its chain leaves what the network was trained on.",
        X = new Axis("accepted steps"),
        Y = new Axis("Pearson's r"),
        Series = [.. run.Validations.Select((check, slot) => new Series(Name(check.Replica, "r"), Mark.Line, check.Table.Numbers("version"), check.Table.Numbers("pearson")) { Color = slot })],
    };

    private Figure Parity()
    {
        double[] predicted = [.. run.Validations.SelectMany(check => check.Table.Numbers("mean_predicted"))];
        double[] found = [.. run.Validations.SelectMany(check => check.Table.Numbers("mean_true"))];
        double[] all = Statistics.Finite(predicted.Concat(found));
        double r = Correlation.Pearson(predicted, found);
        Series[] line = all.Length == 0 ? [] : [new Series("equal", Mark.Line, [all.Min(), all.Max()], [all.Min(), all.Max()]) { Color = 5, Dashed = true }];
        return new Figure
        {
            Id = "check-parity",
            Title = "Mean predicted against mean true",
            Caption = FormattableString.Invariant($"One point for each labeled structure, all chains{(double.IsNaN(r) ? "" : FormattableString.Invariant($"; r = {r:F3}"))}. The dashed line is equality."),
            X = property.Axis("true mean"),
            Y = property.Axis("predicted mean"),
            Series = [.. line, .. run.Validations.Select((check, slot) => new Series(Name(check.Replica, "means"), Mark.Points, check.Table.Numbers("mean_true"), check.Table.Numbers("mean_predicted")) { Color = slot })],
        };
    }

    private static string Name(int replica, string what) => FormattableString.Invariant($"replica {replica} {what}");
}
