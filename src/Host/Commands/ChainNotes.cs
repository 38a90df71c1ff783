using Glasswright.Actors.Convergence;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Tempering;

namespace Glasswright.Host.Commands;

/// <summary>What a user is told of several chains: how the ladders work, and whether chains agree and have come to rest.</summary>
internal static class ChainNotes
{
    // Below it neighbors hardly exchange; a common rule of thumb aims at a fifth to a half.
    private const double RareExchange = 0.1;

    // Of fewer nothing can be said.
    private const int FewExchanges = 10;

    /// <summary>The rungs and their exchanges as a table.</summary>
    public static void PrintLadder(TextWriter writer, TemperingReport tempering)
    {
        writer.WriteLine($"{"rung",4}  {"scale",9}  {"trials",9}  {"accepted",9}  {"exchanges with the next",24}");
        for (int rung = 0; rung < tempering.Scales.Count; rung++)
        {
            RungTotals totals = tempering.Rungs.FirstOrDefault(r => r.Rung == rung);
            string share = totals.Trials > 0 ? FormattableString.Invariant($"{100.0 * totals.Accepted / totals.Trials:F2} %") : "-";
            string exchanges = rung < tempering.Pairs.Count && tempering.Pairs[rung].Tried > 0
                ? FormattableString.Invariant(
                    $"{tempering.Pairs[rung].Accepted} of {tempering.Pairs[rung].Tried} ({100 * tempering.Pairs[rung].MeanProbability:F1} %)")
                : "-";
            writer.WriteLine(FormattableString.Invariant(
                $"{rung,4}  {tempering.Scales[rung],9:F4}  {totals.Trials,9}  {share,9}  {exchanges,24}"));
        }

        writer.WriteLine();
        string counted = tempering.CountedRounds == tempering.Rounds ? "" : FormattableString.Invariant($" (exchanges counted in the last {tempering.CountedRounds})");
        writer.WriteLine(FormattableString.Invariant(
            $"{tempering.Ladders} ladder{(tempering.Ladders == 1 ? "" : "s")}, {tempering.Rounds} rounds{counted}; barrier Λ {tempering.Barrier:F2}; {tempering.RoundTrips} round trips of at most about {tempering.RoundTripLimit:F1}"));
        writer.WriteLine();
    }

    /// <summary>The ends of several chains as a table.</summary>
    public static void PrintSpread(TextWriter writer, ConvergenceReport convergence)
    {
        int width = Math.Max(6, convergence.Targets.Max(target => target.Name.Length));
        writer.WriteLine($"{"over the chains".PadRight(width)}  {"mean",12}  {"deviation",12}  {"lowest",12}  {"highest",12}  {"R-hat",7}");
        foreach (TargetConvergence t in convergence.Targets)
        {
            string deviation = double.IsFinite(t.Deviation) ? FormattableString.Invariant($"{t.Deviation:F5}") : "-";
            string rhat = double.IsFinite(t.Rhat) ? FormattableString.Invariant($"{t.Rhat:F2}") : "-";
            writer.WriteLine(FormattableString.Invariant(
                $"{t.Name.PadRight(Math.Max(width, "over the chains".Length))}  {t.Mean,12:F5}  {deviation,12}  {t.Lowest,12:F5}  {t.Highest,12:F5}  {rhat,7}"));
        }

        writer.WriteLine();
    }

    /// <summary>One line for each thing that a user may want to change.</summary>
    public static IEnumerable<string> Advice(TemperingReport? tempering, ConvergenceReport? convergence)
    {
        if (tempering is not null)
        {
            string[] rare =
            [
                .. tempering.Pairs.Where(pair => pair.Tried >= FewExchanges && pair.MeanProbability < RareExchange)
                    .Select(pair => FormattableString.Invariant($"{pair.Pair} and {pair.Pair + 1}")),
            ];
            if (rare.Length > 0)
            {
                yield return FormattableString.Invariant(
                    $"rungs {string.Join(", ", rare)} exchange in less than {RareExchange:P0} of their rounds; more scales in tempering.scales, or tempering.warm-up-rounds, would help");
            }
        }

        if (convergence is not null && convergence.Targets.Where(target => target.StillFalling).Select(target => target.Name).ToArray() is { Length: > 0 } falling)
        {
            yield return $"still falling in the last fifth of the trials: {string.Join(", ", falling)}; more trials would lower them further";
        }
    }
}
