using System.Globalization;
using System.Text.Json;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>analyze</c> of structures and curves: one table a figure, the same for any number of threads.</summary>
public sealed class AnalyzeVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void EveryTableIsTheSameForAnyNumberOfThreads()
    {
        string model = Samples.SmallModel(_scratch);
        string[] line =
        [
            "analyze", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--model", model, "--attention", "17", "--radii",
            "Cu=1.28,Zr=1.60", "--relative-face-threshold", "0.01",
        ];
        JsonElement one = Json([.. line, "--threads", "1", "--out", _scratch.File("one")]), three = Json([.. line, "--threads", "3", "--out", _scratch.File("three")]);

        string[] files = Files(one);
        files.ShouldBe([
            "gr.csv", "sq.csv", "coordination.csv", "warren-cowley.csv", "atoms.csv", "voronoi.csv", "distributions.csv", "correlation.csv", "slices.csv",
            "attention.csv", "contributions.csv",
        ]);
        Files(three).ShouldBe(files);
        foreach (string file in files)
        {
            File.ReadAllBytes(_scratch.File($"three/{file}")).ShouldBe(File.ReadAllBytes(_scratch.File($"one/{file}")), file);
        }

        Directory.GetFiles(_scratch.File("one")).Length.ShouldBe(files.Length, "no temporary file stays");
    }

    [Fact]
    public void TablesAgreeWithEachOtherAndWithTheSummary()
    {
        JsonElement json = Json("analyze", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--out", _scratch.File("out"));
        JsonElement summary = json.GetProperty("structures").GetProperty("structure");
        Dictionary<string, string>[] atoms = Rows("out/atoms.csv");
        atoms.Length.ShouldBe(864);
        double Share(string species, string index) =>
            atoms.Count(row => row["species"] == species && $"{row["n3"]},{row["n4"]},{row["n5"]},{row["n6"]}" == index) / (double)atoms.Count(row => row["species"] == species);
        summary.GetProperty("icosahedra").GetProperty("Cu").GetDouble().ShouldBe(Share("Cu", "0,0,12,0"));
        summary.GetProperty("frank_kasper_16").GetProperty("Zr").GetDouble().ShouldBe(Share("Zr", "0,0,12,4"));
        summary.GetProperty("polytetrahedral").GetDouble().ShouldBe(atoms.Count(row => row["polytetrahedral"] == "1") / 864.0);
        summary.GetProperty("density_g_per_cm3").GetDouble().ShouldBeInRange(6.8, 7.6, "Cu50Zr50 has about 7.2 g/cm3");
        summary.GetProperty("crystalline").GetDouble().ShouldBeLessThan(0.05);
        summary.GetProperty("coordination").GetProperty("Cu-Zr").GetDouble().ShouldBeInRange(5, 9);

        // The energies of the atoms are those of `energy`.
        double energy = Json("energy", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential).GetProperty("energy_eV").GetDouble();
        atoms.Sum(row => Number(row["energy_eV"])).ShouldBe(energy, 1e-6);
        Rows("out/voronoi.csv").Sum(row => Number(row["atoms"])).ShouldBe(864);
        Rows("out/distributions.csv").Where(row => row["quantity"] == "volume").Sum(row => Number(row["atoms"])).ShouldBe(864);
        File.ReadLines(_scratch.File("out/gr.csv")).First().ShouldStartWith("# pair distribution functions");
    }

    [Fact]
    public void AStructureSetBesideItselfShowsNoChange()
    {
        Invocation run = Invocation.Run(
            "analyze", "--structure", Samples.StressFreeGlass, "--second", Samples.StressFreeGlass, "--species", "Cu,Zr", "--model", Samples.SmallModel(_scratch), "--out", _scratch.File("out"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("do not differ by swaps");
        foreach (Dictionary<string, string> row in Rows("out/gr-change.csv"))
        {
            row.Where(cell => cell.Key is not ("structure" or "r_A")).ShouldAllBe(cell => Number(cell.Value) == 0);
        }
    }

    [Fact]
    public void ASwapIsFoundAndItsShellsHoldAllAtoms()
    {
        Invocation.Run(
            "minimize", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--swap", "383,665", "--max-evaluations", "30", "--out",
            _scratch.File("swapped.extxyz")).ExitCode.ShouldBe(0);

        JsonElement json = Json(
            "analyze", "--structure", Samples.StressFreeGlass, "--second", _scratch.File("swapped.extxyz"), "--species", "Cu,Zr", "--model", Samples.SmallModel(_scratch), "--out", _scratch.File("out"));

        json.GetProperty("shells").GetProperty("swapped").GetInt64().ShouldBe(2);
        Dictionary<string, string>[] shells = Rows("out/shells.csv");
        shells.Select(row => row["group"]).ShouldBe(["swapped", "shell_1", "shell_2", "shell_3", "shell_4", "farther"]);
        shells.Sum(row => Number(row["atoms"])).ShouldBe(864);
        Number(shells[0]["atoms"]).ShouldBe(2);
        Number(shells[1]["atoms"]).ShouldBeInRange(15, 32);

        // The model sees one step, so far away only the relaxation is felt.
        Number(shells[0]["mean_absolute_change"]).ShouldBeGreaterThan(10 * Number(shells[5]["mean_absolute_change"]));
        json.GetProperty("shells").GetProperty("class").GetString()!.Length.ShouldBe(6);
        Rows("out/gr-change.csv").ShouldContain(row => Number(row["Cu-Zr"]) != 0);
    }

    [Fact]
    public void ACrystalIsWarnedOf()
    {
        var lines = new List<string> { "250", "Lattice=\"16.35 0 0 0 16.35 0 0 0 16.35\" Properties=species:S:1:pos:R:3" };
        for (int i = 0; i < 250; i++)
        {
            double shift = i % 2 == 0 ? 0 : 0.5;
            lines.Add(FormattableString.Invariant($"{(i % 2 == 0 ? "Cu" : "Zr")} {3.27 * ((i / 2 % 5) + shift)} {3.27 * ((i / 10 % 5) + shift)} {3.27 * ((i / 50) + shift)}"));
        }

        Invocation run = Invocation.Run("analyze", "--structure", _scratch.Write("b2.extxyz", string.Join('\n', lines) + "\n"), "--out", _scratch.File("out"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("100 % of the atoms are crystalline (100 % in B2)");
        run.Error.Count(c => c == '\n').ShouldBe(1);
        Rows("out/warren-cowley.csv").First(row => row["a"] == "Cu" && row["b"] == "Zr")["alpha"].ShouldBe("-1");
    }

    [Fact]
    public void CurvesOfBothLayoutsAreReadAndSetSideBySide()
    {
        Directory.CreateDirectory(_scratch.File("before/xy+"));
        Directory.CreateDirectory(_scratch.File("after"));
        string Curve(double slope) => "strain,energy_eV,stress_bar\n" + string.Join('\n', Enumerable.Range(1, 40).Select(k => FormattableString.Invariant($"{k / 10000.0},0,{(slope * k) - (k > 30 ? 50 : 0)}"))) + "\n";
        _scratch.Write("before/xy+/curve.csv", Curve(25));
        _scratch.Write("after/curve-xy+.csv", Curve(30));
        _scratch.Write("after/curve-x-.csv", Curve(80));

        JsonElement json = Json("analyze", "--curves", _scratch.File("before"), "--second-curves", _scratch.File("after"), "--out", _scratch.File("out"));

        Dictionary<string, string>[] rows = Rows("out/stress.csv");
        rows.Select(row => (row["structure"], row["mode"])).ShouldBe([("first", "xy+"), ("second", "xy+"), ("second", "x-")]);
        rows.Select(row => Number(row["modulus_GPa"])).ShouldBe([25, 30, 80], 1e-9);
        Number(rows[0]["first_event_strain"]).ShouldBe(0.003);
        Number(rows[0]["largest_drop_GPa"]).ShouldBe(0.0025, 1e-9);
        json.GetProperty("stress").GetProperty("second").GetProperty("axial_modulus_GPa").GetDouble().ShouldBe(80, 1e-9);
        Files(json).ShouldBe(["stress-strain.csv", "stress.csv"]);
        Rows("out/stress-strain.csv").Where(row => (row["structure"], row["mode"]) == ("second", "x-")).Select(row => Number(row["stress_GPa"])).Take(2).ShouldBe([0.008, 0.016], 1e-12);
    }

    [Theory]
    [InlineData("nothing is given to analyze", "--out", "OUT")]
    [InlineData("--out is not given", "--structure", "GLASS")]
    [InlineData("--second needs --structure", "--second", "GLASS", "--curves", "x", "--out", "OUT")]
    [InlineData("--attention needs --model", "--structure", "GLASS", "--attention", "5", "--out", "OUT")]
    [InlineData("names no atom of the structure", "--structure", "GLASS", "--species", "Cu,Zr", "--model", "MODEL", "--attention", "9999", "--out", "OUT")]
    [InlineData("did you mean Zr?", "--structure", "GLASS", "--species", "Cu,Zr", "--radii", "Cu=1.28,Zn=1.6", "--out", "OUT")]
    [InlineData("--radii lacks a species", "--structure", "GLASS", "--species", "Cu,Zr", "--radii", "Cu=1.28", "--out", "OUT")]
    [InlineData("--radii is not usable", "--structure", "GLASS", "--radii", "Cu:1.28", "--out", "OUT")]
    [InlineData("a share from 0 to 1", "--structure", "GLASS", "--relative-face-threshold", "2", "--out", "OUT")]
    [InlineData("up to the range of g(r)", "--structure", "GLASS", "--cutoff", "13", "--out", "OUT")]
    [InlineData("--axis has no such value", "--structure", "GLASS", "--axis", "z", "--out", "OUT")]
    [InlineData("there is no stress-strain curve", "--curves", "OUT", "--out", "OUT")]
    [InlineData("there is no such run folder", "absent")]
    [InlineData("--structure is not for a run", "absent", "--structure", "GLASS")]
    [InlineData("--replica is for a run", "--structure", "GLASS", "--replica", "1", "--out", "OUT")]
    public void AMistakeIsToldInOneLineAndNothingIsWritten(string part, params string[] line)
    {
        string[] words = [.. line.Select(word => word switch
        {
            "GLASS" => Samples.StressFreeGlass,
            "MODEL" => Samples.SmallModel(_scratch),
            "OUT" => _scratch.File("out"),
            _ => word,
        })];

        Invocation.Run(["analyze", .. words]).ShouldBeRefused(part);
        Directory.Exists(_scratch.File("out")).ShouldBeFalse();
    }

    [Fact]
    public void ABadCurveIsToldWithItsLine()
    {
        Directory.CreateDirectory(_scratch.File("curves"));
        _scratch.Write("curves/curve-xy+.csv", "strain,energy_eV,stress_bar\n0.001,1,2\n0.002,1,two\n");
        Invocation.Run("analyze", "--curves", _scratch.File("curves"), "--out", _scratch.File("out")).ShouldBeRefused("curve-xy+.csv:3", "strain,energy_eV,stress_bar");
        _scratch.Write("curves/curve-xy+.csv", "strain,energy_eV,stress_bar\n0.002,1,2\n0.001,1,2\n");
        Invocation.Run("analyze", "--curves", _scratch.File("curves"), "--out", _scratch.File("out")).ShouldBeRefused("curve-xy+.csv:3", "strains do not ascend");
    }

    private static JsonElement Json(params string[] line)
    {
        Invocation run = Invocation.Run([.. line, "--json"]);
        run.ExitCode.ShouldBe(0, run.Error);
        return run.Json;
    }

    private static string[] Files(JsonElement json) => [.. json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private Dictionary<string, string>[] Rows(string file) => CsvRows.Read(_scratch.File(file));
}
