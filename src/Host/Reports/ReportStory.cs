using System.Globalization;
using System.Text.Json.Nodes;
using Glasswright.Host.Analysis;
using Glasswright.Host.Output;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Reports;

/// <summary>The headline of a report: what was done, what came of it, and what is still to come.</summary>
internal sealed class ReportStory(RunFiles run, PropertyName property)
{
    private const double ElectronvoltToMilli = 1e3;

    /// <summary>A number of JSON; NaN where there is none.</summary>
    public static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;

    /// <summary>A number as people read it.</summary>
    public static string Shown(double value) => double.IsNaN(value) ? "-" : Typeset(value.ToString("G6", CultureInfo.InvariantCulture));

    /// <summary>A difference, with its sign.</summary>
    public static string Signed(double value) => double.IsNaN(value) ? "-" : Typeset(value.ToString("+0.####;-0.####;0", CultureInfo.InvariantCulture));

    /// <summary>What the report is about.</summary>
    public string Title() => run.Before is { } glass ? $"{Formula(glass.Structure)}, {Counted(glass.Structure.Count)} atoms: search {run.Text("run")}" : $"Search {run.Text("run")}";

    /// <summary>The story in sentences.</summary>
    public IReadOnlyList<string> Sentences()
    {
        string chains = run.Chains.Count == 1 ? "One chain" : $"{run.Chains.Count} chains";
        double share = run.Trials == 0 ? 0 : 100.0 * run.Accepted / run.Trials;
        var sentences = new List<string>
        {
            run.Before is { } glass
                ? FormattableString.Invariant($"{chains} of atom swaps searched a glass of {glass.Structure.Count} atoms ({Formula(glass.Structure)}) for a better structure: {Counted(run.Trials)} trials, of which {Counted(run.Accepted)} ({share:0.##} %) were accepted.")
                : FormattableString.Invariant($"{chains}, {run.Trials} trials: no structure is there yet."),
        };
        if (MeanChange() is { } mean)
        {
            sentences.Add(FormattableString.Invariant(
                $"The mean of {property.Short} {Verb(mean.Last - mean.First)} from {Typeset(mean.First.ToString("F4", CultureInfo.InvariantCulture))} to {Typeset(mean.Last.ToString("F4", CultureInfo.InvariantCulture))} by the network's prediction{EnergyWords()}."));
        }

        sentences.Add(run.Outcome switch
        {
            "finished" => "The search came to its end.",
            "stopped" => $"The search was stopped; `glasswright search --resume {run.Called}` goes on with it.",
            "failed" => "The search failed; the log at the end of this page tells how.",
            _ => $"No end of the search is recorded: it is still going, or was killed (then `glasswright search --resume {run.Called}` goes on with it). This report shows what was there when it was made.",
        });
        if (run.Paths.FirstOrDefault(path => path.Torn is not null) is { } torn)
        {
            sentences.Add(FormattableString.Invariant($"The last structure of replica {torn.Replica} was being written and is not in this report."));
        }

        return sentences;
    }

    /// <summary>The figures of the headline.</summary>
    public IReadOnlyList<ReportFact> Facts()
    {
        var facts = new List<ReportFact> { new("Outcome", run.Outcome) };
        if (MeanChange() is { } mean)
        {
            facts.Add(new ReportFact("Mean of z", $"{Typeset(mean.First.ToString("F3", CultureInfo.InvariantCulture))} → {Typeset(mean.Last.ToString("F3", CultureInfo.InvariantCulture))}", $"change {Signed(mean.Last - mean.First)}, predicted"));
        }

        if (EnergyChange() is { } energy)
        {
            facts.Add(new ReportFact("Energy", $"{Typeset(energy.ToString("+0.00;-0.00;0", CultureInfo.InvariantCulture))} meV/atom", "paper: +3.75 (4 %), +0.55 (10 %)"));
        }

        if (run.Before is { } glass && StructureMotifs.DensityOf(glass.Structure) is var density && double.IsFinite(density))
        {
            facts.Add(new ReportFact("Density", FormattableString.Invariant($"{density:0.000} g/cm³"), FormattableString.Invariant($"{glass.Structure.Cell.Volume / glass.Structure.Count:0.00} Å³ an atom, of the start")));
        }

        facts.Add(new ReportFact("Accepted", $"{Counted(run.Accepted)} of {Counted(run.Trials)}", run.Trials == 0 ? null : FormattableString.Invariant($"{100.0 * run.Accepted / run.Trials:0.##} %")));
        facts.Add(new ReportFact("Chains", Counted(run.Chains.Count)));
        facts.Add(new ReportFact("Seed", run.Text("seed") ?? "-"));
        facts.Add(new ReportFact("Numerics", (run.Text("numerics") ?? "-").Split(':')[0], "version of the arithmetic"));
        if (run.Number("elapsed_s") is var elapsed && double.IsFinite(elapsed))
        {
            facts.Add(new ReportFact("Time", ProgressLine.Duration(TimeSpan.FromSeconds(elapsed)), $"on {run.Text("host")}"));
        }

        return facts;
    }

    private static string Verb(double change) => change < 0 ? "fell" : change > 0 ? "rose" : "stayed";

    /// <summary>With a true minus sign.</summary>
    public static string Typeset(string text) => text.Replace('-', '−');

    /// <summary>A count with its thousands.</summary>
    public static string Counted(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Formula(AtomicStructure structure) => string.Concat(structure.SpeciesNames.Select((name, k) => (Name: name, Count: structure.Species.Count(s => s == k)))
        .Where(species => species.Count > 0)
        .Select(species => FormattableString.Invariant($"{species.Name}{100.0 * species.Count / structure.Count:0.#}")));

    private (double First, double Last)? MeanChange() =>
        run.Before?.Columns.GetValueOrDefault(AcceptedPath.ValueColumn) is { } before && run.After?.Columns.GetValueOrDefault(AcceptedPath.ValueColumn) is { } after
            ? (Statistics.Mean(before), Statistics.Mean(after))
            : null;

    private double? EnergyChange() =>
        run.Before?.Columns.GetValueOrDefault(AcceptedPath.EnergyColumn) is { } before && run.After?.Columns.GetValueOrDefault(AcceptedPath.EnergyColumn) is { } after
            ? (Statistics.Mean(after) - Statistics.Mean(before)) * ElectronvoltToMilli
            : null;

    private string EnergyWords() => EnergyChange() is { } change
        ? FormattableString.Invariant($", while the energy {Verb(change)} by {Math.Abs(change):0.00} meV per atom")
        : "";
}
