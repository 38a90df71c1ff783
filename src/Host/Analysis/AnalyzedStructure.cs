using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Analysis;

/// <summary>A structure with all that is computed of it.</summary>
/// <param name="Label">What the tables call it.</param>
/// <param name="Structure">The atoms.</param>
/// <param name="Energies">Energy of every atom, eV; null where there is no potential.</param>
/// <param name="Values">The model's value of every atom; null where there is no model.</param>
/// <param name="Motifs">Cells and order.</param>
/// <param name="Pairs">Pair distribution.</param>
internal sealed record AnalyzedStructure(
    string Label, AtomicStructure Structure, double[]? Energies, double[]? Values, StructureMotifs Motifs, PairDistribution Pairs)
{
    private const int MostShells = 4;

    /// <summary>Where the shells of all atoms end, Å.</summary>
    public double[] Shells { get; } = ShellBounds.Find(Pairs, null, null, MostShells);

    /// <summary>Names of the species, <c>type 1</c>, … where the file has none.</summary>
    public IReadOnlyList<string> Species { get; } = NamesOf(Structure);

    /// <summary>Computes everything.</summary>
    public static AnalyzedStructure Of(string label, AtomicStructure structure, double[]? energies, double[]? values, AnalysisSettings settings) => new(
        label,
        structure,
        energies,
        values,
        StructureMotifs.Of(structure, settings),
        PairDistribution.Compute(structure, settings.Range, settings.Step, settings.Runner));

    /// <summary>Names that tables can show.</summary>
    public static string[] NamesOf(AtomicStructure structure) =>
        [.. structure.SpeciesNames.Select((name, s) => name.Length > 0 ? name : FormattableString.Invariant($"type{s + 1}"))];

    /// <summary>Where the first shell of b around a ends, Å; NaN where g(r) shows no minimum.</summary>
    public double Cutoff(int a, int b, AnalysisSettings settings)
    {
        double[] bounds = settings.Cutoff is { } given ? [given] : ShellBounds.Find(Pairs, a, b, 1);
        return bounds.Length > 0 ? bounds[0] : double.NaN;
    }
}
