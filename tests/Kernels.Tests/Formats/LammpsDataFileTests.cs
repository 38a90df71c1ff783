using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class LammpsDataFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Expected values are copied from the text of the file.</summary>
    [Fact]
    public void TiltedGlassOfLammpsIsReadAsItStands()
    {
        AtomicStructure glass = LammpsDataFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]).Structure;
        glass.Count.ShouldBe(864);
        glass.SpeciesNames.ShouldBe(["Cu", "Zr"]);
        glass.Species.Count(species => species == 0).ShouldBe(447);
        glass.Ids.Order().ShouldBe(Enumerable.Range(1, 864).Select(id => (long)id));
        glass.Ids[0].ShouldBe(767);
        glass.Species[0].ShouldBe(1);
        glass.Position(0).ShouldBe(new Vector3(1.8789245438671833, 1.1118544951489064, 1.275657362318139));
        glass.Cell.Origin.ShouldBe(new Vector3(-0.38110438433285454, -0.4365796029642904, -0.4104428872548014));
        glass.Cell.Vectors.XX.ShouldBe(24.381104384333813 - -0.38110438433285454);
        glass.Cell.Vectors.XY.ShouldBe(0.07559549235762475);
        glass.Cell.Vectors.XZ.ShouldBe(-0.031107361775025415);
        glass.Cell.Vectors.YZ.ShouldBe(-0.17289522068508714);
    }

    [Fact]
    public void VelocitiesArePassedOver()
    {
        AtomicStructure glass = LammpsDataFile.Read(Repository.TestData("glasses", "cu50zr50-4000.data")).Structure;
        glass.Count.ShouldBe(4000);
        glass.SpeciesNames.ShouldBe(["", ""]);
        glass.Cell.Vectors.XY.ShouldBe(0);
    }
}
