using Glasswright.Kernels.Structure;
using Glasswright.Models.Evaluation;

namespace Glasswright.Host.Reports;

/// <summary>The energy atom by atom, before and after, and what it has to do with the property.</summary>
internal sealed class EnergyFigures(RunFiles run, PropertyName property)
{
    private readonly StructureFrame? _before = run.Before;
    private readonly StructureFrame? _after = run.After;

    /// <summary>The section.</summary>
    public ReportSection Section()
    {
        if (_before is null || _after is null)
        {
            return new ReportSection("energy", "Energy", "", [], ["There is no structure yet: the run was stopped before its start was relaxed, or has only begun."]);
        }

        string[] species = [.. _before.Structure.SpeciesNames.Where((_, k) => _before.Structure.Species.Contains(k))];
        return new ReportSection(
            "energy",
            "Energy",
            "An atom's energy is its embedding energy and half of its pairs'.",
            [.. species.Select(Distribution).OfType<Figure>(), .. species.Select(Against).OfType<Figure>()],
            _after.Columns.ContainsKey(AcceptedPath.ValueColumn) ? [] : ["The energy is not set against the property: the run has no model."]);
    }

    private static (double[] Energy, double[] Value, string[] Labels) Of(StructureFrame frame, string species)
    {
        AtomicStructure structure = frame.Structure;
        int wanted = structure.SpeciesNames.ToList().IndexOf(species);
        int[] atoms = [.. Enumerable.Range(0, structure.Count).Where(i => structure.Species[i] == wanted)];
        double[]? energies = frame.Columns.GetValueOrDefault(AcceptedPath.EnergyColumn), values = frame.Columns.GetValueOrDefault(AcceptedPath.ValueColumn);
        return (
            energies is null ? [] : [.. atoms.Select(i => energies[i])],
            values is null ? [] : [.. atoms.Select(i => values[i])],
            [.. atoms.Select(i => FormattableString.Invariant($"atom {structure.Ids[i]}"))]);
    }

    private Figure? Distribution(string species)
    {
        double[] before = Of(_before!, species).Energy, after = Of(_after!, species).Energy;
        if (before.Length == 0 || after.Length == 0)
        {
            return null;
        }

        double[] edges = Statistics.Edges(before, after);
        return new Figure
        {
            Id = $"energy-{species}",
            Title = $"Energy of {species} atoms, before and after",
            Caption = FormattableString.Invariant(
                $"Potential energy of each {species} atom in the start (open) and in the {(run.Best is null ? "present" : "best")} structure (filled); the mean goes from {Statistics.Mean(before):F4} to {Statistics.Mean(after):F4} eV (Fig. 3d of the paper)."),
            X = new Axis("energy of an atom", "eV"),
            Y = new Axis("atoms"),
            Series =
            [
                new Series("before", Mark.Steps, edges, Statistics.Counts(edges, before)) { Color = 0, Dashed = true },
                new Series(run.AfterName, Mark.Steps, edges, Statistics.Counts(edges, after)) { Color = 1, Filled = true },
            ],
        };
    }

    private Figure? Against(string species)
    {
        (double[] energy, double[] value, string[] labels) = Of(_after!, species);
        if (energy.Length == 0 || value.Length == 0)
        {
            return null;
        }

        double r = Correlation.Pearson(energy, value);
        string paper = species switch
        {
            "Cu" => " The paper has 0.269 for Cu.",
            "Zr" => " The paper has 0.148 for Zr.",
            _ => "",
        };
        return new Figure
        {
            Id = $"energy-property-{species}",
            Title = $"Energy against the property, {species} atoms",
            Caption = FormattableString.Invariant(
                $"Each {species} atom of the {(run.Best is null ? "present" : "best")} structure. Pearson's r = {r:F3}: {(Math.Abs(r) < 0.4 ? "the energy of an atom says little about its value" : "energy and value go together")} (Fig. 3e).{paper}"),
            X = new Axis("energy of an atom", "eV"),
            Y = property.Axis(),
            Series = [new Series(species, Mark.Points, energy, value) { Labels = labels, Color = species == "Zr" ? 1 : 0 }],
        };
    }
}
