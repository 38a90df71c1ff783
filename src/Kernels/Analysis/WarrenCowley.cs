namespace Glasswright.Kernels.Analysis;

/// <summary>
/// Warren-Cowley parameters (J. M. Cowley, Phys. Rev. 77, 669 (1950), doi:10.1103/PhysRev.77.669): α_ab = 1 - Z_ab/(c_b Z_a) in a shell, with Z_ab
/// the mean number of b in the shell around an a, Z_a that of all atoms and c_b the share of b. 0 without chemical order, negative where a prefers b;
/// B2 has α = -1 of unlike atoms in its first shell.
/// </summary>
internal static class WarrenCowley
{
    /// <summary>α_ab between two radii; NaN where the shell around a is empty or there is no b.</summary>
    public static double Compute(PairDistribution distribution, int a, int b, double inner, double outer)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        double all = distribution.CountWithin(a, null, outer) - distribution.CountWithin(a, null, inner);
        double those = distribution.CountWithin(a, b, outer) - distribution.CountWithin(a, b, inner);
        int atoms = 0;
        foreach (int count in distribution.Atoms)
        {
            atoms += count;
        }

        double share = (double)distribution.Atoms[b] / atoms;
        return all > 0 && share > 0 ? 1 - (those / (share * all)) : double.NaN;
    }
}
