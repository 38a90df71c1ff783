using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Deformation;

namespace Glasswright.Integration.Tests.Deformation;

/// <summary>Quasistatic loading against LAMMPS, longer than a unit test may take.</summary>
public class QuasistaticParityTests
{
    [Theory]
    [InlineData("xy", 95)]
    [InlineData("x", 107)]
    public void TheElasticBranchIsThatOfLammpsUpToTheFirstEvent(string axes, int steps)
    {
        var expected = AqsReference.Curve(axes);
        QuasistaticResult result = Load(axes, steps * 1e-4);
        for (int k = 1; k <= steps; k++)
        {
            result.Curve[k].Energy.ShouldBe(expected[k - 1].Energy, 1e-5);
            result.Curve[k].Stress.ShouldBe(expected[k - 1].Stress, 1);
        }
    }

    [Fact]
    public void LogarithmsOfD2MinAtFourPercentCorrelateWithThoseOfLammps()
    {
        QuasistaticResult result = Load("xy", 0.04);
        var displacement = new NonaffineDisplacement(result.Reference);
        var own = new double[result.Reference.Count];
        displacement.Compute(result.Snapshots[0].Structure, own);
        var expected = AqsReference.Displacements("xy", 4);
        double[] a = [.. own.Select(value => Elementary.Log(value))];
        double[] b = [.. result.Reference.Ids.Select(id => Elementary.Log(expected[id].D2Min))];
        Pearson(a, b).ShouldBeGreaterThanOrEqualTo(0.95);
    }

    private static QuasistaticResult Load(string axes, double strain)
    {
        AtomicStructure glass = AqsReference.Glass();
        using var field = AqsReference.Field();
        QuasistaticResult result = new QuasistaticRun(field, glass).Run(new QuasistaticSettings
        {
            Mode = LoadingMode.Parse(axes + "+"),
            Lateral = LateralCondition.Fixed,
            Strain = strain,
            Snapshots = [strain],
        });
        result.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        return result;
    }

    private static double Pearson(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average(), ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
