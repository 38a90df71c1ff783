using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>Energy, forces and pressure of one evaluation as report entries.</summary>
internal static class EnergyReport
{
    private static readonly string[] Components = ["xx", "yy", "zz", "xy", "xz", "yz"];

    /// <summary>Adds the entries that <c>energy</c> and <c>minimize</c> share.</summary>
    public static Report Energy(this Report report, AtomicStructure structure, ForceResult result) => report
        .Whole("atoms", "atoms", structure.Count)
        .Number("energy_eV", "potential energy", result.Energy, "eV", "F8")
        .Number("force_norm_eV_per_A", "norm of all forces", Math.Sqrt(FixedSum.SumOfSquares(result.Forces)), "eV/Å", "E3")
        .Number("force_max_eV_per_A", "largest force component", FixedSum.MaxAbs(result.Forces), "eV/Å", "E3")
        .Numbers("pressure_bar", "pressure", Pressure(structure, result), Components, "bar", "F3");

    /// <summary>W/V in bar, xx yy zz xy xz yz: LAMMPS' sign, potential part.</summary>
    public static double[] Pressure(AtomicStructure structure, ForceResult result) =>
        [.. result.Virial.Select(w => w / structure.Cell.Volume * MetalUnits.BarPerPressureUnit)];
}
