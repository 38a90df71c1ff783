using Glasswright.Actors.Acceptance;
using Glasswright.Kernels;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Acceptance;

public class TargetSetTests
{
    [Fact]
    public void PaperDefaultHasTheSevenTargetsOfTheContract()
    {
        TargetSet set = TargetSet.PaperDefault;
        Enumerable.Range(0, set.Count).Select(k => set[k].Name).ShouldBe(TargetReport.Names);
    }

    [Fact]
    public void EveryKindMeasuresWhatItSays()
    {
        var set = new TargetSet([Target.Maximum(), Target.Mean(), Target.Quantile(0.5), Target.Energy()]);
        var f = new double[4];
        TargetReport report = set.Evaluate(-7.5, [3, 1, 2, 6], f);
        f.ShouldBe([6, 3, 2.5, -7.5]);
        report.Maximum.ShouldBe(6);
        report.Q50.ShouldBe(2.5);
    }

    [Fact]
    public void DirectionsTurnAMeasureIntoSomethingToLower()
    {
        Target.Mean(direction: TargetDirection.Raise).Objective(2).ShouldBe(-2);
        Target.Mean(direction: TargetDirection.Toward, goal: 5).Objective(2).ShouldBe(3);
        Target.Mean(direction: TargetDirection.Toward, goal: 5).Objective(8).ShouldBe(3);
    }

    [Fact]
    public void ANonFiniteValueMakesEveryTargetOfZNonFiniteAndLeavesTheEnergy()
    {
        var set = new TargetSet([Target.Maximum(), Target.Energy()]);
        var f = new double[2];
        TargetReport report = set.Evaluate(1, [0, double.NaN], f);
        double.IsNaN(f[0]).ShouldBeTrue();
        f[1].ShouldBe(1);
        report.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void GivenConstantsOfMeanAndQuantilesScaleWithOneOverN()
    {
        var set = new TargetSet([Target.Maximum(0.3), Target.Mean(0.001), Target.Quantile(0.9, 0.01), Target.Energy(0.5), Target.Quantile(0.1)]);
        double[] c = set.GivenConstants(Atoms(4000), scalePerAtom: true);
        c[..4].ShouldBe([0.3, 0.004, 0.04, 0.5]);
        double.IsNaN(c[4]).ShouldBeTrue();
        set.GivenConstants(Atoms(4000), scalePerAtom: false)[1].ShouldBe(0.001);
    }

    [Fact]
    public void ATargetOfAPropertyMeasuresItAsOneOfZMeasuresZ()
    {
        double[] z = [3, 1, 2, 6], other = [-1, 5, 0, 9];
        Target[] kinds = [Target.Maximum(), Target.Mean(direction: TargetDirection.Raise), Target.Quantile(0.3)];
        var both = new TargetSet([.. kinds, .. kinds.Select(target => target.Of("other")), Target.Energy()], ["unused", "other"]);
        var f = new double[7];
        TargetReport report = both.Evaluate(-7.5, z, f, null, [.. z, .. other]);
        double[] ofZ = new double[3], ofOther = new double[3];
        var alone = new TargetSet(kinds);
        TargetReport reportOfZ = alone.Evaluate(0, z, ofZ), reportOfOther = alone.Evaluate(0, other, ofOther);
        f.ShouldBe([.. ofZ, .. ofOther, -7.5]);
        report.ToArray().ShouldBe([.. reportOfZ.ToArray(), .. reportOfZ.ToArray(), .. reportOfOther.ToArray()]);
        TargetReport.FromArray(report.ToArray()).ToArray().ShouldBe(report.ToArray());
        both[4].Name.ShouldBe("mean[other]");
        both[5].Within(new Pattern { Species = "Cu" }).Name.ShouldBe("q0.30[other](Cu)");
        both.NeedsValues.ShouldBeTrue();
        new TargetSet([Target.Mean().Of("other")], ["other"]).NeedsValues.ShouldBeFalse();
    }

    [Fact]
    public void ANonFiniteValueOfAPropertyLeavesTheOthersAlone()
    {
        var set = new TargetSet([Target.Mean(), Target.Mean().Of("a"), Target.Mean().Of("b")], ["a", "b"]);
        var f = new double[3];
        TargetReport report = set.Evaluate(0, [1, 2], f, null, [double.NaN, 1, 4, 6]);
        f.ShouldBe([1.5, double.NaN, 5]);
        report.Properties.Select(property => property.IsEmpty).ShouldBe([true, false]);
    }

    [Fact]
    public void APropertyThatNothingDefinesIsRefusedWithTheNearestName() =>
        Should.Throw<InputException>(() => new TargetSet([Target.Mean().Of("strenght")], ["volume", "strength"])).Nearest.ShouldBe("strength");

    private static AtomicStructure Atoms(int count) => new(count, Cell.Orthorhombic(10, 10, 10), ["Cu", "Zr"]);

    [Fact]
    public void TheSameTargetTwiceIsRefused() =>
        Should.Throw<InputException>(() => new TargetSet([Target.Quantile(0.5), Target.Quantile(0.5)]));
}
