namespace Glasswright.Kernels.Potentials;

/// <summary>
/// An embedded-atom potential as tabulated in a setfl file:
/// E = Σ_i F_{a_i}(ρ_i) + ½ Σ_{i≠j} φ_{a_i a_j}(r_ij), ρ_i = Σ_{j≠i} f_{a_j→a_i}(r_ij). Energies in eV, lengths in Å.
/// </summary>
/// <remarks>Values only, as they stand in the file; how they are interpolated is the force field's business.</remarks>
public sealed record EamTables
{
    /// <summary>Elements in file order.</summary>
    public required IReadOnlyList<string> Elements { get; init; }

    /// <summary>Masses, g/mol, by element.</summary>
    public required IReadOnlyList<double> Masses { get; init; }

    /// <summary>Spacing of the density grid; its first point is ρ = 0.</summary>
    public required double DensityStep { get; init; }

    /// <summary>Spacing of the distance grid, Å; its first point is r = 0.</summary>
    public required double RadiusStep { get; init; }

    /// <summary>Only pairs with r &lt; cutoff count, Å. Need not equal (Nr - 1)·dr.</summary>
    public required double Cutoff { get; init; }

    /// <summary>F, eV: <c>[element][ρ index]</c>.</summary>
    public required double[][] Embedding { get; init; }

    /// <summary>
    /// f: <c>[from][at][r index]</c>, the density that an atom of element <c>from</c> contributes at an atom of element <c>at</c>.
    /// For <c>eam/alloy</c> it does not depend on <c>at</c>.
    /// </summary>
    public required double[][][] Density { get; init; }

    /// <summary>r·φ(r), eV·Å: <c>[a][b][r index]</c>, symmetric in a and b.</summary>
    public required double[][][] RadiusTimesPair { get; init; }

    /// <summary>Whether the file is an <c>eam/fs</c>, with a density for every receiving element; of one element both formats are the same.</summary>
    public bool IsFinnisSinclair { get; init; }

    /// <summary>SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the pair (a, b) differs from (b, a) in nothing: one set of functions serves both.</summary>
    internal bool IsSymmetric(int a, int b) =>
        Density[a][b].AsSpan().SequenceEqual(Density[b][a]) && RadiusTimesPair[a][b].AsSpan().SequenceEqual(RadiusTimesPair[b][a]);
}
