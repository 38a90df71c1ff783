using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// Derivatives of the effective pair potential V(r) = φ(r) + F'_a f_{b→a}(r) + F'_b f_{a→b}(r), F' held: what one pair adds to
/// forces and stiffness. With w = rφ: φ' = (w' - φ)/r and φ'' = (w'' - 2φ')/r.
/// </summary>
internal sealed class PairStiffness
{
    private readonly HermiteTable[][] _density;
    private readonly HermiteTable[][] _radiusTimesPair;

    /// <summary>Takes the tables as they stand.</summary>
    public PairStiffness(EamTables tables)
    {
        _density = [.. tables.Density.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
        _radiusTimesPair =
            [.. tables.RadiusTimesPair.Select(row => row.Select(f => new HermiteTable(f, tables.RadiusStep)).ToArray())];
    }

    /// <summary>V' in eV/Å and V'' in eV/Å² of elements a and b at distance r, Å.</summary>
    public (double First, double Second) At(int a, int b, double r, double slopeA, double slopeB)
    {
        HermiteTable w = _radiusTimesPair[a][b], toA = _density[b][a], toB = _density[a][b];
        (double rPhi, double dRPhi) = w.Evaluate(r);
        double dPhi = (dRPhi - (rPhi / r)) / r;
        double d2Phi = (w.SecondDerivative(r) - (2 * dPhi)) / r;
        return (
            dPhi + (slopeA * toA.Evaluate(r).Derivative) + (slopeB * toB.Evaluate(r).Derivative),
            d2Phi + (slopeA * toA.SecondDerivative(r)) + (slopeB * toB.SecondDerivative(r)));
    }
}
