using Glasswright.Actors.Acceptance;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Dashboard;

/// <summary>The charts of a run that goes on; those of <see cref="CourseFigures"/> for a reader who is not done yet.</summary>
internal static class LiveFigures
{
    private const double ElectronvoltToMilli = 1e3;

    /// <summary>Draws what is known of the chains.</summary>
    public static IReadOnlyList<Figure> Of(IReadOnlyList<ChainTrack> chains)
    {
        if (chains.Count == 0)
        {
            return [];
        }

        bool hasValues = chains[0].Mean.Count > 0, hasLadder = chains.Any(chain => chain.Rungs.Count > 1 || chain.Rungs.Last > 0);
        return
        [
            .. hasValues ? chains.Select(Targets) : [],
            .. hasValues ? [Mean(chains)] : Array.Empty<Figure>(),
            Energy(chains),
            Acceptance(chains),
            Rejections(chains),
            .. hasLadder ? [Rungs(chains)] : Array.Empty<Figure>(),
        ];
    }

    private static string Name(ChainTrack chain) => FormattableString.Invariant($"replica {chain.Replica}");

    private static Series OfChain(ChainTrack chain, Mark mark, double[] x, double[] y) =>
        new(Name(chain), mark, x, y) { Color = chain.Replica, Dashed = chain.Replica % 2 == 1 };

    private static Figure Targets(ChainTrack chain) => new()
    {
        Id = FormattableString.Invariant($"targets-{chain.Replica}"),
        Title = "Targets against trials",
        Caption = $"Maximum, mean and quantiles of z over all atoms of the structure in which {Name(chain)} stands. A flat line is a stretch of rejected trials.",
        X = new Axis("trial"),
        Y = new Axis("z"),
        Group = "targets",
        Choice = Name(chain),
        Series =
        [
            .. CourseFigures.DrawnOrder.Select((figure, slot) =>
                new Series(TargetReport.Names[figure], Mark.Steps, chain.Figure(figure).X(chain.Trials), chain.Figure(figure).YHeld())
                {
                    Color = slot,
                    Dashed = slot % 2 == 1,
                }),
        ],
    };

    private static Figure Mean(IReadOnlyList<ChainTrack> chains) => new()
    {
        Id = "mean",
        Title = "Mean of all replicas",
        Caption = "Mean of z over all atoms of the structure in which each replica stands, predicted.",
        X = new Axis("trial"),
        Y = new Axis("mean of z"),
        Series = [.. chains.Select(chain => OfChain(chain, Mark.Steps, chain.Mean.X(chain.Trials), chain.Mean.YHeld()))],
    };

    private static Figure Energy(IReadOnlyList<ChainTrack> chains) => new()
    {
        Id = "energy",
        Title = "Energy",
        Caption = "Potential energy per atom of the structure in which each replica stands, relative to the relaxed start.",
        X = new Axis("trial"),
        Y = new Axis("energy change", "meV/atom"),
        Series =
        [
            .. chains.Select(chain => OfChain(
                chain, Mark.Steps, chain.Energy.X(chain.Trials), [.. chain.Energy.YHeld().Select(energy => (energy - chain.Energy.First) / chain.Atoms * ElectronvoltToMilli)])),
        ],
    };

    private static Figure Acceptance(IReadOnlyList<ChainTrack> chains) => new()
    {
        Id = "acceptance",
        Title = "Acceptance along the search",
        Caption = "Share of accepted trials in windows of equal length. It falls as easy improvements are used up.",
        X = new Axis("trial"),
        Y = new Axis("accepted", "%"),
        Series = [.. chains.Select(chain => OfChain(chain, Mark.Steps, chain.Acceptance.Edges(), chain.Acceptance.Shares()))],
    };

    private static Figure Rejections(IReadOnlyList<ChainTrack> chains)
    {
        string[] reasons = [.. chains.SelectMany(chain => chain.Rejections.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        double[] places = [.. Enumerable.Range(0, reasons.Length).Select(i => (double)i)];
        return new Figure
        {
            Id = "rejections",
            Title = "What rejected the trials",
            Caption = "Rejected trials by the target that weighed most against them, or by the way in which their relaxation ended.",
            X = new Axis("reason") { Categories = reasons },
            Y = new Axis("trials"),
            Series =
            [
                .. chains.Select(chain => new Series(Name(chain), Mark.Bars, places, [.. reasons.Select(reason => (double)chain.Rejections.GetValueOrDefault(reason))])
                {
                    Color = chain.Replica,
                }),
            ],
        };
    }

    private static Figure Rungs(IReadOnlyList<ChainTrack> chains) => new()
    {
        Id = "rungs",
        Title = "Rungs of the replicas over time",
        Caption = "The rung under whose constants each trial of a replica was decided; 0 is the strictest. A ladder that works lets every replica wander over all rungs.",
        X = new Axis("trial"),
        Y = new Axis("rung"),
        Series = [.. chains.Select(chain => OfChain(chain, Mark.Steps, chain.Rungs.X(chain.Trials), chain.Rungs.YHeld()))],
    };
}
