using Glasswright.Kernels.Deformation;

namespace Glasswright.Kernels.Tests.Deformation;

public class QuasistaticRunTests
{
    [Theory]
    [InlineData("xy", 25, true)]
    [InlineData("xy", 8, false)]
    [InlineData("x", 25, true)]
    public void TheElasticBranchIsThatOfLammps(string axes, int steps, bool extrapolate)
    {
        var expected = AqsReference.Curve(axes);
        var run = new QuasistaticRun(AqsReference.Field(), AqsReference.Glass());
        QuasistaticResult result = run.Run(new QuasistaticSettings
        {
            Mode = LoadingMode.Parse(axes + "+"),
            Lateral = LateralCondition.Fixed,
            Strain = steps * 1e-4,
            ExtrapolateStarts = extrapolate,
        });
        result.Outcome.ShouldBe(QuasistaticOutcome.Completed);
        result.Steps.ShouldBe(steps);
        for (int k = 1; k <= steps; k++)
        {
            result.Curve[k].Strain.ShouldBe(expected[k - 1].Strain, 1e-12);
            result.Curve[k].Energy.ShouldBe(expected[k - 1].Energy, 1e-5);
            result.Curve[k].Stress.ShouldBe(expected[k - 1].Stress, 1);
        }
    }
}
