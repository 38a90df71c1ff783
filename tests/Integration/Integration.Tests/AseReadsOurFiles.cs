using System.Diagnostics;
using System.Text.Json;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests;

/// <summary>
/// Files written here are opened by ASE (Debian's <c>python3-ase</c>): an independent reader finds the same atoms. Positions are
/// compared by their bits; cells of LAMMPS' files come from differences of bounds and are compared to rounding.
/// </summary>
public sealed class AseReadsOurFiles : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const double Rounding = 1e-13;

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-ase-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("glass.data", "lammps-data")]
    [InlineData("glass.dump", "lammps-dump-text")]
    [InlineData("glass.extxyz", "extxyz")]
    public void TiltedGlassIsFoundAsItWasWritten(string name, string format)
    {
        StructureFrame frame = StructureFile.Read(Repository.Data("glasses", "cu50zr50-864-p0.data"), ["Cu", "Zr"]);
        AtomicStructure glass = frame.Structure;
        StructureFile.Write(Path.Combine(_folder, name), frame);
        JsonElement found = Open(name, format);
        ShouldHaveTheAtomsOf(found, glass);
        if (format == "extxyz")
        {
            Numbers(found.GetProperty("cell")).ShouldBe(CellRows(glass.Cell));
            Numbers(found.GetProperty("arrays").GetProperty("id")).Select(id => (long)id).ShouldBe(glass.Ids);
        }
        else
        {
            ShouldAgreeToRounding(Numbers(found.GetProperty("cell")), CellRows(glass.Cell));
        }
    }

    [Fact]
    public void FrameOfARunFolderWithARotatedCellKeepsItsEntriesAndColumns()
    {
        AtomicStructure structure = new(3, new Cell(new Matrix3(0, 0.5, 9, 10, 0, 0.25, 0, 11, -0.1), new Vector3(-1, 2, 3)), ["Cu", "Zr"]);
        structure.Species[1] = 1;
        for (int i = 0; i < 3; i++)
        {
            structure.Ids[i] = 30 - i;
            structure.SetPosition(i, new Vector3(0.1 * i, 1.0 / 3, -1e-7 * i));
        }

        StructureFrame frame = new(structure);
        frame.Header["trial"] = "17";
        frame.Header["energy_eV"] = "-12.25";
        frame.Header["note"] = "two words = one note";
        frame.Columns["energy"] = [-3.5, -6.25, double.NaN];
        frame.Columns["value"] = [1e-300, -0.0, 12345.678];
        frame.Columns["dipole_x"] = [1, 2, 3];
        frame.Columns["dipole_y"] = [4, 5, 6];
        frame.Columns["dipole_z"] = [7, 8, 9];
        ExtendedXyzFile.Write(Path.Combine(_folder, "accepted-0.extxyz"), frame, frame);
        JsonElement found = Open("accepted-0.extxyz", "extxyz");
        ShouldHaveTheAtomsOf(found, structure);
        Numbers(found.GetProperty("cell")).ShouldBe(CellRows(structure.Cell));
        JsonElement info = found.GetProperty("info");
        info.GetProperty("trial").GetString().ShouldBe("17");
        info.GetProperty("energy_eV").GetString().ShouldBe("-12.25");
        info.GetProperty("note").GetString().ShouldBe("two words = one note");
        JsonElement arrays = found.GetProperty("arrays");
        Numbers(arrays.GetProperty("energy")).ShouldBe(frame.Columns["energy"]);
        Numbers(arrays.GetProperty("value")).ShouldBe(frame.Columns["value"]);
        Numbers(arrays.GetProperty("dipole")).ShouldBe([1, 4, 7, 2, 5, 8, 3, 6, 9]);
    }

    private JsonElement Open(string name, string format)
    {
        ProcessStartInfo start = new(Python)
        {
            ArgumentList =
            {
                Path.Combine(Repository.Root, "tests", "Integration", "Integration.Tests", "ase_read.py"), Path.Combine(_folder, name), format, "Cu,Zr",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process python = Process.Start(start)!;
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        python.ExitCode.ShouldBe(0, errors.GetAwaiter().GetResult());

        // Python prints NaN as a bare word, which JSON does not know.
        return JsonDocument.Parse(output.Replace("NaN", "\"NaN\"", StringComparison.Ordinal)).RootElement;
    }

    private static void ShouldHaveTheAtomsOf(JsonElement found, AtomicStructure structure)
    {
        found.GetProperty("pbc").EnumerateArray().Select(flag => flag.GetBoolean()).ShouldBe([true, true, true]);
        found.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString())
            .ShouldBe(structure.Species.Select(species => structure.SpeciesNames[species]));
        double[] expected = [.. Enumerable.Range(0, structure.Count).Select(structure.Position).SelectMany(r => (double[])[r.X, r.Y, r.Z])];
        Numbers(found.GetProperty("positions")).SequenceEqual(expected).ShouldBeTrue("positions differ");
    }

    private static void ShouldAgreeToRounding(double[] found, double[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        for (int i = 0; i < found.Length; i++)
        {
            found[i].ShouldBe(expected[i], Rounding);
        }
    }

    private static double[] CellRows(Cell cell) =>
        [.. ((Vector3[])[cell.Vectors.Column0, cell.Vectors.Column1, cell.Vectors.Column2]).SelectMany(v => (double[])[v.X, v.Y, v.Z])];

    private static double[] Numbers(JsonElement array) =>
        [.. array.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.String ? double.NaN : value.GetDouble())];
}
