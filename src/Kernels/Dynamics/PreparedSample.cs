using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>A glass at 0 K and the pressure wanted, and how it came about.</summary>
internal sealed record PreparedSample
{
    /// <summary>Atoms in the cell, cell relaxed in all six components.</summary>
    public required AtomicStructure Structure { get; init; }

    /// <summary>Potential energy, eV.</summary>
    public required double Energy { get; init; }

    /// <summary>Potential energy of the inherent structure at the cell in which dynamics ended, eV.</summary>
    public required double EnergyAtFixedCell { get; init; }

    /// <summary>g/cm³.</summary>
    public required double Density { get; init; }

    /// <summary>Pressure tensor, bar, xx yy zz xy xz yz.</summary>
    public required double[] Stress { get; init; }

    /// <summary>‖F‖₂, eV/Å.</summary>
    public required double ForceNorm { get; init; }

    /// <summary>How the relaxation of positions and cell ended.</summary>
    public required MinimizationOutcome Outcome { get; init; }

    /// <summary>How far atoms came from the start, Å: a melt leaves its lattice.</summary>
    public required double Displacement { get; init; }

    /// <summary>What was measured on the way.</summary>
    public required IReadOnlyList<ThermoPoint> Points { get; init; }

    /// <summary>Time steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Exchanges tried.</summary>
    public required long SwapsTried { get; init; }

    /// <summary>Exchanges made.</summary>
    public required long SwapsAccepted { get; init; }
}
