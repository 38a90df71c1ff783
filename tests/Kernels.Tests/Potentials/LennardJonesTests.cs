using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Potentials;

/// <summary>Lennard-Jones pairs and their tables against the closed formula.</summary>
public class LennardJonesTests
{
    private const double Epsilon = 0.15, Sigma = 1.76, Cutoff = 2.5 * Sigma, Smoothing = 0.2 * Sigma;

    private static readonly LennardJonesPair Pair = new(Epsilon, Sigma, Cutoff, Smoothing);

    [Fact]
    public void UpToTheBentStretchItIsTheTruncatedAndShiftedFormula()
    {
        for (double r = 0.5 * Sigma; r <= Pair.SmoothFrom; r += 0.01)
        {
            Pair.Energy(r).ShouldBe(Formula(r), 1e-12 * Math.Abs(Formula(r)) + 1e-15);
        }
    }

    [Fact]
    public void MinimumLiesWhereTheFormulaHasIt() =>
        Pair.Energy(Math.Pow(2, 1.0 / 6) * Sigma).ShouldBe(-Epsilon - Plain(Cutoff), 1e-15);

    [Theory]
    [InlineData(2.3)]
    [InlineData(2.5)]
    public void ValueSlopeAndCurvatureHaveNoJump(double at)
    {
        const double H = 1e-4;
        double r = at * Sigma;
        double[] below = [.. Enumerable.Range(0, 3).Select(k => Pair.Energy(r - (k * H)))];
        double[] above = [.. Enumerable.Range(0, 3).Select(k => Pair.Energy(r + (k * H)))];
        ((above[1] - above[0]) / H).ShouldBe((below[0] - below[1]) / H, 1e-4);
        ((above[2] - (2 * above[1]) + above[0]) / (H * H)).ShouldBe((below[2] - (2 * below[1]) + below[0]) / (H * H), 1e-3);
    }

    [Fact]
    public void WithoutSmoothingTheForceJumpsAndTheTestAboveWouldSeeIt()
    {
        const double H = 1e-4;
        var sharp = new LennardJonesPair(Epsilon, Sigma, Cutoff, 0);
        double slope = (sharp.Energy(Cutoff) - sharp.Energy(Cutoff - H)) / H;
        slope.ShouldBe(0.039 * Epsilon / Sigma, 1e-4);
        slope.ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void ForceOfTheBentStretchFallsToZeroFromLittleMoreThanThatAtItsBeginning()
    {
        const double H = 1e-5;
        double first = (Pair.Energy(Pair.SmoothFrom + H) - Pair.Energy(Pair.SmoothFrom)) / H;
        for (double r = Pair.SmoothFrom; r < Cutoff - H; r += 0.001)
        {
            ((Pair.Energy(r + H) - Pair.Energy(r)) / H).ShouldBeInRange(-1e-9, 1.125 * first);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void TwoAtomsHaveTheEnergyOfTheirPair(int a, int b)
    {
        var mixture = new LennardJonesMixture(
            ["Ni", "P"],
            [58.7, 58.7],
            (i, j) => new LennardJonesPair(0.1 * (1 + i + j), 2.2 - (0.2 * (i + j)), 2.5 * (2.2 - (0.2 * (i + j))), 0.4));
        LennardJonesPair pair = mixture.Pair(a, b);
        var field = new ReferenceEam(mixture.Tabulate(10_000));
        var structure = new AtomicStructure(2, new Cell(new Matrix3(20, 0, 0, 0, 20, 0, 0, 0, 20), default), ["Ni", "P"]);
        (structure.Species[0], structure.Species[1]) = (a, b);
        var result = new ForceResult(2);
        for (double r = 0.85 * pair.Sigma; r < pair.Cutoff + 0.1; r += 0.0137)
        {
            structure.SetPosition(1, new Vector3(r, 0, 0));
            field.Bind(structure);
            field.Evaluate(structure, result, ForceParts.All).ShouldBe(pair.Energy(r), 1e-9 * pair.Epsilon * Math.Max(1, 1e2 * Math.Abs(pair.Energy(r))));
        }
    }

    private static double Formula(double r) => Plain(r) - Plain(Cutoff);

    private static double Plain(double r) => 4 * Epsilon * (Math.Pow(Sigma / r, 12) - Math.Pow(Sigma / r, 6));
}
