using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// What a melt begins from: an fcc lattice in a cube with species at random on its sites (random ones empty if there are more sites than atoms), every
/// atom displaced at random, then relaxed with the volume so that no two atoms overlap whatever their size.
/// </summary>
internal static class MeltStart
{
    private const int SitesPerCell = 4;

    /// <summary>Å³ an atom before the volume is relaxed: roomy for a metal.</summary>
    private const double FirstVolume = 20;

    /// <summary>Largest displacement along each axis as a share of the lattice spacing: no shells remain.</summary>
    private const double Displacement = 0.15;

    private static readonly Vector3[] Sites = [default, new(0, 0.5, 0.5), new(0.5, 0, 0.5), new(0.5, 0.5, 0)];

    private static readonly MinimizerSettings Loose = new() { ForceTolerance = 1, MaxEvaluations = 300 };

    /// <summary>Makes a start.</summary>
    /// <param name="composition">Elements and shares.</param>
    /// <param name="atoms">N.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="field">Forces.</param>
    /// <param name="pressure">Bar.</param>
    /// <exception cref="InputException">The cell would be too small for the potential, or the potential lacks an element.</exception>
    public static AtomicStructure Make(Composition composition, int atoms, ulong seed, IForceField field, double pressure)
    {
        AtomicStructure structure = Scatter(composition, atoms, seed);
        new CellRelaxation(field, atoms, MinimizerKind.LimitedMemory).Minimize(
            structure, CellFreedom.Isotropic, pressure, stressTolerance: 1000, Loose, CancellationToken.None);
        return structure;
    }

    /// <summary>The displaced lattice, not relaxed.</summary>
    public static AtomicStructure Scatter(Composition composition, int atoms, ulong seed)
    {
        int cells = 1;
        while (SitesPerCell * cells * cells * cells < atoms)
        {
            cells++;
        }

        int sites = SitesPerCell * cells * cells * cells;
        double length = Math.Sqrt(Math.Sqrt(atoms * FirstVolume));

        // Cube root by Newton's method from above: the library's differs between machines.
        for (int k = 0; k < 50; k++)
        {
            length = ((2 * length) + (atoms * FirstVolume / (length * length))) / 3;
        }

        double spacing = length / cells;
        var structure = new AtomicStructure(atoms, Cell.Orthorhombic(length, length, length), composition.Elements);
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.MeltStart, 0, 0);
        int[] order = [.. Enumerable.Range(0, sites)];
        draws.Shuffle<int>(order);
        int[] taken = order[..atoms];
        Array.Sort(taken);
        int[] counts = composition.Counts(atoms);
        int[] species = [.. Enumerable.Range(0, counts.Length).SelectMany(k => Enumerable.Repeat(k, counts[k]))];
        draws.Shuffle<int>(species);
        for (int i = 0; i < atoms; i++)
        {
            int cell = taken[i] / SitesPerCell;
            var corner = new Vector3(cell % cells, cell / cells % cells, cell / cells / cells);
            var moved = new Vector3(draws.NextUniform() - 0.5, draws.NextUniform() - 0.5, draws.NextUniform() - 0.5);
            structure.SetPosition(i, spacing * (corner + Sites[taken[i] % SitesPerCell] + (2 * Displacement * moved)));
            structure.Species[i] = species[i];
        }

        return structure;
    }
}
