using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// What a composition costs where it may vary, eV: W of the numbers N_A of atoms of each species. Semi-grand:
/// W = -Σ_A μ_A N_A with chemical potentials μ_A in eV, of which only differences count, since N = Σ_A N_A stays.
/// Variance-constrained: W = κ N Σ_A (N_A/N - c_A)², over the species that have a wanted share c_A, κ in eV.
/// </summary>
/// <remarks>
/// Semi-grand ensemble: Kofke and Glandt, Mol. Phys. 64, 1105 (1988), doi:10.1080/00268978800100743. Variance constraint: Sadigh et al.,
/// Phys. Rev. B 85, 184203 (2012), doi:10.1103/PhysRevB.85.184203. Sums run in the order of the species in the structure.
/// </remarks>
internal sealed class CompositionTerm
{
    private readonly IReadOnlyDictionary<string, double> _figures;
    private readonly double? _kappa;

    private CompositionTerm(IReadOnlyDictionary<string, double> figures, double? kappa)
    {
        _figures = figures;
        _kappa = kappa;
    }

    /// <summary>κ in eV of a variance constraint; null of chemical potentials.</summary>
    public double? Kappa => _kappa;

    /// <summary>μ_A in eV, or c_A, by element.</summary>
    public IReadOnlyDictionary<string, double> Figures => _figures;

    /// <summary>W = -Σ_A μ_A N_A.</summary>
    /// <param name="potentials">μ_A in eV by element.</param>
    public static CompositionTerm SemiGrand(IReadOnlyDictionary<string, double> potentials) => new(potentials, null);

    /// <summary>W = κ N Σ_A (N_A/N - c_A)².</summary>
    /// <param name="shares">c_A by element.</param>
    /// <param name="kappa">κ, eV.</param>
    public static CompositionTerm VarianceConstrained(IReadOnlyDictionary<string, double> shares, double kappa) => new(shares, kappa);

    /// <summary>Number of atoms of each species, in the order of the structure's species.</summary>
    public static int[] Count(AtomicStructure structure)
    {
        var counts = new int[structure.SpeciesNames.Count];
        foreach (int species in structure.Species)
        {
            counts[species]++;
        }

        return counts;
    }

    /// <summary>W of a structure, eV.</summary>
    public double Of(AtomicStructure structure) => Of(structure.SpeciesNames, Count(structure));

    /// <summary>W of numbers of atoms, eV.</summary>
    /// <param name="names">The species.</param>
    /// <param name="counts">N_A of each.</param>
    public double Of(IReadOnlyList<string> names, ReadOnlySpan<int> counts)
    {
        double atoms = 0, sum = 0;
        foreach (int count in counts)
        {
            atoms += count;
        }

        for (int s = 0; s < counts.Length; s++)
        {
            if (_figures.TryGetValue(names[s], out double figure))
            {
                double off = (counts[s] / atoms) - figure;
                sum += _kappa is null ? -figure * counts[s] : off * off;
            }
        }

        return _kappa is { } kappa ? kappa * atoms * sum : sum;
    }

    /// <summary>Refuses figures of elements that a structure does not have, and a species without a chemical potential.</summary>
    /// <exception cref="InputException">There is one.</exception>
    public void RequireFits(AtomicStructure structure)
    {
        IReadOnlyList<string> names = structure.SpeciesNames;
        string setting = _kappa is null ? "search.composition.chemical-potential" : "search.composition.target";
        foreach (string element in _figures.Keys)
        {
            if (!names.Contains(element, StringComparer.Ordinal))
            {
                throw new InputException(
                    $"{setting} names a species that the structure does not have",
                    expected: string.Join(", ", names),
                    found: element,
                    nearest: NearestName.Find(element, [.. names]));
            }
        }

        if (_kappa is null && names.FirstOrDefault(name => !_figures.ContainsKey(name)) is { } without)
        {
            throw new InputException(
                $"{setting} does not name every species of the structure: any of them may be made of an atom",
                expected: string.Join(", ", names),
                found: $"no {without}");
        }
    }
}
