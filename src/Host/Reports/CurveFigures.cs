namespace Glasswright.Host.Reports;

/// <summary>Functions of distance and of wave number, before and after: g(r), its change, S(q).</summary>
internal sealed class CurveFigures(AnalysisTables tables)
{
    private const string Radius = "r_A", WaveNumber = "q_per_A";

    /// <summary>g(r), total and partial.</summary>
    public IEnumerable<Figure> Distributions() => tables.Find("gr", "structure", Radius, "total") is not { } table ? [] : PartsOf(table).Select(part => Side(
        table, part, $"gr-{part}", "Pair distribution g(r)", "gr", part == "total" ? "all pairs" : part,
        $"g(r) of {(part == "total" ? "all pairs" : part)}: how much likelier a neighbor is at this distance than in a gas.", new Axis("r", "Å"), new Axis("g(r)"), FirstPair(table)));

    /// <summary>Δg(r) against the start, total and partial.</summary>
    public IEnumerable<Figure> Changes() => tables.Find("gr-change", "structure", Radius, "total") is not { } table ? [] : PartsOf(table).Select(part => Side(
        table, part, $"gr-change-{part}", "Change of the pair distribution, Δg(r)", "gr-change", part == "total" ? "all pairs" : part,
        $"g(r) of {(part == "total" ? "all pairs" : part)} less that before: where pairs were gained (above zero) and lost. In a small glass much of it is counting noise, in each bin about the root of its number of pairs.",
        new Axis("r", "Å"), new Axis("Δg(r)"), FirstPair(table), begins: 1));

    /// <summary>S(q) as X-rays and neutrons see it, of all atoms alike, and partial.</summary>
    public IEnumerable<Figure> StructureFactors()
    {
        if (tables.Find("sq", "structure", WaveNumber, "number") is not { } table)
        {
            yield break;
        }

        int from = Array.FindIndex(AnalysisTables.Structures(table)[0].Rows.Numbers(WaveNumber), q => q >= LeastWaveNumber());
        string[] order = ["x_ray", "neutron", "number"];
        foreach (string part in order.Where(table.Has).Concat(table.Names.Skip(2).Except(order)).Where(part => table.Numbers(part).Any(double.IsFinite)))
        {
            (string choice, string words) = part switch
            {
                "x_ray" => ("X-rays", "S(q) as X-rays see it, form factors going as atomic numbers."),
                "neutron" => ("neutrons", "S(q) as neutrons see it, by coherent scattering lengths (Sears 1992)."),
                "number" => ("all atoms alike", "S(q) of all atoms alike."),
                _ => (part, $"Partial S(q) of {part} (Faber and Ziman)."),
            };
            yield return Side(
                table, part, $"sq-{part.Replace('_', '-')}", "Structure factor S(q)", "sq", choice,
                $"{words} From g(r) with Lorch's window, which lowers and widens sharp peaks: compare with curves made so.", new Axis("q", "1/Å"), new Axis("S(q)"), Math.Max(from, 0));
        }
    }

    private static IEnumerable<string> PartsOf(CsvTable table) => table.Names.Skip(2);

    /// <summary>A column of every structure, from a row on; colors begin at that of the first.</summary>
    private static Figure Side(CsvTable table, string column, string id, string title, string group, string choice, string caption, Axis x, Axis y, int from, int begins = 0) => new()
    {
        Id = id,
        Title = title,
        Caption = caption,
        X = x,
        Y = y,
        Group = group,
        Choice = choice,
        Series =
        [
            .. AnalysisTables.Structures(table).Select((one, slot) =>
                AnalysisTables.Series(slot + begins, one.Name, Mark.Line, one.Rows.Numbers(table.Names[1])[from..], one.Rows.Numbers(column)[from..])),
        ],
    };

    /// <summary>The row of the last bin below the nearest pair of any structure: there is nothing before it.</summary>
    private static int FirstPair(CsvTable table)
    {
        int first = AnalysisTables.Structures(table).Min(one => Array.FindIndex(one.Rows.Numbers("total"), g => g != 0) is >= 0 and int at ? at : one.Rows.Count);
        return Math.Max(0, Math.Min(first, AnalysisTables.Structures(table).Min(one => one.Rows.Count)) - 1);
    }

    /// <summary>2π/R of the g(r) that S(q) was made of: below it nothing is told.</summary>
    private double LeastWaveNumber() => tables.Find("gr", Radius) is { Count: > 1 } table && table.Numbers(Radius) is var radii ? 2 * Math.PI / (radii[^1] + radii[0]) : 0;
}
