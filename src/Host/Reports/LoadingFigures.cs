namespace Glasswright.Host.Reports;

/// <summary>Stress against strain, before and after, and the numbers of each curve. From <c>stress-strain.csv</c> and <c>stress.csv</c> of <c>analyze --curves</c>.</summary>
internal sealed class LoadingFigures(RunFiles run)
{
    private static readonly (string Column, string Id, string Choice, Axis Axis, string Caption)[] Numbers =
    [
        ("modulus_GPa", "modulus", "modulus", new Axis("modulus", "GPa"), "Slope up to a strain of 0.2 % or the first event: the shear modulus of xy, xz, yz; along an axis that of the curve's lateral condition."),
        ("first_event_strain", "first-event", "strain before the first event", new Axis("strain before the first event"), "Strain up to which the stress did not fall: how far the glass goes elastically. No bar where nothing happened."),
        ("maximum_stress_GPa", "maximum-stress", "largest stress", new Axis("largest stress", "GPa"), "The largest stress within the strain that was reached."),
        ("largest_drop_GPa", "largest-drop", "largest drop", new Axis("largest drop of the stress", "GPa"), "The largest fall of the stress in one plastic event. No bar where there is none."),
        ("events", "events", "number of events", new Axis("events"), "Plastic events: falls of the stress, falling steps in a row counted once."),
    ];

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        var figures = new List<Figure>();
        if (run.Analysis.Find("stress-strain", "structure", "mode", "strain", "stress_GPa") is { } curves)
        {
            string[] modes = [.. curves.Texts("mode").Distinct()];
            figures.AddRange(((Figure?[])[MeanOf(curves, [.. modes.Where(IsShear)], "shear"), MeanOf(curves, [.. modes.Where(mode => !IsShear(mode))], "axial")]).OfType<Figure>());
            figures.AddRange(modes.Select(mode => Curves(
                curves.Where("mode", mode), $"stress-strain-{FileName(mode)}", mode, $"Stress of quasistatic loading in the mode {mode}, positive when it resists; every fall is a plastic event.",
                rows => (rows.Numbers("strain"), rows.Numbers("stress_GPa")))));
        }

        if (run.Analysis.Find("stress", "structure", "mode", "modulus_GPa") is { } table)
        {
            figures.AddRange(Numbers.Where(number => table.Has(number.Column)).Select(number => Bars(table, number)));
        }

        return new ReportSection(
            "loading", "Stress and strain", figures.Count > 0 ? "The true simulation, no prediction: athermal quasistatic loading of both ends of the search. A search keeps the cell of its start, so its end begins under a stress unless it was relaxed to zero pressure first (`glasswright minimize --pressure 0 --cell full`)." : "", figures, figures.Count > 0 ? [] : [
                $"Stress-strain curves before and after are not here: load the start and the best structure with `glasswright deform`, then `glasswright analyze --curves BEFORE --second-curves AFTER --out {run.AnalysisFolder}` (docs/analysis.md, Loadings).",
            ]);
    }

    private static bool IsShear(string mode) => mode.Length == 3;

    /// <summary>Signs stand badly in names of files.</summary>
    private static string FileName(string mode) => mode[..^1] + (mode[^1] == '+' ? "-plus" : "-minus");

    private static Figure Curves(CsvTable rows, string id, string choice, string caption, Func<CsvTable, (double[] Strain, double[] Stress)> curve) => new()
    {
        Id = id,
        Title = "Stress against strain",
        Caption = caption,
        X = new Axis("strain", "%"),
        Y = new Axis("stress", "GPa"),
        Group = "stress-strain",
        Choice = choice,
        Series =
        [
            .. AnalysisTables.Structures(rows).Select((one, slot) =>
            {
                (double[] strain, double[] stress) = curve(one.Rows);
                return AnalysisTables.Series(slot, one.Name, Mark.Line, [.. strain.Select(value => 100 * value)], stress);
            }),
        ],
    };

    /// <summary>The mean over modes, up to the strain that all of a structure's reached on the same steps; null where they did not take the same.</summary>
    private static Figure? MeanOf(CsvTable table, string[] modes, string kind)
    {
        if (modes.Length < 2)
        {
            return null;
        }

        foreach ((_, _, CsvTable rows) in AnalysisTables.Structures(table))
        {
            if (Mean(rows, modes) is null)
            {
                return null;
            }
        }

        return Curves(
            table, $"stress-strain-{kind}", $"mean of the {kind} modes",
            FormattableString.Invariant($"Mean stress over {modes.Length} {kind} modes of quasistatic loading, positive when it resists."), rows => Mean(rows, modes)!.Value);
    }

    private static (double[] Strain, double[] Stress)? Mean(CsvTable rows, string[] modes)
    {
        (double[] Strain, double[] Stress)[] curves = [.. modes.Select(mode => rows.Where("mode", mode)).Select(one => (one.Numbers("strain"), one.Numbers("stress_GPa")))];
        int points = curves.Min(curve => curve.Strain.Length);
        double[] strain = curves[0].Strain[..points];
        return points > 1 && curves.All(curve => curve.Strain.AsSpan(0, points).SequenceEqual(strain))
            ? (strain, [.. Enumerable.Range(0, points).Select(i => Statistics.Mean([.. curves.Select(curve => curve.Stress[i])]))])
            : null;
    }

    private static Figure Bars(CsvTable table, (string Column, string Id, string Choice, Axis Axis, string Caption) number)
    {
        string[] modes = [.. table.Texts("mode").Distinct()];
        (string Label, string Name, CsvTable Rows)[] structures = [.. AnalysisTables.Structures(table)];
        var kinds = new (string Name, Func<string, bool> IsSuch)[] { ("shear", IsShear), ("axial", mode => !IsShear(mode)) };
        string means = string.Join("; ", kinds.Where(kind => modes.Any(kind.IsSuch))
            .Select(kind => $"{kind.Name} {string.Join(", ", structures.Select(one => MeanText(one, number.Column, kind.IsSuch)))}"));
        return new Figure
        {
            Id = $"loading-{number.Id}",
            Title = "The loadings in numbers",
            Caption = $"{number.Caption} Means over the modes: {means}.",
            X = new Axis("mode") { Categories = modes },
            Y = number.Axis,
            Group = "loading-numbers",
            Choice = number.Choice,
            Series =
            [
                .. structures.Select((one, slot) => AnalysisTables.Series(
                    slot, one.Name, Mark.Bars, [.. one.Rows.Texts("mode").Select(mode => (double)Array.IndexOf(modes, mode))], one.Rows.Numbers(number.Column))),
            ],
        };
    }

    private static string MeanText((string Label, string Name, CsvTable Rows) one, string column, Func<string, bool> isSuch)
    {
        double[] values = Statistics.Finite(one.Rows.Texts("mode").Zip(one.Rows.Numbers(column)).Where(entry => isSuch(entry.First)).Select(entry => entry.Second));
        return values.Length > 0 ? FormattableString.Invariant($"{Statistics.Mean(values):G4} {one.Name}") : $"none {one.Name}";
    }
}
