using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Forces;

/// <summary>
/// The share of forces and minimization in the numerics self-test: a made-up two-element potential of polynomials and a square root
/// on 108 displaced lattice sites in a tilted cell. Only its bits matter.
/// </summary>
internal static class ForceSelfTest
{
    private const int CellsPerSide = 3;
    private const double LatticeConstant = 3.7;
    private const double Cutoff = 5.0;
    private const int Points = 500;
    private const ulong Seed = 20211;

    /// <summary>The structure that the parts share: atoms 0, 1, 0, 1, … of elements A and B.</summary>
    public static AtomicStructure Structure()
    {
        double width = CellsPerSide * LatticeConstant;
        var cell = new Cell(new Matrix3(width, 0.4, -0.2, 0, width, 0.3, 0, 0, width));
        var structure = new AtomicStructure(4 * CellsPerSide * CellsPerSide * CellsPerSide, cell, ["A", "B"]);
        for (int i = 0; i < structure.Count; i++)
        {
            int site = i / 4;
            var corner = new Vector3(site / 9, site / 3 % 3, site % 3);
            Vector3 basis = (i % 4) switch
            {
                0 => default,
                1 => new Vector3(0.5, 0.5, 0),
                2 => new Vector3(0.5, 0, 0.5),
                _ => new Vector3(0, 0.5, 0.5),
            };
            var shift = new Vector3(Draw(i, 0), Draw(i, 1), Draw(i, 2));
            structure.SetPosition(i, cell.ToCartesian((1.0 / CellsPerSide) * (corner + basis)) + shift);
            structure.Species[i] = i % 2;
        }

        return structure;
    }

    /// <summary>Energy, forces, energies of atoms and virial.</summary>
    public static void Energy(DigestWriter digest)
    {
        AtomicStructure structure = Structure();
        using var field = new VectorEam(Tables());
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        digest.Add(field.Evaluate(structure, result, ForceParts.All));
        digest.Add(result.Forces);
        digest.Add(result.AtomEnergies);
        digest.Add(result.Virial);
    }

    /// <summary>Where twenty evaluations of conjugate gradient lead after a swap.</summary>
    public static void ConjugateGradient(DigestWriter digest) => Minimization(digest, MinimizerKind.ConjugateGradient);

    /// <summary>Where twenty evaluations of L-BFGS lead after a swap.</summary>
    public static void LimitedMemory(DigestWriter digest) => Minimization(digest, MinimizerKind.LimitedMemory);

    /// <summary>Where twenty evaluations of preconditioned L-BFGS lead after a swap.</summary>
    public static void PreconditionedLimitedMemory(DigestWriter digest) => Minimization(digest, MinimizerKind.PreconditionedLimitedMemory);

    private static void Minimization(DigestWriter digest, MinimizerKind kind)
    {
        AtomicStructure structure = Structure();
        structure.SwapSpecies(10, 11);
        using var field = new VectorEam(Tables());
        var settings = new MinimizerSettings { ForceTolerance = 1e-9, MaxEvaluations = 20 };
        using var relaxation = new AtomRelaxation(field, structure.Count, kind);
        MinimizationResult result = relaxation.Minimize(structure, settings, CancellationToken.None);
        digest.Add(result.Energy);
        digest.Add(structure.Coordinates);
    }

    private static double Draw(int atom, int component) =>
        0.3 * (RandomStreams.Uniform(Seed, RandomStream.SelfTest, 1, atom, component) - 0.5);

    public static EamTables Tables()
    {
        double[] Tabulate(Func<double, double> f, double step) => [.. Enumerable.Range(0, Points).Select(k => f(k * step))];
        double radiusStep = Cutoff / (Points - 1), densityStep = 0.2;
        double[] Density(double scale) => Tabulate(r => scale * (Cutoff - r) * (Cutoff - r) * (Cutoff - r), radiusStep);
        double[] Pair(double core) => Tabulate(r => r * 0.02 * (core - r) * (Cutoff - r) * (Cutoff - r), radiusStep);
        return new EamTables
        {
            Elements = ["A", "B"],
            Masses = [1, 1],
            DensityStep = densityStep,
            RadiusStep = radiusStep,
            Cutoff = Cutoff,
            Embedding = [Tabulate(x => -0.7 * Math.Sqrt(x), densityStep), Tabulate(x => -0.9 * Math.Sqrt(x), densityStep)],
            Density = [[Density(0.1), Density(0.12)], [Density(0.09), Density(0.15)]],
            RadiusTimesPair = [[Pair(2.6), Pair(2.7)], [Pair(2.7), Pair(2.9)]],
            Sha256 = "",
        };
    }
}
