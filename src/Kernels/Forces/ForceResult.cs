using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>The buffers that an evaluation fills.</summary>
internal sealed class ForceResult
{
    /// <summary>Makes room for <paramref name="count"/> atoms.</summary>
    public ForceResult(int count)
    {
        Count = count;
        Stride = AtomicStructure.PaddedCount(count);
        Forces = new double[3 * Stride];
        AtomEnergies = new double[Stride];
        Virial = new double[6];
    }

    /// <summary>Number of atoms.</summary>
    public int Count { get; }

    /// <summary>Number of atoms rounded up to a multiple of 8.</summary>
    public int Stride { get; }

    /// <summary>Potential energy, eV.</summary>
    public double Energy { get; set; }

    /// <summary>Forces, eV/Å, laid out as the structure's coordinates: <c>[3·Stride], x0 x1 … y0 y1 … z0 z1 …</c>, padding zero.</summary>
    public double[] Forces { get; }

    /// <summary>F(ρ_i) + ½ Σ_j φ_ij, eV, <c>[Stride]</c>.</summary>
    public double[] AtomEnergies { get; }

    /// <summary>W = ½ Σ_{i≠j} d_ij ⊗ f_ij in eV, order xx yy zz xy xz yz; the potential part of the pressure is W/V.</summary>
    public double[] Virial { get; }
}
