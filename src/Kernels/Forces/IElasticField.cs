using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>A force field that can tell the stiffness of its near pairs.</summary>
internal interface IElasticField : IForceField
{
    /// <summary>
    /// Fills <paramref name="springs"/> with the stiffness of all pairs up to <paramref name="reach"/> (at most the cutoff), at the positions
    /// of the last evaluation. A pair behaves like the effective pair potential V(r) = φ(r) + F'_i f_{j→i}(r) + F'_j f_{i→j}(r) with F' held:
    /// along the pair V'', across it V'/r.
    /// </summary>
    void CollectSprings(AtomicStructure structure, double reach, PairSprings springs);
}
