using System.Globalization;
using System.Text.Json;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>minimize</c> verb against LAMMPS' swaps in the same glass.</summary>
public sealed class MinimizeVerbTests
{
    [Fact]
    public void SwapOfLammpsStartsAtItsEnergyAndEndsInATrueMinimum()
    {
        using var scratch = new Scratch();
        string[] swap = File.ReadAllLines(Repository.TestData("lammps", "swaps-864.csv"))[1].Split(',');

        JsonElement json = Minimize(Samples.CubicGlass, "--swap", $"{swap[0]},{swap[1]}", "--out", scratch.File("relaxed.extxyz")).Json;

        json.GetProperty("outcome").GetString().ShouldBe("Converged");
        json.GetProperty("energy_initial_eV").GetDouble().ShouldBe(double.Parse(swap[2], CultureInfo.InvariantCulture), 1e-6);
        json.GetProperty("iterations").GetInt64().ShouldBeGreaterThan(0);
        json.GetProperty("force_evaluations").GetInt64().ShouldBeGreaterThan(0);

        AtomicStructure relaxed = StructureFile.Read(scratch.File("relaxed.extxyz")).Structure;
        AtomicStructure start = StructureFile.Read(Samples.CubicGlass, ["Cu", "Zr"]).Structure;
        relaxed.Ids.ShouldBe(start.Ids);
        int a = start.IndexOf(long.Parse(swap[0], CultureInfo.InvariantCulture));
        relaxed.SpeciesNames[relaxed.Species[a]].ShouldBe("Zr");

        // The flag is not trusted: energy and forces are computed again from the file by the textbook formula.
        var result = new ForceResult(relaxed.Count);
        double energy = new ReferenceEam(SetflFile.Read(Samples.Potential)).Evaluate(relaxed, result, ForceParts.All);
        energy.ShouldBe(json.GetProperty("energy_eV").GetDouble(), 1e-8);
        Math.Sqrt(result.Forces.Sum(f => f * f)).ShouldBeLessThanOrEqualTo(1.001e-4);
    }

    [Fact]
    public void FreeCellEndsWithoutStress()
    {
        JsonElement json = Minimize(Samples.CubicGlass, "--pressure", "0", "--cell", "full").Json;

        json.GetProperty("outcome").GetString().ShouldBe("Converged");
        json.GetProperty("pressure_bar").EnumerateArray().ShouldAllBe(p => Math.Abs(p.GetDouble()) < 10);

        // The stress-free glass of the samples was relaxed from this one by LAMMPS.
        json.GetProperty("energy_eV").GetDouble().ShouldBe(-4153.03893987, 1e-3);
    }

    [Fact]
    public void SpentEvaluationsAreAnOutcomeAndNotAFailure()
    {
        using var scratch = new Scratch();

        Invocation run = Minimize(Samples.Perturbed, "--max-evaluations", "5", "--out", scratch.File("part.data"));

        run.ExitCode.ShouldBe(0);
        run.Json.GetProperty("outcome").GetString().ShouldBe("EvaluationLimit");
        run.Error.ShouldContain("did not converge");
        scratch.ShouldHoldOnly("part.data");
    }

    [Fact]
    public void StoppedMinimizationWritesWhatItHasAndSaysHowToGoOn()
    {
        using var scratch = new Scratch();
        string path = scratch.File("part.dump");

        Invocation run = Invocation.Run(
            new CancellationToken(canceled: true),
            ["minimize", "--json", "--structure", Samples.Perturbed, "--potential", Samples.Potential, "--species", "Cu,Zr", "--out", path]);

        run.ExitCode.ShouldBe(0);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        run.Error.ShouldContain($"minimize --structure {path}");
        StructureFile.Read(path, ["Cu", "Zr"]).Structure.Count.ShouldBe(864);
    }

    [Theory]
    [InlineData("out.data")]
    [InlineData("out.dump")]
    public void CellThatLammpsCannotHoldIsRefusedBeforeTheWork(string name)
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch);
        File.WriteAllText(crystal, File.ReadAllText(crystal).Replace("8 0 0 0 8 0 0 0 8", "0 8 0 -8 0 0 0 0 8", StringComparison.Ordinal));

        // Were it refused at the end, the line that announces the work would stand before it.
        Invocation.Run("minimize", "--structure", crystal, "--potential", Samples.Potential, "--out", scratch.File(name))
            .ShouldBeRefused(name, "a rotated cell", ".extxyz");
        scratch.ShouldHoldOnly("small.extxyz");
        Invocation.Run("minimize", "--structure", crystal, "--potential", Samples.Potential, "--out", scratch.File("out.extxyz")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("minimize")]
    [InlineData("minimize", "--minimizer", "lbfgs")]
    [InlineData("deform", "--mode", "x-", "--strain", "0.002")]
    [InlineData("deform", "--mode", "xy+", "--strain", "0.0001")]
    public void EstimateStartsNothing(params string[] line)
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            [.. line, "--json", "--estimate", "--structure", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--out", scratch.File("o.extxyz")]);

        run.ExitCode.ShouldBe(0, run.Error);
        foreach (string key in (string[])["core_hours", "wall_s", "memory_bytes", "disk_bytes"])
        {
            run.Json.GetProperty(key).GetDouble().ShouldBeGreaterThan(0, key);
        }

        scratch.ShouldHoldOnly("small.extxyz");
    }

    [Fact]
    public void ExchangingEqualSpeciesIsRemarkedUpon()
    {
        AtomicStructure glass = StructureFile.Read(Samples.CubicGlass, ["Cu", "Zr"]).Structure;
        long[] copper = [.. glass.Ids.Where((_, i) => glass.Species[i] == 0).Take(2)];

        Invocation run = Minimize(Samples.CubicGlass, "--swap", $"{copper[0]},{copper[1]}", "--max-evaluations", "1");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldContain("both atoms are Cu");
    }

    private static Invocation Minimize(string structure, params string[] more) => Invocation.Run(
        ["minimize", "--json", "--structure", structure, "--potential", Samples.Potential, "--species", "Cu,Zr", .. more]);
}
