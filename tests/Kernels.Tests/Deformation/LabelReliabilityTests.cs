using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Random;

namespace Glasswright.Kernels.Tests.Deformation;

public class LabelReliabilityTests
{
    [Fact]
    public void TwoModesGiveSpearmanBrownOfTheirCorrelation()
    {
        // Pearson of (1,2,3,4) and (1,3,2,4) is 4/5, so the reliability is 1.6/1.8; the atom with NaN does not count.
        ModeLabelTable table = Table([[1, 2, 3, 4, double.NaN], [1, 3, 2, 4, 9]]);
        LabelReliability.SplitHalf(table, 0).ShouldBe(1.6 / 1.8, 1e-14);
    }

    [Fact]
    public void SpearmanBrownByHand()
    {
        LabelReliability.SpearmanBrown(0.5).ShouldBe(2.0 / 3, 1e-15);
        LabelReliability.SpearmanBrown(1).ShouldBe(1);
        LabelReliability.SpearmanBrown(-1).ShouldBe(double.NaN);
    }

    /// <summary>
    /// Modes 0 and 1 equal to u, 2 and 3 equal to v, u ⊥ v of equal variance: of the splits {01|23}, {02|13}, {03|12} the first
    /// has r = 0 and the others r = 1, each stepped up by itself: (0 + 1 + 1)/3.
    /// </summary>
    [Fact]
    public void EverySplitIsSteppedUpByItself()
    {
        double[] u = [1, 1, -1, -1], v = [1, -1, 1, -1];
        LabelReliability.SplitHalf(Table([u, u, v, v]), 0).ShouldBe(2.0 / 3, 1e-14);
        LabelReliability.SplitHalf(Table([u, v]), 0).ShouldBe(0, 1e-14);
    }

    [Fact]
    public void ReliabilityIsTheShareOfTheSharedVariance()
    {
        // Mode = truth + noise, both of variance 1: a mean over twelve modes has reliability 1/(1 + 1/12).
        const int Atoms = 20_000;
        var modes = new double[12][];
        for (int m = 0; m < 12; m++)
        {
            modes[m] = new double[Atoms];
            for (int i = 0; i < Atoms; i++)
            {
                modes[m][i] = Draw(0, i) + Draw(m + 1, i);
            }
        }

        LabelReliability.SplitHalf(Table(modes), 0).ShouldBe(12.0 / 13, 0.003);
    }

    [Fact]
    public void NothingToSplitIsNotANumber()
    {
        double.IsNaN(LabelReliability.SplitHalf(Table([[1, 2, 3], [1, 2, 3], [1, 2, 3]]), 0)).ShouldBeTrue();
        double.IsNaN(LabelReliability.SplitHalf(Table([[1, double.NaN, 3], [1, 2, 3]]), 0)).ShouldBeTrue();
    }

    private static double Draw(int stream, int atom) => RandomStreams.Uniform(1, default, stream, 0, atom);

    private static ModeLabelTable Table(double[][] modes) => new(
        new LabelHeader
        {
            Definition = new LabelDefinition { Strains = [0.04], Modes = [.. LoadingMode.All.Take(modes.Length)] },
            Structure = "toy",
            StructureSha256 = "",
        },
        [.. Enumerable.Range(1, modes[0].Length).Select(id => (long)id)],
        [modes]);
}
