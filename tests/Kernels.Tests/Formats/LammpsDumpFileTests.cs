using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class LammpsDumpFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Expected values are copied from the text of the file; the box has bounds ∓0.430939… and tilts 1.2, -0.7, 0.5.</summary>
    [Fact]
    public void TriclinicDumpOfLammpsIsReadAsItStands()
    {
        StructureFrame frame = LammpsDumpFile.Read(Repository.TestData("lammps", "triclinic.dump"), ["Cu", "Zr"]);
        AtomicStructure structure = frame.Structure;
        structure.Count.ShouldBe(864);
        structure.Ids.ShouldBe(Enumerable.Range(1, 864).Select(id => (long)id));
        structure.Species[0].ShouldBe(1);
        structure.Position(1).ShouldBe(new Vector3(19.353729386119, 14.0649768661379, 15.1888848678771));
        structure.Cell.Vectors.XX.ShouldBe(24.430939142806622 + 0.43093914280566459, 1e-14);
        structure.Cell.Vectors.YY.ShouldBe(24.430939142806622 + 0.43093914280566459, 1e-14);
        structure.Cell.Origin.X.ShouldBe(-0.43093914280566459, 1e-15);
        structure.Cell.Vectors.XY.ShouldBe(1.2);
        structure.Cell.Vectors.XZ.ShouldBe(-0.7, 1e-15);
        structure.Cell.Vectors.YZ.ShouldBe(0.5);
        frame.Columns.Keys.ShouldBe(["fx", "fy", "fz", "c_pe"]);
        frame.Columns["c_pe"][1].ShouldBe(-3.78977854285498);
        frame.Columns["fz"][863].ShouldBe(0.295465638921094);
        frame.Header["timestep"].ShouldBe("0");
    }

    [Theory]
    [InlineData("x y z", "2 3 4")]
    [InlineData("xu yu zu", "2 3 4")]
    [InlineData("xs ys zs", "0.05 0.15 0.2")]
    [InlineData("xsu ysu zsu", "0.05 0.15 0.2")]
    [InlineData("xs ys zs x y z", "0.9 0.9 0.9 2 3 4")]
    public void PositionsAreReadInEachOfTheirForms(string columns, string values)
    {
        // Box 20 × 20 × 20 with its corner at (1, 0, 0) and xy = 0: the point (0.05, 0.15, 0.2) is (2, 3, 4).
        string text = Frame($"id type {columns}", $"1 1 {values}");
        Vector3 r = LammpsDumpFile.Read(_scratch.Write("a.dump", text)).Structure.Position(0);
        r.X.ShouldBe(2, 1e-14);
        r.Y.ShouldBe(3, 1e-14);
        r.Z.ShouldBe(4, 1e-14);
    }

    [Fact]
    public void ScaledPositionsFollowTheTilt()
    {
        string text = Frame("id type xs ys zs", "1 1 0.5 0.5 0.5")
            .Replace("BOX BOUNDS pp pp pp\n1 21\n0 20\n0 20", "BOX BOUNDS xy xz yz pp pp pp\n-1 25 4\n0 21 -2\n0 20 1", StringComparison.Ordinal);
        Vector3 r = LammpsDumpFile.Read(_scratch.Write("a.dump", text)).Structure.Position(0);

        // xlo = -1 - min(0, 4, -2, 2) = 1, xhi = 25 - 4 = 21; r = (1 + 10 + 2 - 1, 10 + 0.5, 10).
        r.ShouldBe(new Vector3(12, 10.5, 10));
    }

    [Fact]
    public void ColumnsStandInAnyOrderAndUnknownOnesAreKept()
    {
        string text = Frame("z c_q[2] type y element x ix iy iz id", "4 -7 2 3 Zr 2 0 0 1 9\n8 nan 1 7 Cu 6 0 0 0 4", atoms: 2);
        StructureFrame frame = LammpsDumpFile.Read(_scratch.Write("a.dump", text));
        frame.Structure.Ids.ShouldBe([9, 4]);
        frame.Structure.Species.ShouldBe([1, 0]);
        frame.Structure.SpeciesNames.ShouldBe(["Cu", "Zr"]);
        frame.Structure.Position(1).ShouldBe(new Vector3(6, 7, 8));
        frame.Columns.Keys.ShouldBe(["c_q[2]"]);
        frame.Columns["c_q[2]"].ShouldBe([-7, double.NaN]);
    }

    [Fact]
    public void ElementsWithoutTypesAreOrderedByName()
    {
        string text = Frame("id element x y z", "1 Zr 1 2 3\n2 Cu 5 6 7", atoms: 2);
        AtomicStructure structure = LammpsDumpFile.Read(_scratch.Write("a.dump", text)).Structure;
        structure.SpeciesNames.ShouldBe(["Cu", "Zr"]);
        structure.Species.ShouldBe([1, 0]);
    }

    [Fact]
    public void FramesAreReadOneByOneAndPickedFromEitherEnd()
    {
        string text = string.Concat(Enumerable.Range(0, 5).Select(i => Frame("id type x y z", $"1 1 {i} 0 0", step: 10 * i)));
        string path = _scratch.Write("a.dump", "ITEM: UNITS\nmetal\n" + text);
        LammpsDumpFile.ReadFrames(path).Select(frame => frame.Header["timestep"]).ShouldBe(["0", "10", "20", "30", "40"]);
        LammpsDumpFile.Read(path).Structure.Position(0).X.ShouldBe(4);
        LammpsDumpFile.Read(path, frame: 1).Structure.Position(0).X.ShouldBe(1);
        LammpsDumpFile.Read(path, frame: -5).Structure.Position(0).X.ShouldBe(0);
        Should.Throw<InputException>(() => LammpsDumpFile.Read(path, frame: 5)).Expected.ShouldBe("a frame from 0 to 4");
        Should.Throw<InputException>(() => LammpsDumpFile.Read(path, frame: -6));
    }

    [Fact]
    public void WrittenDumpsCarryTypeAndNeverElement()
    {
        AtomicStructure structure = new(1, Cell.Orthorhombic(9, 9, 9), ["Cu"]);
        string path = _scratch.File("a.dump");
        LammpsDumpFile.Write(path, new StructureFrame(structure), new StructureFrame(structure));
        File.ReadAllText(path).ShouldBe(string.Concat(Enumerable.Repeat(
            "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\nITEM: ATOMS id type x y z\n1 1 0 0 0\n", 2)));
        StructureFrame frame = new(structure);
        frame.Columns["element"] = [29];
        Should.Throw<InputException>(() => LammpsDumpFile.Write(path, frame)).Found.ShouldBe("'element'");
    }

    [Fact]
    public void RotatedCellIsRefusedAndNothingIsWritten()
    {
        Cell rotated = new(new Matrix3(0, -10, 0, 10, 0, 0, 0, 0, 10));
        Should.Throw<InputException>(() => LammpsDumpFile.Write(_scratch.File("a.dump"), new StructureFrame(new AtomicStructure(1, rotated, ["Cu"]))));
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBeEmpty();
    }

    private static string Frame(string columns, string lines, int atoms = 1, int step = 0) =>
        $"ITEM: TIMESTEP\n{step}\nITEM: NUMBER OF ATOMS\n{atoms}\nITEM: BOX BOUNDS pp pp pp\n1 21\n0 20\n0 20\nITEM: ATOMS {columns}\n{lines}\n";
}
