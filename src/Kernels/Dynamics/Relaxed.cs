using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>What is left of moving atoms at 0 K, in numbers that compare.</summary>
/// <param name="Energy">Potential energy, eV.</param>
/// <param name="Stress">Pressure tensor, bar, xx yy zz xy xz yz.</param>
/// <param name="ForceNorm">‖F‖₂, eV/Å.</param>
/// <param name="Density">g/cm³.</param>
internal sealed record Relaxed(double Energy, double[] Stress, double ForceNorm, double Density)
{
    /// <summary>1 g/mol per Å³ in g/cm³: 10²⁴/N_A.</summary>
    private const double GramsPerCubicCentimeter = 1e24 / 6.02214076e23;

    /// <summary>Computes them for a structure as it stands.</summary>
    public static Relaxed Of(AtomicStructure structure, IForceField field, EamTables tables)
    {
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        double energy = field.Evaluate(structure, result, ForceParts.Forces | ForceParts.Virial);
        double volume = structure.Cell.Volume;
        return new Relaxed(
            energy,
            [.. result.Virial.Select(w => w / volume * MetalUnits.BarPerPressureUnit)],
            Math.Sqrt(FixedSum.SumOfSquares(result.Forces)),
            DensityOf(structure, tables));
    }

    /// <summary>Mass over volume, g/cm³.</summary>
    public static double DensityOf(AtomicStructure structure, EamTables tables)
    {
        int[] elements = new int[structure.Count];
        SpeciesMap.Resolve(structure, tables, elements);
        double mass = 0;
        foreach (int element in elements)
        {
            mass += tables.Masses[element];
        }

        return mass / structure.Cell.Volume * GramsPerCubicCentimeter;
    }

    /// <summary>Brings atoms, and the cell too if wanted, to rest, and the atoms into the cell.</summary>
    /// <param name="structure">Changed in place.</param>
    /// <param name="field">Forces.</param>
    /// <param name="cell">What of the cell is free; null for nothing.</param>
    /// <param name="pressure">Bar.</param>
    /// <param name="stressTolerance">Bar.</param>
    /// <param name="settings">Force tolerance and limits.</param>
    /// <param name="stop">Ends it.</param>
    public static MinimizationOutcome Relax(
        AtomicStructure structure, IForceField field, CellFreedom? cell, double pressure, double stressTolerance, MinimizerSettings settings,
        CancellationToken stop)
    {
        structure.Wrap();
        MinimizationOutcome outcome;
        using (var atoms = new AtomRelaxation(field, structure.Count, settings.Kind))
        {
            outcome = atoms.Minimize(structure, settings, stop).Outcome;
        }

        if (cell is { } freedom && outcome != MinimizationOutcome.Canceled)
        {
            outcome = new CellRelaxation(field, structure.Count, settings.Kind)
                .Minimize(structure, freedom, pressure, stressTolerance, settings, stop).Outcome;
        }

        structure.Wrap();
        return outcome;
    }
}
