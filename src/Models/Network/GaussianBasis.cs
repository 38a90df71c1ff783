namespace Glasswright.Models.Network;

/// <summary>
/// The edge features: exp(-(d - μ_m)²/σ²) (no factor ½) with μ_m = start + m·step for m = 0 … count-1. Lengths in Å.
/// </summary>
/// <param name="Start">μ_0, Å.</param>
/// <param name="Step">Distance of neighboring centers, Å.</param>
/// <param name="Count">Number of centers: the edge width.</param>
/// <param name="Sigma">σ, Å.</param>
internal sealed record GaussianBasis(double Start, double Step, int Count, double Sigma)
{
    /// <summary>0 to 5.0 Å by 0.1 Å with σ = 0.1 Å.</summary>
    public static GaussianBasis Default { get; } = new(0, 0.1, 51, 0.1);

    /// <summary>μ_m, Å.</summary>
    public double Center(int m) => Start + (m * Step);
}
