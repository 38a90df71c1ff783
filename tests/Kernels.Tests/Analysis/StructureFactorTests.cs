using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Kernels.Threading;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>The transform against an integral done by hand, and against the sum over reciprocal lattice vectors.</summary>
public sealed class StructureFactorTests
{
    [Theory]
    [InlineData(0.7)]
    [InlineData(2.8)]
    [InlineData(9)]
    public void AHoleInAGasHasTheStructureFactorOfTheIntegral(double q)
    {
        // g = 0 below a, 1 above: S = 1 - 4πρ (sin qa - qa cos qa)/q³.
        const double Hole = 2.5, Density = 0.055, Step = 0.01;
        double[] g = [.. Enumerable.Range(0, 1000).Select(k => (k + 0.5) * Step < Hole ? 0.0 : 1)];
        double expected = 1 - (4 * Math.PI * Density * (Math.Sin(q * Hole) - (q * Hole * Math.Cos(q * Hole))) / (q * q * q));
        StructureFactor.Compute(g, Step, Density, q, window: false).ShouldBe(expected, 1e-3);
    }

    [Fact]
    public void PeaksOfTheGlassAreThoseOfTheSumOverReciprocalVectors()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");

        // Twice as far as usual and without a window, which would take a fifth of the first peak: what is tested is the transform.
        var pairs = PairDistribution.Compute(glass, 24, 0.05, SerialRunner.Instance);
        double[] g = pairs.Total();

        // Means over windows of q: the first peak, the minimum behind it, the second peak.
        foreach ((double low, double high) in ((double, double)[])[(2.5, 3.0), (3.3, 4.0), (4.4, 5.2)])
        {
            double sum = 0, weights = 0;
            for (int k = 0; k < 50; k++)
            {
                // Reciprocal vectors lie as densely as q².
                double q = low + ((k + 0.5) / 50 * (high - low));
                sum += q * q * StructureFactor.Compute(g, pairs.Step, pairs.NumberDensity, q, window: false);
                weights += q * q;
            }

            (sum / weights).ShouldBe(DirectMean(glass, low, high), 0.15, $"q from {low} to {high}");
        }
    }

    [Fact]
    public void FarOutEveryPartialIsOne()
    {
        var pairs = PairDistribution.Compute(ReferenceData.Glass("cu50zr50-864.data"), 12, 0.02, SerialRunner.Instance);
        for (int p = 0; p < 4; p++)
        {
            double[] g = pairs.Partial(p / 2, p % 2);
            double mean = 0;
            for (int k = 0; k < 100; k++)
            {
                mean += StructureFactor.Compute(g, pairs.Step, pairs.NumberDensity, 22 + (0.05 * k)) / 100;
            }

            mean.ShouldBe(1, 0.05);
        }
    }

    [Fact]
    public void WeightsAddUpToOneAndGoAsAtomicNumbers()
    {
        double[] weights = StructureFactor.XRayWeights(["Cu", "Zr"], [1, 1])!;
        weights[0].ShouldBe(29.0 * 29 / (69.0 * 69), 1e-12);
        weights[1].ShouldBe(29.0 * 40 / (69.0 * 69), 1e-12);
        (weights[0] + weights[1] + weights[2] + weights[3]).ShouldBe(1, 1e-12);
        StructureFactor.XRayWeights(["A", "Zr"], [1, 1]).ShouldBeNull("A is no element");
    }

    /// <summary>
    /// Cu50Zr50 by hand from b = 7.718 and 7.16 fm. Ti and Zr cancel at 67.6 atomic percent of Ti, where the "null alloy" of neutron scattering is; of gadolinium, whose length has a resonance
    /// among thermal neutrons, nothing is told.
    /// </summary>
    [Fact]
    public void NeutronsWeighByTheirScatteringLengthsAndSomeAlloysNotAtAll()
    {
        double[] weights = StructureFactor.NeutronWeights(["Cu", "Zr"], [1, 1])!;
        weights[0].ShouldBe(7.718 * 7.718 / (14.878 * 14.878), 1e-12);
        weights[1].ShouldBe(7.718 * 7.16 / (14.878 * 14.878), 1e-12);
        (weights[0] + weights[1] + weights[2] + weights[3]).ShouldBe(1, 1e-12);

        // Of Ni and Ti, with lengths of both signs, unlike pairs count negatively.
        double[] opposite = StructureFactor.NeutronWeights(["Ni", "Ti"], [40, 60])!;
        opposite[1].ShouldBe(40 * 10.3 * 60 * -3.438 / Math.Pow((40 * 10.3) - (60 * 3.438), 2), 1e-12);
        opposite.Sum().ShouldBe(1, 1e-12);
        StructureFactor.NeutronWeights(["Ti", "Zr"], [676, 324]).ShouldBeNull("the null alloy");
        StructureFactor.NeutronWeights(["Cu", "Gd"], [1, 1]).ShouldBeNull();
        StructureFactor.NeutronWeights(["Cu", "A"], [1, 0]).ShouldBe([1, 0, 0, 0], "what is not there needs no length");
    }

    [Fact]
    public void EveryScatteringLengthIsAnElementsAndInTheRangeOfNature()
    {
        foreach ((string name, double length) in ScatteringLengths.All)
        {
            Elements.Exists(name).ShouldBeTrue(name);
            length.ShouldBeInRange(-4, 17, name);
        }

        ScatteringLengths.All.Count.ShouldBeGreaterThan(70);
    }

    private static double DirectMean(AtomicStructure structure, double low, double high)
    {
        Vector3 lengths = structure.Cell.PerpendicularWidths;
        int most = (int)(high * lengths.X / (2 * Math.PI)) + 1, vectors = 0;
        double sum = 0;
        for (int h = 0; h <= most; h++)
        {
            for (int k = -most; k <= most; k++)
            {
                for (int l = -most; l <= most; l++)
                {
                    var q = new Vector3(2 * Math.PI * h / lengths.X, 2 * Math.PI * k / lengths.Y, 2 * Math.PI * l / lengths.Z);
                    if (q.Length < low || q.Length > high)
                    {
                        continue;
                    }

                    double cos = 0, sin = 0;
                    for (int i = 0; i < structure.Count; i++)
                    {
                        double phase = Vector3.Dot(q, structure.Position(i));
                        cos += Math.Cos(phase);
                        sin += Math.Sin(phase);
                    }

                    sum += ((cos * cos) + (sin * sin)) / structure.Count;
                    vectors++;
                }
            }
        }

        return sum / vectors;
    }
}
