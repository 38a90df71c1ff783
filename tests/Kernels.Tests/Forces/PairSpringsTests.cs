using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Forces;

/// <summary>The stiffness that preconditions a minimization.</summary>
public sealed class PairSpringsTests
{
    private const double Softest = 0.04;

    [Theory]
    [InlineData(0, 0, 2.6)]
    [InlineData(0, 1, 2.81)]
    [InlineData(1, 1, 3.3)]
    [InlineData(1, 0, 5.02)]
    public void StiffnessIsTheDifferenceQuotientOfTheEffectivePairForce(int a, int b, double r)
    {
        const double Step = 1e-5, SlopeA = -0.031, SlopeB = -0.018;
        var stiffness = new PairStiffness(ReferenceData.CopperZirconium);

        double second = stiffness.At(a, b, r, SlopeA, SlopeB).Second;
        double up = stiffness.At(a, b, r + Step, SlopeA, SlopeB).First, down = stiffness.At(a, b, r - Step, SlopeA, SlopeB).First;

        // Cubics of neighboring intervals differ a little in their second derivative.
        second.ShouldBe((up - down) / (2 * Step), 2e-3 * Math.Max(1, Math.Abs(second)));
    }

    /// <summary>A dimer on a line: the two springs of V'' and V'/r are all there is, so solving gives back what was multiplied.</summary>
    [Fact]
    public void StretchOfADimerIsSolvedExactly()
    {
        const double Along = 3.5, Across = 0.4;
        using var springs = new PairSprings();
        springs.Begin(2);
        springs.BeginRow(0);
        springs.Add(1, 0.6, 0, 0.8, Along, Across);
        springs.BeginRow(1);
        springs.End(Softest);

        // Opposite forces of 1 along the bond.
        double[] g = new double[24], x = new double[24];
        (g[0], g[16], g[1], g[17]) = (-0.6, -0.8, 0.6, 0.8);
        springs.Solve(g, x, 8);
        double stretch = (0.6 * (x[1] - x[0])) + (0.8 * (x[17] - x[16]));
        stretch.ShouldBe(2 / (2 * Along), 1e-6);
    }

    [Fact]
    public void BothFieldsTellTheSameSprings()
    {
        // Nine ångström wide, tilted by the draw of positions only: atoms meet images of others and of themselves.
        AtomicStructure structure = SmallCells.Random(count: 40, width: 9.0, seed: 7);
        double[] force = new double[structure.Coordinates.Length];
        var random = new System.Random(3);
        for (int i = 0; i < structure.Count; i++)
        {
            for (int k = 0; k < 3; k++)
            {
                force[(k * structure.Stride) + i] = random.NextDouble() - 0.5;
            }
        }

        using var vector = new VectorEam(ReferenceData.CopperZirconium);
        double[] expected = Solved(new ReferenceEam(ReferenceData.CopperZirconium), structure, force);
        double[] found = Solved(vector, structure, force);
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            found[i].ShouldBe(expected[i], 1e-3 * largest);
        }
    }

    [Fact]
    public void DirectionGoesDownhillAndIsShorterWhereTheGlassIsStiffer()
    {
        AtomicStructure structure = ReferenceData.Sample("cu50zr50-864-p0.data");
        structure.SwapSpecies(3, 200);
        using var field = new VectorEam(ReferenceData.CopperZirconium);
        var result = new ForceResult(structure.Count);
        field.Bind(structure);
        field.Evaluate(structure, result, ForceParts.Forces);
        using var preconditioner = new SpringPreconditioner(field);
        preconditioner.Attach(structure);
        preconditioner.Refresh();
        double[] direction = new double[result.Forces.Length];
        preconditioner.Apply(result.Forces, direction);

        double slope = 0, norm = 0;
        for (int i = 0; i < direction.Length; i++)
        {
            slope += direction[i] * result.Forces[i];
            norm += direction[i] * direction[i];
        }

        slope.ShouldBeGreaterThan(0);

        // The step lowers the energy as it stands, without a line search.
        double before = result.Energy;
        for (int i = 0; i < direction.Length; i++)
        {
            structure.Coordinates[i] += direction[i] * Math.Min(1, 0.1 / direction.Max(Math.Abs));
        }

        field.Evaluate(structure, result, ForceParts.Energy).ShouldBeLessThan(before);
        norm.ShouldBeGreaterThan(0);
    }

    private static double[] Solved(IElasticField field, AtomicStructure structure, double[] force)
    {
        field.Bind(structure);
        field.Evaluate(structure, new ForceResult(structure.Count), ForceParts.Energy);
        using var springs = new PairSprings();
        field.CollectSprings(structure, 4, springs);
        springs.End(Softest);
        double[] x = new double[force.Length];
        springs.Solve(force, x, structure.Stride);
        return x;
    }
}
