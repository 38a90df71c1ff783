using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class LammpsDataFileTests : IDisposable
{
    private const string TwoAtoms = """
        two atoms by hand

        2 atoms
        2 atom types

        0 10 xlo xhi
        0   11.5  ylo   yhi
        -1e0 +12 zlo zhi

        Masses

        1 63.546
        2 91.224

        Atoms

        7 2 1 2 3
        5 1 4 5 6
        """;

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

    [Theory]
    [InlineData("cu50zr50-864-p0.data")]
    [InlineData("cu50zr50-4000-p0.data")]
    [InlineData("cu50zr50-16000-p0.data")]
    public void GlassOfLammpsRoundTripsToTheLastBit(string name)
    {
        AtomicStructure glass = LammpsDataFile.Read(Repository.Data("glasses", name), ["Cu", "Zr"]).Structure;
        string path = _scratch.File("copy.data");
        LammpsDataFile.Write(path, new StructureFrame(glass));
        AtomicStructure copy = LammpsDataFile.Read(path).Structure;
        RandomFrames.ShouldBeTheSameAtoms(copy, glass);
        copy.Cell.ShouldBe(glass.Cell);
        copy.SpeciesNames.ShouldBe(["Cu", "Zr"]);
    }

    [Fact]
    public void VelocitiesArePassedOver()
    {
        AtomicStructure glass = LammpsDataFile.Read(Repository.TestData("glasses", "cu50zr50-4000.data")).Structure;
        glass.Count.ShouldBe(4000);
        glass.SpeciesNames.ShouldBe(["", ""]);
        glass.Cell.Vectors.XY.ShouldBe(0);
    }

    [Fact]
    public void FileByHandIsReadInItsOwnOrder()
    {
        AtomicStructure structure = LammpsDataFile.Read(_scratch.Write("a.data", TwoAtoms)).Structure;
        structure.Ids.ShouldBe([7, 5]);
        structure.Species.ShouldBe([1, 0]);
        structure.Position(1).ShouldBe(new Vector3(4, 5, 6));
        structure.Cell.Origin.ShouldBe(new Vector3(0, 0, -1));
        structure.Cell.Vectors.ShouldBe(new Matrix3(10, 0, 0, 0, 11.5, 0, 0, 0, 13));
        structure.SpeciesNames.ShouldBe(["", ""]);
    }

    [Fact]
    public void CommentsBehindMassesNameTheElements()
    {
        string text = TwoAtoms.Replace("63.546", "63.546 # Cu", StringComparison.Ordinal).Replace("91.224", "91.224# Zr atoms", StringComparison.Ordinal);
        LammpsDataFile.Read(_scratch.Write("a.data", text)).Structure.SpeciesNames.ShouldBe(["Cu", "Zr"]);
    }

    [Fact]
    public void AtomTypeLabelsNameTheElements()
    {
        string text = TwoAtoms.Replace("Masses", "Atom Type Labels\n\n2 Zr\n1 Cu\n\nMasses", StringComparison.Ordinal);
        LammpsDataFile.Read(_scratch.Write("a.data", text)).Structure.SpeciesNames.ShouldBe(["Cu", "Zr"]);
    }

    [Fact]
    public void ImageFlagsWindowsLineEndsAndByteOrderMarkChangeNothing()
    {
        string text = "\uFEFF" + TwoAtoms.Replace("1 2 3", "1 2 3 0 -1 2 # remark", StringComparison.Ordinal)
            .Replace("Atoms", "Atoms  # atomic", StringComparison.Ordinal).ReplaceLineEndings("\r\n");
        AtomicStructure structure = LammpsDataFile.Read(_scratch.Write("a.data", text)).Structure;
        structure.Position(0).ShouldBe(new Vector3(1, 2, 3));
    }

    [Fact]
    public void WrittenMassesAreTheElementsAndNamesStandBehindThem()
    {
        string path = _scratch.File("a.data");
        LammpsDataFile.Write(path, LammpsDataFile.Read(_scratch.Write("in.data", TwoAtoms), ["Cu", "Zr"]));
        File.ReadAllText(path).ShouldBe("""
            LAMMPS data file written by Glasswright, atom style atomic, units metal

            2 atoms
            2 atom types

            0 10 xlo xhi
            0 11.5 ylo yhi
            -1 12 zlo zhi

            Masses

            1 63.546 # Cu
            2 91.224 # Zr

            Atoms # atomic

            7 2 1 2 3
            5 1 4 5 6

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void MassesOfTheFileThatDifferFromTheElementsAreKept()
    {
        string text = TwoAtoms.Replace("63.546", "64.9", StringComparison.Ordinal);
        string path = _scratch.File("a.data");
        StructureFrame frame = LammpsDataFile.Read(_scratch.Write("in.data", text), ["Cu", "Zr"]);
        LammpsDataFile.Write(path, frame);
        File.ReadAllText(path).ShouldContain("\n1 64.9 # Cu\n2 91.224 # Zr\n");
    }

    [Fact]
    public void MoreSpeciesThanTypesMayBeNamed() =>
        LammpsDataFile.Read(_scratch.Write("a.data", TwoAtoms), ["Cu", "Zr", "Al"]).Structure.SpeciesNames.ShouldBe(["Cu", "Zr", "Al"]);

    [Fact]
    public void ElementsNamedAgainstTheMassesAreRefused()
    {
        InputException error = Should.Throw<InputException>(() => LammpsDataFile.Read(_scratch.Write("a.data", TwoAtoms), ["Zr", "Cu"]));
        error.Problem.ShouldBe("type 1 is named Zr but has the mass of Cu");
    }

    [Fact]
    public void TooFewSpeciesAreRefused() =>
        Should.Throw<InputException>(() => LammpsDataFile.Read(_scratch.Write("a.data", TwoAtoms), ["Cu"]))
            .Expected.ShouldBe("--species with 2 elements");

    [Fact]
    public void SpeciesAgainstTheFilesNamesAreRefused()
    {
        string text = TwoAtoms.Replace("63.546", "63.546 # Cu", StringComparison.Ordinal);
        Should.Throw<InputException>(() => LammpsDataFile.Read(_scratch.Write("a.data", text), ["Ag", "Zr"]))
            .Problem.ShouldBe("type 1 has another element in the file");
    }

    [Fact]
    public void RotatedCellIsRefusedWithAdviceAndNothingIsWritten()
    {
        Cell rotated = new(new Matrix3(0, -10, 0, 10, 0, 0, 0, 0, 10));
        string path = _scratch.File("a.data");
        InputException error = Should.Throw<InputException>(() =>
            LammpsDataFile.Write(path, new StructureFrame(new AtomicStructure(1, rotated, ["Cu"]))));
        error.Expected.ShouldNotBeNull().ShouldContain("extended XYZ");
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void NameThatIsNoElementNeedsAMass()
    {
        InputException error = Should.Throw<InputException>(() =>
            LammpsDataFile.Write(_scratch.File("a.data"), new StructureFrame(new AtomicStructure(1, Cell.Orthorhombic(9, 9, 9), ["cu"]))));
        error.Nearest.ShouldBe("Cu");
    }
}
