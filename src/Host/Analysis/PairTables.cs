using Glasswright.Host.Output;
using Glasswright.Kernels.Analysis;

namespace Glasswright.Host.Analysis;

/// <summary>The tables of distances: g(r), its change, S(q), coordination numbers, Warren-Cowley parameters.</summary>
internal static class PairTables
{
    private const double LargestQ = 15;
    private const double StepOfQ = 0.05;

    /// <summary>Writes them; the species of all structures are the same.</summary>
    public static void Write(AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, AnalysisSettings settings)
    {
        IReadOnlyList<string> species = structures[0].Species;
        (int A, int B, string Name)[] pairs =
            [.. from a in Enumerable.Range(0, species.Count) from b in Enumerable.Range(a, species.Count - a) select (a, b, $"{species[a]}-{species[b]}")];
        string[] names = [.. pairs.Select(pair => pair.Name)];
        folder.Write(
            "gr.csv",
            [
                "pair distribution functions, total and partial: g_ab = V n_ab / (N_a (N_b - [a = b]) 4 pi/3 (r2^3 - r1^3)); r is the middle of a bin, Å",
                "D. A. Keen, J. Appl. Crystallogr. 34, 172 (2001), doi:10.1107/S0021889800019993",
            ],
            ["structure", "r_A", "total", .. names],
            csv => structures.ToList().ForEach(one => WriteCurves(csv, one.Label, one.Pairs.Radius, Curves(one.Pairs, pairs))));
        if (structures.Count > 1)
        {
            folder.Write(
                "gr-change.csv",
                [$"g(r) of each structure less g(r) of '{structures[0].Label}'"],
                ["structure", "r_A", "total", .. names],
                csv => WriteChanges(csv, structures, pairs));
        }

        WriteStructureFactors(folder, structures, pairs, species);
        folder.Write(
            "coordination.csv",
            ["mean number of b within the cutoff of an a; the cutoff is the first minimum of the partial g(r), or --cutoff; empty where g(r) shows none"],
            ["structure", "a", "b", "cutoff_A", "coordination"],
            csv => structures.ToList().ForEach(one => WriteCoordination(csv, one, settings)));
        folder.Write(
            "warren-cowley.csv",
            [
                "alpha_ab = 1 - Z_ab/(c_b Z_a) between the minima of the total g(r), or within --cutoff: 0 without chemical order, negative where a prefers b",
                "J. M. Cowley, Phys. Rev. 77, 669 (1950), doi:10.1103/PhysRev.77.669",
            ],
            ["structure", "shell", "from_A", "to_A", "a", "b", "alpha"],
            csv => structures.ToList().ForEach(one => WriteOrder(csv, one, settings)));
    }

    private static double[][] Curves(PairDistribution distribution, (int A, int B, string Name)[] pairs) =>
        [distribution.Total(), .. pairs.Select(pair => distribution.Partial(pair.A, pair.B))];

    private static void WriteCurves(CsvWriter csv, string label, Func<int, double> x, double[][] curves)
    {
        for (int k = 0; k < curves[0].Length; k++)
        {
            csv.Cell(label).Cell(x(k));
            foreach (double[] curve in curves)
            {
                csv.Cell(curve[k]);
            }

            csv.EndRow();
        }
    }

    private static void WriteChanges(CsvWriter csv, IReadOnlyList<AnalyzedStructure> structures, (int A, int B, string Name)[] pairs)
    {
        double[][] first = Curves(structures[0].Pairs, pairs);
        foreach (AnalyzedStructure other in structures.Skip(1))
        {
            double[][] curves = Curves(other.Pairs, pairs);
            WriteCurves(csv, other.Label, other.Pairs.Radius, [.. curves.Zip(first, (after, before) => after.Zip(before, (x, y) => x - y).ToArray())]);
        }
    }

    private static void WriteStructureFactors(
        AnalysisFolder folder, IReadOnlyList<AnalyzedStructure> structures, (int A, int B, string Name)[] pairs, IReadOnlyList<string> species)
    {
        int points = (int)Math.Round(LargestQ / StepOfQ);
        folder.Write(
            "sq.csv",
            [
                "structure factors by the transform of g(r) with Lorch's window: number-number, weighted by atomic numbers (X-rays, form factors as Z), by coherent scattering lengths (neutrons), partial; q in 1/Å",
                FormattableString.Invariant($"below q = 2 pi/{structures[0].Pairs.Bins * structures[0].Pairs.Step} Å nothing is told; x_ray is empty where a species is no element, neutron where its length is not known, depends on the energy or the lengths cancel"),
                "T. E. Faber, J. M. Ziman, Philos. Mag. 11, 153 (1965), doi:10.1080/14786436508211931; E. Lorch, J. Phys. C 2, 229 (1969), doi:10.1088/0022-3719/2/2/305",
                "scattering lengths: V. F. Sears, Neutron News 3(3), 26 (1992), doi:10.1080/10448639208218770",
            ],
            ["structure", "q_per_A", "number", "x_ray", "neutron", .. pairs.Select(pair => pair.Name)],
            csv =>
            {
                foreach (AnalyzedStructure one in structures)
                {
                    double[][] g = Curves(one.Pairs, pairs);
                    double[]? xRays = StructureFactor.XRayWeights(species, one.Pairs.Atoms), neutrons = StructureFactor.NeutronWeights(species, one.Pairs.Atoms);
                    for (int k = 1; k <= points; k++)
                    {
                        double q = Math.Round(k * StepOfQ, 9);
                        double[] s = [.. g.Select(curve => StructureFactor.Compute(curve, one.Pairs.Step, one.Pairs.NumberDensity, q))];
                        csv.Cell(one.Label).Cell(q).Cell(s[0]).Cell(Weighted(s, pairs, xRays, species.Count)).Cell(Weighted(s, pairs, neutrons, species.Count));
                        foreach (double partial in s.Skip(1))
                        {
                            csv.Cell(partial);
                        }

                        csv.EndRow();
                    }
                }
            });
    }

    private static double Weighted(double[] s, (int A, int B, string Name)[] pairs, double[]? weights, int species)
    {
        double sum = 0;
        for (int p = 0; p < pairs.Length; p++)
        {
            double weight = weights is null ? double.NaN : weights[(pairs[p].A * species) + pairs[p].B] * (pairs[p].A == pairs[p].B ? 1 : 2);

            // A species without atoms has no partial and no weight.
            sum += weight == 0 ? 0 : weight * s[p + 1];
        }

        return sum;
    }

    private static void WriteCoordination(CsvWriter csv, AnalyzedStructure one, AnalysisSettings settings)
    {
        for (int a = 0; a < one.Species.Count; a++)
        {
            for (int b = 0; b < one.Species.Count; b++)
            {
                double cutoff = one.Cutoff(a, b, settings);
                double number = double.IsNaN(cutoff) ? double.NaN : one.Pairs.Coordination(a, b, cutoff);
                csv.Cell(one.Label).Cell(one.Species[a]).Cell(one.Species[b]).Cell(cutoff).Cell(number).EndRow();
            }
        }
    }

    private static void WriteOrder(CsvWriter csv, AnalyzedStructure one, AnalysisSettings settings)
    {
        double[] bounds = settings.Cutoff is { } given ? [given] : one.Shells;
        for (int shell = 0; shell < bounds.Length; shell++)
        {
            double inner = shell == 0 ? 0 : bounds[shell - 1];
            for (int a = 0; a < one.Species.Count; a++)
            {
                for (int b = 0; b < one.Species.Count; b++)
                {
                    csv.Cell(one.Label).Cell(shell + 1).Cell(inner).Cell(bounds[shell]).Cell(one.Species[a]).Cell(one.Species[b]);
                    csv.Cell(WarrenCowley.Compute(one.Pairs, a, b, inner, bounds[shell])).EndRow();
                }
            }
        }
    }
}
