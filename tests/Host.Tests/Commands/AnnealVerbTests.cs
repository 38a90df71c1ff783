using System.Text.Json;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>anneal</c> verb.</summary>
public sealed class AnnealVerbTests
{
    [Fact]
    public void AHotGlassIsComparedWithItselfAtRest()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");

        JsonElement json = Anneal(folder, "--ensemble", "npt", "--temperature", "900", "--time", "1", "--cell", "full", "--json").Json;

        json.GetProperty("outcome").GetString().ShouldBe("finished");
        json.GetProperty("steps").GetInt64().ShouldBe(500);
        json.GetProperty("energy_before_eV").GetDouble().ShouldBe(-4153.03893987, 1e-5);
        json.GetProperty("rms_displacement_A").GetDouble().ShouldBeInRange(0.05, 1.5);
        json.GetProperty("pressure_after_bar").EnumerateArray().ShouldAllBe(bar => Math.Abs(bar.GetDouble()) <= 1.01);
        JsonElement energy = Invocation.Run(
            "energy", "--structure", Path.Combine(folder, "after.data"), "--potential", Samples.Potential, "--json").Json;
        energy.GetProperty("energy_eV").GetDouble().ShouldBe(json.GetProperty("energy_after_eV").GetDouble(), 1e-6);
        StructureFile.Read(Path.Combine(folder, "before.extxyz")).Structure.Count.ShouldBe(864);
        File.ReadAllLines(Path.Combine(folder, "thermo.csv")).Length.ShouldBe(6);
    }

    [Fact]
    public void AStoppedAnnealingGoesOnToTheSameBytes()
    {
        using var scratch = new Scratch();
        string[] line = ["--temperature", "600", "--time", "1", "--swap-every", "200"];
        Anneal(scratch.File("whole"), [.. line, "--threads", "1"]).ExitCode.ShouldBe(0);

        Invocation stopped = Invocation.RunStoppedAt("% of", [.. Line(scratch.File("parts")), .. line]);
        stopped.ExitCode.ShouldBe(0);
        stopped.Error.ShouldContain("the same command goes on from it");
        stopped.Output.ShouldContain("stopped");
        Anneal(scratch.File("parts"), [.. line, "--threads", "2"]).Error.ShouldContain("going on at step 100");

        foreach (string file in (string[])["before.data", "after.data", "after.extxyz", "thermo.csv"])
        {
            File.ReadAllText(Path.Combine(scratch.File("parts"), file)).ShouldBe(File.ReadAllText(Path.Combine(scratch.File("whole"), file)), file);
        }
    }

    [Fact]
    public void LabelsOfBothAreComparedOverTheSameModes()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        string[] line = ["--temperature", "400", "--time", "0.2", "--strains", "0.001", "--step", "5e-4", "-D", "label.modes=[\"xy+\", \"x+\", \"x-\"]", "--json"];

        JsonElement json = Anneal(folder, line).Json;

        double before = Mean(Path.Combine(folder, "before.modes.csv")), after = Mean(Path.Combine(folder, "after.modes.csv"));
        json.GetProperty("mean_ln_d2min_before").GetProperty("0.001").GetDouble().ShouldBe(before, 1e-9);
        json.GetProperty("change_ln_d2min").GetProperty("0.001").GetDouble().ShouldBe(after - before, 1e-9);
        json.GetProperty("error_ln_d2min").GetProperty("0.001").GetDouble().ShouldBeGreaterThan(0);

        // Done again, nothing is labeled twice and the answer is the same.
        Invocation again = Anneal(folder, line);
        again.Json.GetProperty("change_ln_d2min").ToString().ShouldBe(json.GetProperty("change_ln_d2min").ToString());
    }

    [Fact]
    public void AnotherAnnealingInTheSameFolderIsRefused()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        Anneal(folder, "--temperature", "300", "--time", "0.2").ExitCode.ShouldBe(0);
        string before = File.ReadAllText(Path.Combine(folder, "thermo.csv"));

        Anneal(folder, "--temperature", "301", "--time", "0.2").ShouldBeRefused("anneal.state", "was begun with other settings", "--out");
        File.ReadAllText(Path.Combine(folder, "thermo.csv")).ShouldBe(before);
    }

    [Theory]
    [InlineData("npt", 1)]
    [InlineData("npt-full", 6)]
    public void AGlassWhoseCellMovedIsComparedAtThePressureOfTheEnsemble(string ensemble, int freed)
    {
        using var scratch = new Scratch();
        Invocation run = Anneal(scratch.File("annealed"), "--ensemble", ensemble, "--temperature", "300", "--time", "0.4", "--pressure", "5000", "--json");
        foreach (string when in (string[])["before", "after"])
        {
            double[] stress = [.. run.Json.GetProperty($"pressure_{when}_bar").EnumerateArray().Select(bar => bar.GetDouble())];
            run.Json.GetProperty($"rest_pressure_{when}_bar").GetDouble().ShouldBe(stress[..3].Average(), 1e-9);
            stress[..3].Average().ShouldBe(5000, 1.01);
            stress[3..].Count(bar => Math.Abs(bar) <= 1.01).ShouldBe(freed == 6 ? 3 : 0);
        }
    }

    [Fact]
    public void ACellMayStayAsDynamicsLeftItAndAWordIsSaidOfIt()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        string[] line = ["--ensemble", "npt", "--pressure", "2000", "--temperature", "300", "--time", "0.4"];
        Invocation run = Anneal(folder, [.. line, "--cell", "fixed"]);
        run.Error.ShouldContain("warning: with --cell fixed");
        run.Output.ShouldContain("pressure at rest after");

        // As an annealing that was begun when nothing said of the cell meant that.
        Anneal(folder, line).ShouldBeRefused("anneal.state", "other settings", "--cell fixed");
    }

    [Fact]
    public void FlagsWithoutUseAreRefused()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        string[] line = ["--temperature", "300", "--time", "1"];
        Anneal(folder, [.. line, "--pressure", "1000"]).ShouldBeRefused("--pressure has no use where the cell is fixed", "--ensemble npt");
        Anneal(folder, [.. line, "--ensemble", "nve", "--cell", "fixed", "--pressure", "0"]).ShouldBeRefused("--pressure has no use");
        Anneal(folder, [.. line, "--step", "5e-4"]).ShouldBeRefused("--step has no use without --strains");
        Anneal(folder, [.. line, "--lateral", "fixed"]).ShouldBeRefused("--lateral has no use without --strains");
        Anneal(folder, [.. line, "-D", "label.force-tolerance=1e-6"]).ShouldBeRefused("-D label.force-tolerance has no use without --strains");
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public void AShortAnnealingHasRowsAndSaysHowLongItIs()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        string[] line = ["anneal", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--temperature", "300"];
        Invocation run = Invocation.Run([.. line, "--out", folder, "--time", "0.5"]);
        run.Error.ShouldContain("for 300 steps, 0.6 ps (0.5 ps rounded up to whole hundreds of steps)");
        run.Output.ShouldContain("mean temperature, second half");
        File.ReadAllLines(Path.Combine(folder, "thermo.csv")).Length.ShouldBe(1 + 3);

        // Rows a thousand steps apart were the default of all annealings: what began so goes on so, with no row and no mean.
        string earlier = scratch.File("earlier");
        Invocation.Run([.. line, "--out", earlier, "--time", "0.2", "--thermo-every", "1000"]).Output.ShouldNotContain("mean temperature");
        Invocation again = Invocation.Run([.. line, "--out", earlier, "--time", "0.2"]);
        again.ExitCode.ShouldBe(0, again.Error);
        again.Error.ShouldContain("going on at step 100");
        File.ReadAllLines(Path.Combine(earlier, "thermo.csv")).Length.ShouldBe(1);
    }

    [Fact]
    public void AnEstimateWritesNothing()
    {
        using var scratch = new Scratch();
        JsonElement json = Anneal(scratch.File("annealed"), "--temperature", "300", "--time", "2000", "--ensemble", "nve", "--estimate", "--json").Json;
        json.GetProperty("steps").GetDouble().ShouldBe(1e6);
        json.GetProperty("seconds_per_step").GetDouble().ShouldBeGreaterThan(0);
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public void MistakesAreToldInOneLineBeforeAnythingIsWritten()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("annealed");
        Anneal(folder, "--time", "1").ShouldBeRefused("--temperature is not given");
        Anneal(folder, "--temperature", "300").ShouldBeRefused("--time is not given");
        Anneal(folder, "--temperature", "-3", "--time", "1").ShouldBeRefused("--temperature is not usable", "'-3'");
        Anneal(folder, "--temperature", "300", "--time", "1", "--ensemble", "ntp").ShouldBeRefused("'ntp'", "did you mean");
        Invocation.Run([.. Line(folder)[..^1], "150", "--temperature", "300", "--time", "1"]).ShouldBeRefused("a multiple of 100", "'150'");
        Anneal(folder, "--temperature", "300", "--time", "1", "--timestep", "2").ShouldBeRefused("--timestep", "0.02");
        scratch.ShouldHoldOnly();
    }

    private static string[] Line(string folder) =>
        ["anneal", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--out", folder, "--thermo-every", "100"];

    private static Invocation Anneal(string folder, params string[] arguments) => Invocation.Run([.. Line(folder), .. arguments]);

    private static double Mean(string modes)
    {
        Kernels.Deformation.ModeLabelTable table = Kernels.Deformation.LabelFile.ReadModes(modes);
        return table.Values[0].Average(mode => mode.Where(double.IsFinite).Average());
    }
}
