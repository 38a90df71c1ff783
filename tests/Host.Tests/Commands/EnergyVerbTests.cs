using System.Globalization;
using System.Text.Json;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>energy</c> verb against the figures that LAMMPS wrote into its dumps.</summary>
public sealed class EnergyVerbTests
{
    // LAMMPS 29 Sep 2021; the file's own forces and energies of atoms are compared below.
    private const double PerturbedEnergy = -4134.36514575;
    private const double TiltedEnergy = -4125.082878;

    private static readonly string[] ForceColumns = ["fx", "fy", "fz"];

    [Theory]
    [InlineData("cpu", "perturbed", PerturbedEnergy)]
    [InlineData("cpu", "tilted", TiltedEnergy)]
    [InlineData("reference", "tilted", TiltedEnergy)]
    public void EnergyIsThatOfLammps(string backend, string sample, double energy)
    {
        JsonElement json = Energy(Path(sample), "--backend", backend).Json;

        json.GetProperty("energy_eV").GetDouble().ShouldBe(energy, 1e-6);
        json.GetProperty("atoms").GetInt32().ShouldBe(864);
        json.GetProperty("elapsed_s").GetDouble().ShouldBeGreaterThan(0);
        json.EnumerateObject().Select(entry => entry.Name).ShouldBe(
            ["atoms", "energy_eV", "force_norm_eV_per_A", "force_max_eV_per_A", "pressure_bar", "elapsed_s"]);
    }

    /// <summary>The error that is printed is the one that forces have; as many points as the file has make nearly none.</summary>
    [Theory]
    [InlineData(1000, 1e-6, 1e-3)]
    [InlineData(9999, 0, 1e-4)]
    public void ResampledTablesTellTheirError(int points, double least, double most)
    {
        JsonElement json = Energy(Samples.Perturbed, "--table-points", $"{points}").Json;
        json.GetProperty("table_force_error_eV_per_A").GetDouble().ShouldBeInRange(least, most);
        json.GetProperty("energy_eV").GetDouble().ShouldBe(-4134.36514575, 1e-4);
        Invocation.Run("energy", "--structure", Samples.Perturbed, "--potential", Samples.Potential, "--species", "Cu,Zr", "--table-points", "99")
            .ShouldBeRefused("--table-points", "100");
        Invocation.Run("minimize", "--structure", Samples.Perturbed, "--potential", Samples.Potential, "--species", "Cu,Zr", "--table-points", "2000000000")
            .ShouldBeRefused("--table-points", "100000");
    }

    [Fact]
    public void ForcesAndEnergiesOfAtomsAreThoseOfLammps()
    {
        using var scratch = new Scratch();
        string path = scratch.File("forces.csv");
        JsonElement json = Energy(Samples.Perturbed, "--out", path).Json;
        StructureFrame lammps = StructureFile.Read(Samples.Perturbed, ["Cu", "Zr"]);

        string[] lines = File.ReadAllLines(path);
        lines[0].ShouldBe("id,species,x,y,z,energy_eV,fx,fy,fz");
        lines.Length.ShouldBe(865);
        double sum = 0, largest = 0;
        for (int i = 0; i < 864; i++)
        {
            string[] cells = lines[i + 1].Split(',');
            cells[0].ShouldBe(lammps.Structure.Ids[i].ToString(CultureInfo.InvariantCulture));
            cells[1].ShouldBe(lammps.Structure.SpeciesNames[lammps.Structure.Species[i]]);
            Number(cells[2]).ShouldBe(lammps.Structure.Position(i).X);
            Number(cells[5]).ShouldBe(lammps.Columns["c_pe"][i], 1e-8);
            for (int k = 0; k < 3; k++)
            {
                double force = lammps.Columns[ForceColumns[k]][i];
                Number(cells[6 + k]).ShouldBe(force, 1e-7);
                sum += force * force;
                largest = Math.Max(largest, Math.Abs(force));
            }
        }

        json.GetProperty("force_norm_eV_per_A").GetDouble().ShouldBe(Math.Sqrt(sum), 1e-6);
        json.GetProperty("force_max_eV_per_A").GetDouble().ShouldBe(largest, 1e-7);
    }

    /// <summary>tests/data/ORIGIN.md: LAMMPS' energies; every stress component below 0.01 bar and a force norm below 1e-6 eV/Å.</summary>
    [Theory]
    [InlineData("cu50zr50-864-p0.data", -4153.03893987)]
    [InlineData("cu50zr50-4000-p0.data", -19393.0213918)]
    [InlineData("cu50zr50-16000-p0.data", -77571.3764163)]
    public void StressFreeGlassHasNoPressure(string name, double energy)
    {
        JsonElement json = Energy(Repository.Data("glasses", name)).Json;
        double[] pressure = [.. json.GetProperty("pressure_bar").EnumerateArray().Select(p => p.GetDouble())];

        json.GetProperty("energy_eV").GetDouble().ShouldBe(energy, 1e-6);
        json.GetProperty("force_norm_eV_per_A").GetDouble().ShouldBeLessThan(1e-5);
        pressure.Length.ShouldBe(6);
        pressure.ShouldAllBe(p => Math.Abs(p) < 0.01);
    }

    [Fact]
    public void TableAndExtendedXyzHoldTheSameNumbers()
    {
        using var scratch = new Scratch();
        Energy(Samples.Tilted, "--out", scratch.File("f.csv")).ExitCode.ShouldBe(0);
        Energy(Samples.Tilted, "--out", scratch.File("f.extxyz")).ExitCode.ShouldBe(0);

        StructureFrame frame = StructureFile.Read(scratch.File("f.extxyz"));
        string[] lines = File.ReadAllLines(scratch.File("f.csv"));
        string[] columns = ["energy_eV", "fx", "fy", "fz"];
        for (int i = 0; i < frame.Structure.Count; i++)
        {
            columns.Select(name => frame.Columns[name][i]).ShouldBe(lines[i + 1].Split(',')[5..].Select(Number));
        }
    }

    [Fact]
    public void PeopleGetATableWithUnits()
    {
        Invocation run = Invocation.Run(
            "energy", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        run.Output.ShouldContain("potential energy");
        run.Output.ShouldContain("-4153.03893987 eV");
    }

    private static Invocation Energy(string structure, params string[] more) => Invocation.Run(
        ["energy", "--json", "--structure", structure, "--potential", Samples.Potential, "--species", "Cu,Zr", .. more]);

    private static string Path(string sample) => sample == "tilted" ? Samples.Tilted : Samples.Perturbed;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
