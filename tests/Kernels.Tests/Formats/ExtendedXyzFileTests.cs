using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class ExtendedXyzFileTests : IDisposable
{
    private const string Lattice = "Lattice=\"10 0 0 0 10 0 0 0 10\"";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>The form that the run folder promises: columns species, pos, id, energy, value; entries trial, energy_eV, Lattice, pbc.</summary>
    [Fact]
    public void FrameOfARunFolderIsWrittenAsPromised()
    {
        AtomicStructure structure = new(2, new Cell(new Matrix3(10, 1, 0, 0, 11, 0, 0, 0, 12), new Vector3(-0.5, 0, 0)), ["Cu", "Zr"]);
        structure.Species[1] = 1;
        structure.Ids[0] = 7;
        structure.SetPosition(1, new Vector3(0.1, -2.5, 1e-7));
        StructureFrame frame = new(structure);
        frame.Header["trial"] = "12";
        frame.Header["energy_eV"] = "-7.25";
        frame.Columns["energy"] = [-3.5, -3.75];
        frame.Columns["value"] = [1.5, double.NaN];
        using MemoryStream stream = new();
        ExtendedXyzFile.Append(stream, frame);
        System.Text.Encoding.UTF8.GetString(stream.ToArray()).ShouldBe("""
            2
            Lattice="10 0 0 1 11 0 0 0 12" Properties=species:S:1:pos:R:3:id:I:1:energy:R:1:value:R:1 trial=12 energy_eV=-7.25 Origin="-0.5 0 0" pbc="T T T"
            Cu 0 0 0 7 -3.5 1.5
            Zr 0.1 -2.5 1E-07 2 -3.75 NaN

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void FramesAppendedToAStreamAreReadInOrder()
    {
        string path = _scratch.File("accepted-0.extxyz");
        for (int i = 0; i < 3; i++)
        {
            using FileStream stream = new(path, FileMode.Append);
            StructureFrame frame = new(new AtomicStructure(1, Cell.Orthorhombic(9, 9, 9), ["Cu"]));
            frame.Header["trial"] = $"{i}";
            ExtendedXyzFile.Append(stream, frame);
        }

        ExtendedXyzFile.ReadFrames(path).Select(frame => frame.Header["trial"]).ShouldBe(["0", "1", "2"]);
        ExtendedXyzFile.Read(path).Header["trial"].ShouldBe("2");
        ExtendedXyzFile.Read(path, frame: 0).Header["trial"].ShouldBe("0");
    }

    [Fact]
    public void HeaderValuesAreReadInEachOfTheirForms()
    {
        string header = Lattice + " a=1 b = two \"key with blank\"=\"x \\\"y\\\" \\\\ \\n\" c=[1, 2, [3]] d={4 5} flag pbc=[T, T, T] e=\"\"";
        Dictionary<string, string> entries = ExtendedXyzFile.Read(_scratch.Write("a.xyz", $"1\n{header}\nCu 0 0 0\n")).Header;
        entries.ShouldBe(new Dictionary<string, string>
        {
            ["a"] = "1",
            ["b"] = "two",
            ["key with blank"] = "x \"y\" \\ \n",
            ["c"] = "[1, 2, [3]]",
            ["d"] = "4 5",
            ["flag"] = "T",
            ["e"] = "",
        });
    }

    [Fact]
    public void ColumnsOfEveryKindAreRead()
    {
        string header = Lattice + " Properties=tag:S:1:element:S:1:forces:R:3:pos:R:3:n:I:1:fixed:L:1:q:R:2";
        StructureFrame frame = ExtendedXyzFile.Read(_scratch.Write("a.xyz", $"2\n{header}\nt Zr 1 2 3 4 5 6 7 T 8 9\nt Cu 1 2 3 1 1 1 -7 F 8 nan\n"));
        frame.Structure.SpeciesNames.ShouldBe(["Cu", "Zr"]);
        frame.Structure.Species.ShouldBe([1, 0]);
        frame.Structure.Ids.ShouldBe([1, 2]);
        frame.Structure.Position(0).ShouldBe(new Vector3(4, 5, 6));
        frame.Columns.Keys.ShouldBe(["forces_x", "forces_y", "forces_z", "n", "fixed", "q_1", "q_2"]);
        frame.Columns["forces_z"].ShouldBe([3, 3]);
        frame.Columns["n"].ShouldBe([7, -7]);
        frame.Columns["fixed"].ShouldBe([1, 0]);
        frame.Columns["q_2"].ShouldBe([9, double.NaN]);
    }

    [Fact]
    public void GivenSpeciesSetTheOrder()
    {
        string path = _scratch.Write("a.xyz", $"2\n{Lattice}\nCu 0 0 0\nZr 1 1 1\n");
        ExtendedXyzFile.Read(path, ["Zr", "Al", "Cu"]).Structure.Species.ShouldBe([2, 0]);
        InputException error = Should.Throw<InputException>(() => ExtendedXyzFile.Read(path, ["Zr", "CU"]));
        error.Line.ShouldBe(3);
        error.Nearest.ShouldBe("CU");
    }

    [Fact]
    public void CellOfAnyOrientationKeepsItsVectors()
    {
        string path = _scratch.Write("a.xyz", "1\nLattice=\"0 10 0 0 0 11 12 0 0\" pbc=\"1 1 1\"\nCu 0 0 0\n");
        Cell cell = ExtendedXyzFile.Read(path).Structure.Cell;
        cell.Vectors.Column0.ShouldBe(new Vector3(0, 10, 0));
        cell.Vectors.Column1.ShouldBe(new Vector3(0, 0, 11));
        cell.Vectors.Column2.ShouldBe(new Vector3(12, 0, 0));
    }

    [Fact]
    public void SpeciesWithoutANameCannotBeWritten() =>
        Should.Throw<InputException>(() => ExtendedXyzFile.Write(_scratch.File("a.extxyz"), new StructureFrame(new AtomicStructure(1, Cell.Orthorhombic(9, 9, 9), [""]))))
            .Expected.ShouldNotBeNull().ShouldContain("--species");

    [Fact]
    public void ReservedEntriesCannotBeSetByAFrame()
    {
        StructureFrame frame = new(new AtomicStructure(1, Cell.Orthorhombic(9, 9, 9), ["Cu"]));
        frame.Header["Lattice"] = "1";
        Should.Throw<ArgumentException>(() => ExtendedXyzFile.Append(Stream.Null, frame));
    }
}
