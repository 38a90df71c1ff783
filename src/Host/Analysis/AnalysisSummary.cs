using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Analysis;

namespace Glasswright.Host.Analysis;

/// <summary>The few numbers of an analysis that are printed, and the warnings.</summary>
internal static class AnalysisSummary
{
    /// <summary>Adds a group for every structure, and warns of crystals.</summary>
    public static void AddStructures(Report report, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings, Session session)
    {
        var all = new Report();
        foreach (AnalyzedStructure one in structures)
        {
            all.Group(one.Label, one.Label, Describe(one, settings));
            double crystalline = one.Motifs.Order.Fraction;
            if (crystalline > Crystallinity.Limit)
            {
                session.Warn(FormattableString.Invariant(
                    $"{one.Label}: {100 * crystalline:F0} % of the atoms are crystalline ({100 * one.Motifs.Order.B2Fraction:F0} % in B2); what holds for glasses need not hold for it"));
            }
        }

        report.Group("structures", "structures", all);
    }

    /// <summary>Where two structures have values and differ by swaps: <c>shells.csv</c> and its classes.</summary>
    public static void AddShells(
        Report report, AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings, Session session)
    {
        if (structures.Count < 2 || structures[0].Values is not { } before || structures[1].Values is not { } after)
        {
            return;
        }

        double cutoff = settings.Cutoff ?? structures[0].Shells.FirstOrDefault(double.NaN);
        if (double.IsNaN(cutoff) || ShellChange.Of(structures[0].Structure, before, structures[1].Structure, after, cutoff) is not { } change)
        {
            session.Warn(double.IsNaN(cutoff)
                ? "g(r) shows no minimum, so there are no shells: --cutoff tells where neighbors end"
                : "the structures do not differ by swaps of the same atoms, so there is no change by shells");
            return;
        }

        folder.Write(
            "shells.csv",
            [
                FormattableString.Invariant($"change of the value from the first structure to the second: in the atoms whose species changed, in their first to fourth shell and farther"),
                FormattableString.Invariant($"shells count steps between neighbors within {cutoff} Å in the first structure"),
            ],
            ["group", "atoms", "mean_change", "mean_absolute_change"],
            csv =>
            {
                for (int k = 0; k < ShellChange.Groups.Count; k++)
                {
                    csv.Cell(ShellChange.Groups[k]).Cell(change.Atoms[k]).Cell(change.Means[k]).Cell(change.Absolutes[k]).EndRow();
                }
            });
        report.Group("shells", "change by shells", new Report()
            .Whole("swapped", "atoms whose species changed", change.Swapped.Count)
            .Map("mean_change", "mean change", ShellChange.Groups.Zip(change.Means, KeyValuePair.Create), "", "F4")
            .Text("class", "class", change.Signs));
    }

    private static Report Describe(AnalyzedStructure one, AnalysisSettings settings)
    {
        int[] species = [.. Enumerable.Range(0, one.Species.Count)];
        Report report = one.Motifs.Describe(one.Species);
        report.Number("first_minimum_A", "first minimum of g(r)", one.Shells.FirstOrDefault(double.NaN), "Å", "F3");
        report.Map(
            "coordination", "coordination",
            from a in species
            from b in species
            let cutoff = one.Cutoff(a, b, settings)
            select KeyValuePair.Create($"{one.Species[a]}-{one.Species[b]}", double.IsNaN(cutoff) ? double.NaN : one.Pairs.Coordination(a, b, cutoff)),
            "", "F3");
        if (one.Values is { } values)
        {
            report.Map(
                "value_mean", "mean value",
                species.Select(s => KeyValuePair.Create(one.Species[s], Histogram.Of(values, i => one.Structure.Species[i] == s, 1).Mean)), "", "F4");
        }

        if (one.Energies is not null && one.Values is not null)
        {
            report.Map(
                "energy_value_pearson", "Pearson of energy and value",
                species.Select(s => KeyValuePair.Create(one.Species[s], PropertyTables.Correlate(one, s))), "", "F3");
        }

        return report;
    }
}
