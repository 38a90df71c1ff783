using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Dynamics;

public sealed class MeltStartTests
{
    [Theory]
    [InlineData("Cu50Zr50", 864, new[] { 432, 432 })]
    [InlineData("CuZr", 7, new[] { 4, 3 })]
    [InlineData("Cu64.5Zr35.5", 1000, new[] { 645, 355 })]
    [InlineData("Cu1Zr1Al1", 100, new[] { 34, 33, 33 })]
    [InlineData("Zr46Cu46Al8", 864, new[] { 398, 397, 69 })]
    public void SharesBecomeWholeAtoms(string text, int atoms, int[] counts) => Composition.Parse(text).Counts(atoms).ShouldBe(counts);

    [Theory]
    [InlineData("")]
    [InlineData("cu50")]
    [InlineData("Cu50 Zr50")]
    [InlineData("Cu0Zr1")]
    [InlineData("Cu1Cu2")]
    [InlineData("50Cu")]
    [InlineData("Cu1e3")]
    public void WhatIsNoCompositionIsRefused(string text) => Should.Throw<InputException>(() => Composition.Parse(text)).Message.ShouldContain("composition");

    [Theory]
    [InlineData(256)]
    [InlineData(300)]
    public void NoTwoAtomsOverlapAndSeedsDiffer(int atoms)
    {
        using VectorEam field = Trajectory.CreateField(ReferenceData.CopperZirconium);
        AtomicStructure start = MeltStart.Make(Composition.Parse("Cu50Zr50"), atoms, seed: 1, field, pressure: 0);

        double closest = double.PositiveInfinity;
        for (int i = 0; i < atoms; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Vector3 s = start.Cell.Inverse * (start.Position(i) - start.Position(j));
                s -= new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z));
                closest = Math.Min(closest, (start.Cell.Vectors * s).Length);
            }
        }

        closest.ShouldBeGreaterThan(1.8);
        (start.Cell.Volume / atoms).ShouldBeInRange(14, 22);
        start.Species.Count(species => species == 1).ShouldBe(atoms / 2);
        StructureDigest.Compute(start).ShouldBe(StructureDigest.Compute(MeltStart.Make(Composition.Parse("Cu50Zr50"), atoms, 1, field, 0)));
        StructureDigest.Compute(start).ShouldNotBe(StructureDigest.Compute(MeltStart.Make(Composition.Parse("Cu50Zr50"), atoms, 2, field, 0)));
    }
}
