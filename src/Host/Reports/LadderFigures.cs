namespace Glasswright.Host.Reports;

/// <summary>How the ladders of constants worked.</summary>
internal sealed class LadderFigures(RunFiles run)
{
    /// <summary>The section; null of a run without ladders.</summary>
    public ReportSection? Section()
    {
        if (run.Exchanges is not { Count: > 0 } exchanges)
        {
            return null;
        }

        double trips = run.Number("tempering", "round_trips"), barrier = run.Number("tempering", "barrier");
        string text = double.IsNaN(barrier)
            ? "What is exchanged is the rung, never the structure."
            : FormattableString.Invariant($"What is exchanged is the rung, never the structure. Round trips: {trips}; barrier Λ = {barrier:F2}, so a good ladder has about {Math.Ceiling((2 * barrier) + 1)} rungs. With relaxation these figures are heuristics, since a swap does not always return.");
        return new ReportSection("ladder", "Ladders of constants", text, [Walk(), Pairs(exchanges), OfRungs()], []);
    }

    private Figure Walk() => new()
    {
        Id = "rungs",
        Title = "Rungs of the replicas over time",
        Caption = "The rung under whose constants each trial of a replica was decided; 0 is the strictest. A ladder that works lets every replica wander over all rungs.",
        X = new Axis("trial"),
        Y = new Axis("rung"),
        Series =
        [
            .. run.Chains.Where(chain => chain.Count > 0).Select(chain =>
            {
                int[] changes = [.. Enumerable.Range(0, chain.Count).Where(i => i == 0 || i == chain.Count - 1 || chain.Rung[i] != chain.Rung[i - 1])];
                return new Series(FormattableString.Invariant($"replica {chain.Replica}"), Mark.Steps, [.. changes.Select(i => chain.Trial[i])], [.. changes.Select(i => chain.Rung[i])])
                {
                    Color = chain.Replica,
                    Dashed = chain.Replica % 2 == 1,
                };
            }),
        ],
    };

    private static Figure Pairs(CsvTable exchanges)
    {
        double[] pairs = exchanges.Numbers("pair"), probability = exchanges.Numbers("probability"), accepted = exchanges.Numbers("accepted");
        double[] names = [.. pairs.Distinct().Order()];
        double[] places = [.. Enumerable.Range(0, names.Length).Select(i => (double)i)];
        return new Figure
        {
            Id = "exchanges",
            Title = "Exchanges of neighboring rungs",
            Caption = "Mean probability of an exchange over all rounds, warm-up included, and the share that happened. About a fifth and more keeps a ladder moving.",
            X = new Axis("pair of rungs") { Categories = [.. names.Select(pair => FormattableString.Invariant($"{pair} and {pair + 1}"))] },
            Y = new Axis("exchanges", "%"),
            Series =
            [
                new Series("mean probability", Mark.Bars, places, [.. names.Select(pair => 100 * MeanOf(probability, pairs, pair))]) { Color = 0 },
                new Series("happened", Mark.Bars, places, [.. names.Select(pair => 100 * MeanOf(accepted, pairs, pair))]) { Color = 1 },
            ],
        };
    }

    private Figure OfRungs()
    {
        double[] rungs = [.. run.Chains.SelectMany(chain => chain.Rung).Distinct().Order()];
        double[] places = [.. Enumerable.Range(0, rungs.Length).Select(i => (double)i)];
        return new Figure
        {
            Id = "rung-acceptance",
            Title = "Acceptance by rung",
            Caption = "Share of accepted trials among those decided on each rung: it grows with the constants if they are what holds the chains back.",
            X = new Axis("rung") { Categories = [.. rungs.Select(rung => FormattableString.Invariant($"{rung}"))] },
            Y = new Axis("accepted", "%"),
            Series =
            [
                new Series("accepted", Mark.Bars, places, [
                    .. rungs.Select(rung => 100 * MeanOf(
                        [.. run.Chains.SelectMany(chain => chain.Accepted.Select(accepted => accepted ? 1.0 : 0))], [.. run.Chains.SelectMany(chain => chain.Rung)], rung)),
                ]),
            ],
        };
    }

    private static double MeanOf(double[] values, double[] keys, double key) => Statistics.Mean([.. values.Where((_, i) => keys[i] == key)]);
}
