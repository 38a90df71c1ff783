using System.Globalization;
using System.Text.Json;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>potential lj</c>, and what the program does with mixtures of two and three species of 250 atoms.</summary>
public sealed class PotentialLjVerbTests : IDisposable
{
    private const string ThreeSpecies = "Cu-Cu:1:1,Zr-Cu:1.3:1.1,Zr-Zr:1.2:1.2,Al-Cu:1.1:1.05,Al-Zr:1.4:1.12,Al-Al:0.8:1.08";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ByDefaultItIsKobAndAndersensMixture()
    {
        Invocation run = Lj();

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("temperature_unit_K").GetDouble().ShouldBe(1160.45, 0.01);
        EamTables tables = SetflFile.Read(_scratch.File("lj.eam.alloy"));
        tables.Elements.ShouldBe(["Ni", "P"]);
        tables.Masses[1].ShouldBe(tables.Masses[0], "equal masses, as in the paper");
        tables.Cutoff.ShouldBe(2.5 * 2.2, 1e-12);
        tables.Embedding.SelectMany(f => f).ShouldAllBe(f => f == 0);
        tables.Density.SelectMany(f => f).SelectMany(f => f).ShouldAllBe(f => f == 0);

        // Depths of the wells: eps, 1.5 eps and 0.5 eps, each less the shift of 4 (2.5^-12 - 2.5^-6) eps.
        double shift = 4 * (Math.Pow(2.5, -12) - Math.Pow(2.5, -6));
        Depth(tables, 0, 0).ShouldBe(0.1 * (-1 - shift), 1e-6);
        Depth(tables, 1, 0).ShouldBe(0.15 * (-1 - shift), 1e-6);
        Depth(tables, 1, 1).ShouldBe(0.05 * (-1 - shift), 1e-6);
    }

    [Fact]
    public void EnergyOfAMixtureIsTheSumOfTheFormulaOverItsPairs()
    {
        Lj("--smooth", "0").ExitCode.ShouldBe(0);
        string path = Sample(("Ni", 200), ("P", 50));

        double found = Invocation.Run("energy", "--json", "--structure", path, "--potential", _scratch.File("lj.eam.alloy"))
            .Json.GetProperty("energy_eV").GetDouble();

        AtomicStructure atoms = StructureFile.Read(path).Structure;
        double side = atoms.Cell.Vectors.XX, sum = 0;
        for (int i = 0; i < atoms.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int kind = (atoms.SpeciesNames[atoms.Species[i]] == "P" ? 1 : 0) + (atoms.SpeciesNames[atoms.Species[j]] == "P" ? 1 : 0);
                (double epsilon, double sigma) = kind switch { 0 => (0.1, 2.2), 1 => (0.15, 1.76), _ => (0.05, 1.936) };
                Vector3 d = atoms.Position(i) - atoms.Position(j);
                double r = new Vector3(d.X - (side * Math.Round(d.X / side)), d.Y - (side * Math.Round(d.Y / side)), d.Z - (side * Math.Round(d.Z / side))).Length;
                sum += r < 2.5 * sigma ? Formula(epsilon, sigma, r) - Formula(epsilon, sigma, 2.5 * sigma) : 0;
            }
        }

        found.ShouldBe(sum, 1e-5 * Math.Abs(sum));
    }

    [Fact]
    public void KobAndersenGlassIsRelaxedAndSearched()
    {
        Lj().ExitCode.ShouldBe(0);
        JsonElement search = Search(Sample(("Ni", 200), ("P", 50)));
        search.GetProperty("outcome").GetString().ShouldBe("finished");
        search.GetProperty("accepted").GetInt64().ShouldBeGreaterThan(0);
        Energy(search, "targets_end").ShouldBeLessThan(Energy(search, "targets_start"));
    }

    [Fact]
    public void ThreeSpeciesAreSearchedWithEveryPairOfSpecies()
    {
        Lj("--species", "Cu,Zr,Al", "--pairs", ThreeSpecies).ExitCode.ShouldBe(0);
        string path = Sample(("Cu", 115), ("Zr", 115), ("Al", 20));

        JsonElement search = Search(path);

        search.GetProperty("outcome").GetString().ShouldBe("finished");
        AtomicStructure end = StructureFile.Read(_scratch.File("run/final.extxyz")).Structure;
        end.SpeciesNames.Select((name, k) => $"{name} {end.Species.Count(s => s == k)}").Order().ShouldBe(["Al 20", "Cu 115", "Zr 115"]);

        // The species of an atom at the start is known by its id as long as nothing is accepted; pairs of the first version suffice.
        AtomicStructure start = StructureFile.Read(_scratch.File("relaxed.extxyz")).Structure;
        var drawn = new HashSet<string>();
        foreach (string[] row in File.ReadLines(_scratch.File("run/chain-0.csv")).Skip(1).Select(line => line.Split(',')))
        {
            string[] pair = [.. row[2..4].Select(id => start.SpeciesNames[start.Species[start.IndexOf(long.Parse(id, CultureInfo.InvariantCulture))]]).Order()];
            pair[0].ShouldNotBe(pair[1]);
            drawn.Add(string.Join('-', pair));
            if (row[1] == "1")
            {
                break;
            }
        }

        drawn.ShouldNotBeEmpty();
        search.GetProperty("effective_atoms").EnumerateObject().Select(e => e.Name).Order().ShouldBe(["Al", "Cu", "Zr"]);
    }

    [Fact]
    public void ThreeSpeciesAreSearchedWithANetwork()
    {
        Lj("--species", "Cu,Zr,Al", "--pairs", ThreeSpecies).ExitCode.ShouldBe(0);
        string model = JsonSerializer.Serialize(Samples.SmallModel(_scratch, species: ["Cu", "Zr", "Al"]));

        JsonElement search = Search(
            Sample(("Cu", 115), ("Zr", 115), ("Al", 20)),
            "-D", $"search.decider={{ kind = gnn, model = {model} }}", "-D", "search.targets=[ { kind = mean, C = 100 } ]", "-D", "search.trials=6");

        search.GetProperty("outcome").GetString().ShouldBe("finished");
        search.GetProperty("accepted").GetInt64().ShouldBeGreaterThan(0);
        double.IsFinite(search.GetProperty("targets_end").GetProperty("mean").GetDouble()).ShouldBeTrue();
    }

    [Fact]
    public void ThreeSpeciesAreLoadedAndTheirLabelsMade()
    {
        Lj("--species", "Cu,Zr,Al", "--pairs", ThreeSpecies).ExitCode.ShouldBe(0);
        Invocation load = Invocation.Run(
            "deform", "--json", "--structure", Relax(Sample(("Cu", 115), ("Zr", 115), ("Al", 20))), "--potential", _scratch.File("lj.eam.alloy"),
            "--mode", "xy+", "--strain", "0.001", "--threads", "1", "--out", _scratch.File("load"));
        load.ExitCode.ShouldBe(0, load.Error);
        load.Json.GetProperty("outcome").GetString().ShouldBe("Completed");
        load.Json.GetProperty("valid").GetInt64().ShouldBe(250);
    }

    [Fact]
    public void CommonFlagsAreTakenAndThoseWithoutUseAreTold()
    {
        Invocation run = Lj(
            "--structure", "a", "--potential", "b", "--species", "Cu,Zr", "--model", "c", "--backend", "cpu", "--threads", "1", "--seed", "1");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("lj makes no use of --structure");
        run.Error.ShouldNotContain("--species");
        run.Json.GetProperty("species").EnumerateArray().Select(name => name.GetString()).ShouldBe(["Cu", "Zr"]);
    }

    [Theory]
    [InlineData("expected --pairs with every pair", "--species", "Cu,Zr,Al")]
    [InlineData("--pairs lacks a pair; expected Zr-Zr", "--pairs", "Cu-Cu:1:1,Zr-Cu:1:1")]
    [InlineData("--pairs gives a pair twice", "--pairs", "Cu-Cu:1:1,Zr-Cu:1:1,Cu-Zr:1:1,Zr-Zr:1:1")]
    [InlineData("a pair of --pairs is not understood", "--pairs", "Cu-Cu:1")]
    [InlineData("--species does not", "--species", "Cu,Zr", "--pairs", "Cu-Al:1:1")]
    [InlineData("name of an element", "--species", "A,B")]
    [InlineData("an element twice", "--species", "Cu,Cu")]
    [InlineData("--masses does not fit; expected 2 masses", "--masses", "1")]
    [InlineData("--epsilon is not usable", "--epsilon", "-1")]
    public void WhatIsNoMixtureIsRefusedAndNothingIsWritten(string part, params string[] flags)
    {
        Invocation.Run(["potential", "lj", "--out", _scratch.File("lj.eam.alloy"), .. flags]).ShouldBeRefused(part);
        _scratch.ShouldHoldOnly();
    }

    private static double Formula(double epsilon, double sigma, double r) => 4 * epsilon * (Math.Pow(sigma / r, 12) - Math.Pow(sigma / r, 6));

    private static double Energy(JsonElement search, string key) => search.GetProperty(key).GetProperty("energy_eV").GetDouble();

    private static double Depth(EamTables tables, int a, int b) =>
        tables.RadiusTimesPair[a][b].Select((value, k) => k == 0 ? 0 : value / (k * tables.RadiusStep)).Min();

    private Invocation Lj(params string[] flags) => Invocation.Run(["potential", "lj", "--json", "--out", _scratch.File("lj.eam.alloy"), .. flags]);

    private string Relax(string sample)
    {
        string path = _scratch.File("relaxed.extxyz");
        Invocation relax = Invocation.Run(
            "minimize", "--json", "--structure", sample, "--potential", _scratch.File("lj.eam.alloy"), "--force-tolerance", "1e-5", "--threads", "1", "--out", path);
        relax.ExitCode.ShouldBe(0, relax.Error);
        relax.Json.GetProperty("outcome").GetString().ShouldBe("Converged");
        return path;
    }

    private JsonElement Search(string sample, params string[] settings)
    {
        Relax(sample);
        string configuration = _scratch.Write("search.conf", """
            structure = relaxed.extxyz
            potential = lj.eam.alloy
            search { trials = 12, calibrate = off, decider { kind = energy, temperature = 300 } }
            """);
        Invocation run = Invocation.Run(["search", configuration, "--json", "--threads", "1", "--out", _scratch.File("run"), .. settings]);
        run.ExitCode.ShouldBe(0, run.Error);
        return run.Json;
    }

    /// <summary>250 atoms near a body-centered cubic lattice at the density 1.2 of Kob and Andersen's mixture, species mixed.</summary>
    private string Sample(params (string Name, int Count)[] species)
    {
        double side = 2.2 * Math.Cbrt(250 / 1.2) * (species.Length > 2 ? 1.12 : 1), edge = side / 5;
        string[] names = [.. species.SelectMany(s => Enumerable.Repeat(s.Name, s.Count))];
        var random = new Random(1);
        random.Shuffle(names);
        var lines = new List<string> { "250", FormattableString.Invariant($"Lattice=\"{side} 0 0 0 {side} 0 0 0 {side}\" Properties=species:S:1:pos:R:3:id:I:1 pbc=\"T T T\"") };
        for (int i = 0; i < 250; i++)
        {
            int site = i / 2;
            double[] r = [.. new[] { site / 25, site / 5 % 5, site % 5 }.Select(k => edge * (k + (i % 2 * 0.5) + (0.1 * (random.NextDouble() - 0.5))))];
            lines.Add(FormattableString.Invariant($"{names[i]} {r[0]} {r[1]} {r[2]} {i + 1}"));
        }

        return _scratch.Write("sample.extxyz", string.Join('\n', lines) + "\n");
    }
}
