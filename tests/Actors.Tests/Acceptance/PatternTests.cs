using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Acceptance;

public class PatternTests
{
    private static readonly double[] Ones = [1, 1, 1, 1, 1];

    [Fact]
    public void PatternOfASpeciesMeasuresItsAtomsAlone()
    {
        AtomicStructure glass = Line(6);
        double[] z = [1, 10, 2, 20, 6, 60];
        var copper = new Pattern { Species = "Cu" };
        var set = new TargetSet([Target.Maximum().Within(copper), Target.Mean().Within(copper), Target.Quantile(0.5).Within(copper), Target.Mean()]);
        var f = new double[4];
        TargetReport report = set.Evaluate(0, z, f, glass);
        f.ShouldBe([6, 3, 2, 16.5]);
        report.Maximum.ShouldBe(60, "the report is of all atoms");
        set[1].Name.ShouldBe("mean(Cu)");
    }

    [Fact]
    public void HardQuantilesAreThoseOfTheSubsetToTheBit()
    {
        var draws = new DrawSequence(11, RandomStream.SelfTest, 0, 0);
        double[] z = [.. Enumerable.Range(0, 101).Select(_ => draws.NextUniform())];
        double[] w = [.. Enumerable.Range(0, 101).Select(i => i % 3 == 0 ? 1.0 : 0)];
        double[] subset = [.. z.Where((_, i) => w[i] > 0).Order()];
        foreach (double q in (double[])[0, 0.1, 0.25, 0.5, 0.9, 1])
        {
            WeightedFigures.Quantile(z, w, q).ShouldBe(Quantiles.OfSorted(subset, q));
        }
    }

    [Fact]
    public void WeightedFiguresByHand()
    {
        // Sorted: z 1, 2, 4 with w 1, 0.5, 0.25, that is p up to 4/7, 6/7, 1; n = 7/3, so that windows of p are 3/7 wide.
        double[] z = [4, 1, 9, 2], w = [0.25, 1, 0, 0.5];
        WeightedFigures.Mean(z, w).ShouldBe((1 + 1 + 1) / 1.75, 1e-15);
        WeightedFigures.Maximum(z, w).ShouldBe(2);
        WeightedFigures.Quantile(z, w, 0).ShouldBe(1, 1e-12);
        WeightedFigures.Quantile(z, w, 0.5).ShouldBe(((2 * 1) + (1 * 2)) / 3.0, 1e-12);
        WeightedFigures.Quantile(z, w, 1).ShouldBe(((2 * 2) + (1 * 4)) / 3.0, 1e-12);
    }

    [Fact]
    public void WeightsThatAreEqualButNotOneGiveThePlainQuantile()
    {
        double[] z = [5, 3, 1, 2, 4];
        WeightedFigures.Quantile(z, [0.3, 0.3, 0.3, 0.3, 0.3], 0.3).ShouldBe(WeightedFigures.Quantile(z, Ones, 0.3));
    }

    [Fact]
    public void AnAtomLeavesAQuantileContinuouslyAndThereIsNoJumpBesideEqualWeights()
    {
        double[] z = [1, 2, 3, 7, 8];
        for (double q = 0.05; q < 1; q += 0.1)
        {
            WeightedFigures.Quantile(z, [1, 1, 1e-12, 1, 1], q).ShouldBe(WeightedFigures.Quantile(z, [1, 1, 0, 1, 1], q), 1e-10);
            WeightedFigures.Quantile(z, [1, 1, 1, 1, 1e-12], q).ShouldBe(WeightedFigures.Quantile(z, [1, 1, 1, 1, 0], q), 1e-10);
            WeightedFigures.Quantile(z, [1, 1, 1 - 1e-12, 1, 1], q).ShouldBe(WeightedFigures.Quantile(z, Ones, q), 1e-10);
        }
    }

    [Fact]
    public void AtomsOfEqualZMakeNoDifferenceByTheirOrder()
    {
        double forth = WeightedFigures.Quantile([1, 2, 2, 3], [1, 0.2, 0.2, 1], 0.4);
        WeightedFigures.Quantile([3, 2, 1, 2], [1, 0.2, 1, 0.2], 0.4).ShouldBe(forth, 1e-12);
    }

    [Fact]
    public void PatternWithoutAtomsIsNotANumber()
    {
        double[] z = [1, 2], none = [0, 0];
        WeightedFigures.Mean(z, none).ShouldBe(double.NaN);
        WeightedFigures.Maximum(z, none).ShouldBe(double.NaN);
        WeightedFigures.Quantile(z, none, 0.5).ShouldBe(double.NaN);
    }

    [Fact]
    public void RegionWeighsByTheNearestImageWhetherAtomsAreWrappedOrNot()
    {
        AtomicStructure glass = Line(20);
        var hard = new Region(new Vector3(19, 0, 0), 2);
        Weights(hard).ShouldBe([1, 1, .. new double[15], 1, 1, 1]);
        glass.SetPosition(0, new Vector3(20, 0, 0));
        glass.SetPosition(19, new Vector3(-21, 0, 0));
        Weights(hard).ShouldBe([1, 1, .. new double[15], 1, 1, 1]);

        // Rim from 2 to 4 about 3: t = 1/2 at the radius.
        var soft = new Region(new Vector3(10, 0, 0), 3, 1);
        double[] weights = Weights(soft);
        weights[8..13].ShouldBe([1, 1, 1, 1, 1]);
        weights[7].ShouldBe(0.5);
        weights[13].ShouldBe(0.5);
        weights[6].ShouldBe(0);
        soft.Weigh(new Vector3(13.5, 0, 0), glass.Cell).ShouldBe(0.15625);

        double[] Weights(Region region)
        {
            var weights = new double[glass.Count];
            new Pattern { Region = region }.Weigh(glass, weights);
            return weights;
        }
    }

    [Fact]
    public void SpeciesAndRegionMultiplyAndAreNamed()
    {
        var pattern = new Pattern { Species = "Zr", Region = new Region(new Vector3(10, 0, 0), 3, 1) };
        var weights = new double[20];
        pattern.Weigh(Line(20), weights);
        weights.Select((weight, i) => (weight, i)).Where(entry => entry.weight > 0).Select(entry => entry.i).ShouldBe([7, 9, 11, 13]);
        Target.Quantile(0.9).Within(pattern).Name.ShouldBe("q0.90(Zr 3~1@10/0/0)");
    }

    [Fact]
    public void GivenConstantsScaleWithTheAtomsOfThePattern()
    {
        var set = new TargetSet([Target.Mean(0.001).Within(new Pattern { Species = "Cu" }), Target.Mean(0.001)]);
        set.GivenConstants(Line(20), scalePerAtom: true).ShouldBe([0.001 * 1600, 0.001 * 800]);
    }

    [Fact]
    public void PatternsThatDoNotFitAreRefused()
    {
        AtomicStructure glass = Line(20);
        Refusal(new Pattern { Species = "Al" }).ShouldContain("species");
        Refusal(new Pattern { Region = new Region(new Vector3(0, 0, 0), 4, 2) }).ShouldContain("does not fit");
        Refusal(new Pattern { Region = new Region(new Vector3(0, 5, 5), 1) }).ShouldContain("no atom");
        Should.Throw<ArgumentException>(() => Target.Energy().Within(new Pattern { Species = "Cu" }));
        Should.Throw<InputException>(() => new TargetSet(
            [Target.Mean().Within(new Pattern { Species = "Cu" }), Target.Mean().Within(new Pattern { Species = "Cu" })]));

        string Refusal(Pattern pattern) =>
            Should.Throw<InputException>(() => new TargetSet([Target.Mean().Within(pattern)]).RequireFits(glass)).Message;
    }

    /// <summary>Cu and Zr in turn, 1 Å apart along x; the cell is 10 Å wide across.</summary>
    private static AtomicStructure Line(int atoms)
    {
        var structure = new AtomicStructure(atoms, Cell.Orthorhombic(atoms, 10, 10), ["Cu", "Zr"]);
        for (int i = 0; i < atoms; i++)
        {
            structure.Species[i] = i % 2;
            structure.SetPosition(i, new Vector3(i, 0, 0));
        }

        return structure;
    }
}
