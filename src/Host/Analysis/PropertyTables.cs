using Glasswright.Host.Output;
using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Evaluation;

namespace Glasswright.Host.Analysis;

/// <summary>The tables of energies and values: distributions by species, their correlation, slices.</summary>
internal static class PropertyTables
{
    private const int Bins = 50;
    private static readonly string[] Axes = ["a", "b", "c"];

    /// <summary>Writes those for which there is something.</summary>
    public static void Write(AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings)
    {
        folder.Write(
            "distributions.csv",
            ["how many atoms of a species have a quantity between two bounds (the upper included), with the mean and the standard deviation of all of the species", "volumes in Å3, energies in eV, values in the model's unit"],
            ["structure", "quantity", "species", "mean", "deviation", "from", "to", "atoms"],
            csv => structures.ToList().ForEach(one => WriteDistributions(csv, one)));
        if (structures.Any(one => one.Energies is not null && one.Values is not null))
        {
            folder.Write(
                "correlation.csv",
                ["Pearson's r of the energy of an atom (eV) and its value, over the atoms of a species and over all"],
                ["structure", "species", "atoms", "pearson"],
                csv => structures.ToList().ForEach(one => WriteCorrelation(csv, one)));
        }

        if (structures.Any(one => one.Values is not null))
        {
            folder.Write(
                "slices.csv",
                [
                    $"the value in slices of about 3 Å along {Axes[settings.Axis]}: at points about 1 Å apart in the middle of a slice the mean of the slice's atoms",
                    "with weights exp(-d2/2 sigma2), d the distance in the plane, sigma = 1.5 Å, up to 4 sigma; empty where no atom is near; x, y, z in Å",
                ],
                ["structure", "slice", "x", "y", "z", "value"],
                csv => structures.ToList().ForEach(one => WriteSlices(csv, one, settings)));
        }
    }

    /// <summary>Pearson's r of energy and value over the atoms of a species, or all; NaN where one is missing.</summary>
    public static double Correlate(AnalyzedStructure one, int? species)
    {
        if (one.Energies is not { } energies || one.Values is not { } values)
        {
            return double.NaN;
        }

        int[] atoms = [.. Enumerable.Range(0, one.Structure.Count).Where(i => species is null || one.Structure.Species[i] == species)];
        return Correlation.Pearson(Array.ConvertAll(atoms, i => energies[i]), Array.ConvertAll(atoms, i => values[i]));
    }

    private static void WriteDistributions(CsvWriter csv, AnalyzedStructure one)
    {
        foreach ((string name, double[]? quantity) in ((string, double[]?)[])
            [("volume", one.Motifs.Cells.Volumes.ToArray()), ("energy", one.Energies), ("value", one.Values)])
        {
            for (int s = 0; quantity is not null && s < one.Species.Count; s++)
            {
                int species = s;
                var histogram = Histogram.Of(quantity, i => one.Structure.Species[i] == species, Bins);
                for (int k = 0; k < Bins; k++)
                {
                    csv.Cell(one.Label).Cell(name).Cell(one.Species[s]).Cell(histogram.Mean).Cell(histogram.Deviation);
                    csv.Cell(histogram.Low + (k * histogram.Width)).Cell(histogram.Low + ((k + 1) * histogram.Width)).Cell(histogram.Counts[k]).EndRow();
                }
            }
        }
    }

    private static void WriteCorrelation(CsvWriter csv, AnalyzedStructure one)
    {
        if (one.Energies is null || one.Values is null)
        {
            return;
        }

        for (int s = 0; s < one.Species.Count; s++)
        {
            csv.Cell(one.Label).Cell(one.Species[s]).Cell(one.Pairs.Atoms[s]).Cell(Correlate(one, s)).EndRow();
        }

        csv.Cell(one.Label).Cell("all").Cell(one.Structure.Count).Cell(Correlate(one, null)).EndRow();
    }

    private static void WriteSlices(CsvWriter csv, AnalyzedStructure one, AnalysisSettings settings)
    {
        if (one.Values is not { } values)
        {
            return;
        }

        foreach (SlicePoint point in new PropertySlices(one.Structure.Cell, settings.Axis).Interpolate(one.Structure, values))
        {
            Vector3 r = point.Position;
            csv.Cell(one.Label).Cell(point.Slice).Cell(r.X).Cell(r.Y).Cell(r.Z).Cell(point.Value).EndRow();
        }
    }
}
