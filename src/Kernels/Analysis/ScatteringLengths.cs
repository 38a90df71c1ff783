namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Bound coherent scattering lengths b of the elements for thermal neutrons, fm, in their natural isotopic composition: the real parts of V. F. Sears, Neutron News 3(3), 26
/// (1992), doi:10.1080/10448639208218770, which NIST's Center for Neutron Research lists. Cadmium, samarium, europium and gadolinium are left out: their lengths depend
/// strongly on the energy. Boron, indium and dysprosium absorb; an imaginary part below 0.3 fm is neglected.
/// </summary>
internal static class ScatteringLengths
{
    private static readonly (string Symbol, double Length)[] Table =
    [
        ("H", -3.7390), ("He", 3.26), ("Li", -1.90), ("Be", 7.79), ("B", 5.30), ("C", 6.6460), ("N", 9.36), ("O", 5.803), ("F", 5.654), ("Ne", 4.566),
        ("Na", 3.63), ("Mg", 5.375), ("Al", 3.449), ("Si", 4.1491), ("P", 5.13), ("S", 2.847), ("Cl", 9.5770), ("Ar", 1.909), ("K", 3.67), ("Ca", 4.70),
        ("Sc", 12.29), ("Ti", -3.438), ("V", -0.3824), ("Cr", 3.635), ("Mn", -3.73), ("Fe", 9.45), ("Co", 2.49), ("Ni", 10.3), ("Cu", 7.718), ("Zn", 5.680),
        ("Ga", 7.288), ("Ge", 8.185), ("As", 6.58), ("Se", 7.970), ("Br", 6.795), ("Kr", 7.81), ("Rb", 7.09), ("Sr", 7.02), ("Y", 7.75), ("Zr", 7.16),
        ("Nb", 7.054), ("Mo", 6.715), ("Ru", 7.03), ("Rh", 5.88), ("Pd", 5.91), ("Ag", 5.922), ("In", 4.065), ("Sn", 6.225), ("Sb", 5.57), ("Te", 5.80),
        ("I", 5.28), ("Xe", 4.92), ("Cs", 5.42), ("Ba", 5.07), ("La", 8.24), ("Ce", 4.84), ("Pr", 4.58), ("Nd", 7.69), ("Tb", 7.38), ("Dy", 16.9),
        ("Ho", 8.01), ("Er", 7.79), ("Tm", 7.07), ("Yb", 12.43), ("Lu", 7.21), ("Hf", 7.7), ("Ta", 6.91), ("W", 4.86), ("Re", 9.2), ("Os", 10.7),
        ("Ir", 10.6), ("Pt", 9.60), ("Au", 7.63), ("Hg", 12.692), ("Tl", 8.776), ("Pb", 9.405), ("Bi", 8.532), ("Th", 10.31), ("U", 8.417),
    ];

    /// <summary>By symbol.</summary>
    public static IReadOnlyDictionary<string, double> All { get; } = Table.ToDictionary(entry => entry.Symbol, entry => entry.Length, StringComparer.Ordinal);

    /// <summary>The length of an element, fm; null where it is not known or depends on the energy.</summary>
    public static double? Find(string symbol) => All.TryGetValue(symbol, out double length) ? length : null;
}
