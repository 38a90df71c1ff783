using FsCheck;
using FsCheck.Fluent;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Formats;

/// <summary>What is written is read back to the last bit, for structures with awkward numbers.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void LammpsDataGivesPositionsCellIdsAndSpeciesBack() => ForAllSeeds(seed =>
    {
        AtomicStructure written = RandomFrames.Create(seed, restricted: true, origin: false).Structure;
        string path = _scratch.File("a.data");
        LammpsDataFile.Write(path, new StructureFrame(written));
        AtomicStructure read = LammpsDataFile.Read(path).Structure;
        RandomFrames.ShouldBeTheSameAtoms(read, written);
        read.Cell.ShouldBe(written.Cell);
        read.SpeciesNames.ShouldBe(written.SpeciesNames);
    });

    /// <summary>Not every length is the difference of two doubles of which one is given; LAMMPS' files hold the two bounds.</summary>
    [Fact]
    public void LammpsDataKeepsACellAwayFromTheOriginToOneRoundingAndThenForGood() => ForAllSeeds(seed =>
    {
        AtomicStructure written = RandomFrames.Create(seed, restricted: true, origin: true).Structure;
        string path = _scratch.File("a.data");
        LammpsDataFile.Write(path, new StructureFrame(written));
        AtomicStructure once = LammpsDataFile.Read(path).Structure;
        RandomFrames.ShouldBeTheSameAtoms(once, written);
        once.Cell.Origin.ShouldBe(written.Cell.Origin);
        ShouldBeWithinRounding(once.Cell, written.Cell);
        LammpsDataFile.Write(path, new StructureFrame(once));
        LammpsDataFile.Read(path).Structure.Cell.ShouldBe(once.Cell);
    });

    [Fact]
    public void LammpsDumpGivesPositionsIdsTypesColumnsAndTheOriginAtZeroBack() => ForAllSeeds(seed =>
    {
        StructureFrame frame = RandomFrames.Create(seed, restricted: true, origin: false);
        AtomicStructure written = frame.Structure;
        frame.Columns["fx"] = RandomFrames.Column(seed, written.Count);
        frame.Columns["c_pe"] = RandomFrames.Column(seed + 1, written.Count);
        frame.Header["timestep"] = $"{seed}";
        string path = _scratch.File("a.dump");
        LammpsDumpFile.Write(path, frame);
        StructureFrame read = LammpsDumpFile.Read(path, written.SpeciesNames);
        RandomFrames.ShouldBeTheSameAtoms(read.Structure, written);
        read.Columns.Keys.ShouldBe(frame.Columns.Keys);
        read.Columns.ShouldAllBe(column => RandomFrames.Bits(column.Value).SequenceEqual(RandomFrames.Bits(frame.Columns[column.Key])));
        read.Header.ShouldBe(frame.Header);
        ShouldBeWithinRounding(read.Structure.Cell, written.Cell);
    });

    [Fact]
    public void ExtendedXyzGivesEverythingBackForAnyCell() => ForAllSeeds(seed =>
    {
        StructureFrame frame = RandomFrames.Create(seed, restricted: false, origin: seed % 2 == 0);
        AtomicStructure written = frame.Structure;
        foreach (string name in (string[])["energy", "forces_x", "forces_y", "forces_z", "value"])
        {
            frame.Columns[name] = RandomFrames.Column(seed + name.Length, written.Count);
        }

        frame.Header["trial"] = "12";
        frame.Header["energy_eV"] = "-4153.03893987";
        frame.Header["note"] = "two words, a \"quote\", a \\ and\na second line = odd";
        frame.Header["array"] = "[1, 2, 3]";
        frame.Header["empty"] = "";
        string path = _scratch.File("a.extxyz");
        ExtendedXyzFile.Write(path, frame);
        StructureFrame read = ExtendedXyzFile.Read(path);
        RandomFrames.ShouldBeTheSameAtoms(read.Structure, written);
        read.Structure.Cell.ShouldBe(written.Cell);
        read.Header.ShouldBe(frame.Header);
        read.Columns.Keys.ShouldBe(frame.Columns.Keys);
        read.Columns.ShouldAllBe(column => RandomFrames.Bits(column.Value).SequenceEqual(RandomFrames.Bits(frame.Columns[column.Key])));
    });

    [Fact]
    public void BoundingBoxOfADumpLeadsBackToTheBoxItCameFrom()
    {
        LammpsBox box = new(-1, 20, 2, 30, 0, 40, 3.5, -4.5, 0.25);
        box.ToBoundingBox().ShouldBe(new LammpsBox(-5.5, 23.5, 2, 30.25, 0, 40, 3.5, -4.5, 0.25));
        LammpsBox.FromBoundingBox(box.ToBoundingBox()).ShouldBe(box);
    }

    private static void ShouldBeWithinRounding(Cell read, Cell written)
    {
        double[] difference =
        [
            read.Vectors.XX - written.Vectors.XX, read.Vectors.YY - written.Vectors.YY, read.Vectors.ZZ - written.Vectors.ZZ,
            read.Origin.X - written.Origin.X, read.Origin.Y - written.Origin.Y, read.Origin.Z - written.Origin.Z,
        ];
        difference.ShouldAllBe(value => Math.Abs(value) < 1e-14);
        (read.Vectors with { XX = 0, YY = 0, ZZ = 0 }).ShouldBe(written.Vectors with { XX = 0, YY = 0, ZZ = 0 });
    }

    private static void ForAllSeeds(Action<int> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), property));
}
