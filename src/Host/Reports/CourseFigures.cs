using Glasswright.Actors.Acceptance;

namespace Glasswright.Host.Reports;

/// <summary>The search itself: what the chains did trial by trial.</summary>
internal sealed class CourseFigures(RunFiles run, PropertyName property)
{
    private const int Windows = 40;
    private const double BarToGigapascal = 1e-4, ElectronvoltToMilli = 1e3;

    /// <summary>The figures of <see cref="TargetReport.Names"/> as drawn: from the largest value to the smallest.</summary>
    public static readonly int[] DrawnOrder = [0, 6, 5, 1, 4, 3, 2];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        var figures = new List<Figure>();
        var missing = new List<string>();
        if (run.HasValues)
        {
            figures.AddRange(run.Paths.Select(Targets));
            figures.Add(AgainstSteps(
                "mean-steps", "Mean along the accepted steps", property.Axis("mean"), path => [.. path.Means],
                $"Mean of {property.Short} over all atoms of the structure after each accepted swap (Fig. 3b of the paper, predicted)."));
        }
        else
        {
            missing.Add("The run has no model, so there are no values of atoms and no targets made of them: search.decider.model names one.");
        }

        figures.Add(AgainstSteps(
            "energy-steps", "Energy along the accepted steps", new Axis("energy change", "meV/atom"), EnergyChange,
            "Potential energy per atom of the accepted structures, relative to the relaxed start (Fig. 3b of the paper)."));
        figures.Add(Pressure());
        figures.Add(Acceptance());
        figures.Add(Rejections());
        return new ReportSection(
            "course", "The search", "Steps show the structure in which a chain stood; a flat line is a stretch of rejected trials.", [.. figures.Where(figure => figure.Series.Count > 0)], missing);
    }

    private static string Name(int replica) => FormattableString.Invariant($"replica {replica}");

    /// <summary>A series for each chain, colored and dashed by its number.</summary>
    private static Series OfReplica(int replica, Mark mark, double[] x, double[] y) =>
        new(Name(replica), mark, x, y) { Color = replica, Dashed = replica % 2 == 1 };

    private Figure Targets(AcceptedPath path)
    {
        ChainTable chain = run.Chains.First(table => table.Replica == path.Replica);
        int[] steps = chain.Steps;
        double[] start = FiguresOf(path.First.Columns[AcceptedPath.ValueColumn]);
        double[] trials = [0, .. steps.Select(i => chain.Trial[i]), chain.Count > 0 ? chain.Trial[^1] : 0];
        return new Figure
        {
            Id = FormattableString.Invariant($"targets-{path.Replica}"),
            Title = "Targets against trials",
            Caption = $"Maximum, mean and quantiles of {property.Short} over all atoms of the structure in which {Name(path.Replica)} stood.",
            X = new Axis("trial"),
            Y = property.Axis(),
            Group = "targets",
            Choice = Name(path.Replica),
            Series =
            [
                .. DrawnOrder.Select((figure, slot) => new Series(TargetReport.Names[figure], Mark.Steps, trials, Held(start[figure], chain.Figures[figure], steps))
                {
                    Color = slot,
                    Dashed = slot % 2 == 1,
                }),
            ],
        };
    }

    private static double[] Held(double start, double[] figures, int[] steps)
    {
        double[] held = [start, .. steps.Select(i => figures[i])];
        return [.. held, held[^1]];
    }

    /// <summary>The figures of <see cref="TargetReport.Names"/>.</summary>
    private static double[] FiguresOf(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return [sorted[^1], Statistics.Mean(values), At(0.1), At(0.25), At(0.5), At(0.75), At(0.9)];

        double At(double q) => Models.Evaluation.Quantiles.OfSorted(sorted, q);
    }

    private Figure AgainstSteps(string id, string title, Axis y, Func<AcceptedPath, double[]> values, string caption) => new()
    {
        Id = id,
        Title = title,
        Caption = caption,
        X = new Axis("accepted steps"),
        Y = y,
        Series = [.. run.Paths.Select(path => OfReplica(path.Replica, Mark.Line, [.. Enumerable.Range(0, path.Trials.Count).Select(i => (double)i)], values(path)))],
    };

    private static double[] EnergyChange(AcceptedPath path) =>
        [.. path.Energies.Select(energy => (energy - path.Energies[0]) / path.First.Structure.Count * ElectronvoltToMilli)];

    private Figure Pressure() => new()
    {
        Id = "pressure",
        Title = "Pressure of the accepted structures",
        Caption = "Potential part of the pressure at the fixed cell, positive when compressed. The search keeps the volume, so a stronger structure may come to stand under pressure.",
        X = new Axis("trial"),
        Y = new Axis("pressure", "GPa"),
        Series =
        [
            .. run.Chains.Where(chain => chain.Steps.Length > 0).Select(chain => OfReplica(
                chain.Replica, Mark.Line, [.. chain.Steps.Select(i => chain.Trial[i])], [.. chain.Steps.Select(i => chain.Pressure[i] * BarToGigapascal)])),
        ],
    };

    private Figure Acceptance() => new()
    {
        Id = "acceptance",
        Title = "Acceptance along the search",
        Caption = FormattableString.Invariant($"Share of accepted trials in {Windows} windows of equal length (fewer of a short run). It falls as easy improvements are used up."),
        X = new Axis("trial"),
        Y = new Axis("accepted", "%"),
        Series = [.. run.Chains.Where(chain => chain.Count > 0).Select(AcceptanceOf)],
    };

    private static Series AcceptanceOf(ChainTable chain)
    {
        int windows = Math.Clamp(chain.Count / 10, 1, Windows);
        var x = new double[windows + 1];
        var y = new double[windows + 1];
        for (int w = 0; w < windows; w++)
        {
            int from = (int)((long)chain.Count * w / windows), to = (int)((long)chain.Count * (w + 1) / windows);
            x[w] = chain.Trial[from] - 1;
            x[w + 1] = chain.Trial[to - 1];
            y[w] = 100.0 * chain.Accepted.AsSpan(from, to - from).Count(true) / (to - from);
            y[w + 1] = y[w];
        }

        return OfReplica(chain.Replica, Mark.Steps, x, y);
    }

    private Figure Rejections()
    {
        string[] reasons = [.. run.Chains.SelectMany(Reasons).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        double[] places = [.. Enumerable.Range(0, reasons.Length).Select(i => (double)i)];
        return new Figure
        {
            Id = "rejections",
            Title = "What rejected the trials",
            Caption = "Rejected trials by the target that weighed most against them, or by the way in which their relaxation ended.",
            X = new Axis("reason") { Categories = reasons },
            Y = new Axis("trials"),
            Series = reasons.Length == 0
                ? []
                : [.. run.Chains.Select(chain => new Series(Name(chain.Replica), Mark.Bars, places, CountsOf(chain, reasons)) { Color = chain.Replica })],
        };
    }

    private static IEnumerable<string> Reasons(ChainTable chain) => Enumerable.Range(0, chain.Count).Where(i => !chain.Accepted[i])
        .Select(i => chain.VetoedBy[i].Length > 0 ? chain.VetoedBy[i] : chain.Outcome[i] is "Converged" or "Unrelaxed" ? "chance" : chain.Outcome[i]);

    private static double[] CountsOf(ChainTable chain, string[] reasons)
    {
        var counts = Reasons(chain).CountBy(reason => reason).ToDictionary(StringComparer.Ordinal);
        return [.. reasons.Select(reason => (double)counts.GetValueOrDefault(reason))];
    }
}
