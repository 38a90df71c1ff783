using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Deformation;

public class DumpLabelsTests
{
    [Theory]
    [InlineData("xy", 10)]
    [InlineData("x", 4)]
    public void DumpsOfLammpsGiveTheLogarithmsOfTheDisplacementsInAnyOrderOfAtoms(string axes, int lastPercent)
    {
        AtomicStructure last = AqsReference.Dump(axes, (100 * lastPercent).ToString(System.Globalization.CultureInfo.InvariantCulture));
        ModeLabelTable labels = DumpLabels.Compute(
            "lammps",
            AqsReference.Dump(axes, "ref"),
            [AqsReference.Dump(axes, "100"), Reversed(last)],
            Definition(axes) with { Strains = [0.01, lastPercent / 100.0] });
        labels.Header.Entries().ShouldContain(entry => entry.Key == "modes" && entry.Value == axes + "+");
        var first = AqsReference.Displacements(axes, 1);
        var second = AqsReference.Displacements(axes, lastPercent);
        for (int i = 0; i < labels.Ids.Length; i++)
        {
            labels.Values[0][0][i].ShouldBe(Math.Log(first[labels.Ids[i]].D2Min), 2e-6);
            labels.Values[1][0][i].ShouldBe(Math.Log(second[labels.Ids[i]].D2Min), 2e-6);
        }
    }

    [Fact]
    public void ACellAtAnotherStrainOrLateralConditionIsRefused()
    {
        AtomicStructure reference = AqsReference.Dump("x", "ref"), step = AqsReference.Dump("x", "400");
        LabelDefinition definition = Definition("x");
        DumpLabels.Compute("x", reference, [step], definition).Values.Length.ShouldBe(1);
        Should.Throw<InputException>(() => DumpLabels.Compute("x", reference, [step], definition with { Strains = [0.03] }))
            .Message.ShouldBe("a structure's cell is not at x+ 0.03 (fixed) of the reference; "
                + "expected xx 1.03, yy 1, zz 1, xy 0, xz 0, yz 0; found xx 1.04, yy 1, zz 1, xy 0, xz 0, yz 0");
        Should.Throw<InputException>(() => DumpLabels.Compute(
            "x", reference, [step], definition with { Lateral = LateralCondition.Isochoric }));
        Should.Throw<InputException>(() => DumpLabels.Compute(
            "x", reference, [step], definition with { Modes = [LoadingMode.Parse("y+")] }));
        DumpLabels.Compute("x", reference, [step], definition with { Lateral = LateralCondition.Stress }).Ids.Length.ShouldBe(864);
    }

    [Fact]
    public void OtherAtomsThanTheReferenceAreRefused()
    {
        AtomicStructure reference = AqsReference.Dump("x", "ref"), step = AqsReference.Dump("x", "400");
        step.Ids[17] = 9999;
        Should.Throw<InputException>(() => DumpLabels.Compute("x", reference, [step], Definition("x")))
            .Expected.ShouldBe($"an atom with id {reference.Ids[17]}");
        step = AqsReference.Dump("x", "400");
        step.Species[3] = 1 - step.Species[3];
        Should.Throw<InputException>(() => DumpLabels.Compute("x", reference, [step], Definition("x")))
            .Message.ShouldContain("another species");
        Should.Throw<InputException>(() => DumpLabels.Compute("x", reference, [step, step], Definition("x")))
            .Message.ShouldContain("differ in number");
        Should.Throw<InputException>(() => DumpLabels.Compute(
            "x", reference, [step], Definition("x") with { Modes = LoadingMode.All }));
    }

    private static LabelDefinition Definition(string axes) => new()
    {
        Strains = [0.04],
        Modes = [LoadingMode.Parse(axes + "+")],
        Lateral = LateralCondition.Fixed,
    };

    private static AtomicStructure Reversed(AtomicStructure structure)
    {
        AtomicStructure reversed = structure.Clone();
        for (int i = 0; i < structure.Count; i++)
        {
            int from = structure.Count - 1 - i;
            reversed.Ids[i] = structure.Ids[from];
            reversed.Species[i] = structure.Species[from];
            reversed.SetPosition(i, structure.Position(from));
        }

        return reversed;
    }
}
