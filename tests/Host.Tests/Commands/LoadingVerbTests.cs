using System.Globalization;
using System.Text.Json;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The verbs <c>deform</c> and <c>label</c>.</summary>
public sealed class LoadingVerbTests
{
    [Fact]
    public void ShearFollowsLammpsStepByStep()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            "deform", "--json", "--structure", Samples.CubicGlass, "--potential", Samples.Potential, "--species", "Cu,Zr",
            "--mode", "xy+", "--strain", "0.0003", "--out", scratch.File("shear"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("Completed");
        double[][] ours = Table(scratch.File("shear/curve.csv"), "strain,energy_eV,stress_bar");
        double[][] lammps = Table(Repository.TestData("lammps", "aqs-xy.csv"), null);
        ours.Length.ShouldBe(4);
        ours[0][0].ShouldBe(0);
        for (int k = 1; k < ours.Length; k++)
        {
            // LAMMPS' file begins with the first step.
            ours[k][0].ShouldBe(lammps[k - 1][0], 1e-12);
            ours[k][1].ShouldBe(lammps[k - 1][1], 1e-5);
            ours[k][2].ShouldBe(lammps[k - 1][2], 1);
        }

        Table(scratch.File("shear/d2min.csv"), "id,neighbors,d2min,valid").Length.ShouldBe(864);
        File.Exists(scratch.File("shear/reference.extxyz")).ShouldBeTrue();
        File.Exists(scratch.File("shear/final.extxyz")).ShouldBeTrue();
    }

    [Fact]
    public void StoppedLoadingLeavesTheCurveSoFar()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            new CancellationToken(canceled: true),
            ["deform", "--json", "--structure", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--mode", "x-", "--out", scratch.File("d")]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        run.Error.ShouldContain("stopped after 0 of 400 steps");
        File.Exists(scratch.File("d/curve.csv")).ShouldBeTrue();
    }

    [Fact]
    public void LoadingStoppedOnTheWayLeavesWhatItReached()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.RunStoppedAt(
            " % of 400 steps", "deform", "--json", "--structure", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--mode", "x-",
            "--out", scratch.File("d"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        run.Json.GetProperty("strain").GetDouble().ShouldBe(1e-4);
        run.Error.ShouldContain("stopped after 1 of 400 steps");
        run.Error.ShouldContain("D2min up to a strain of 0.0001; the same command begins anew");
        Table(scratch.File("d/curve.csv"), "strain,energy_eV,stress_bar").Length.ShouldBe(2);
        Table(scratch.File("d/d2min.csv"), "id,neighbors,d2min,valid").Length.ShouldBe(16);
        File.Exists(scratch.File("d/final.extxyz")).ShouldBeTrue();
    }

    [Fact]
    public void StoppedLoadingLeavesNoResultOfARunBeforeIt()
    {
        using var scratch = new Scratch();
        string[] command =
        [
            "deform", "--structure", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--mode", "x-", "--strain", "0.0002",
            "--out", scratch.File("d"),
        ];
        Invocation.Run(command).ExitCode.ShouldBe(0);
        File.Exists(scratch.File("d/d2min.csv")).ShouldBeTrue();

        Invocation.Run(new CancellationToken(canceled: true), command).ExitCode.ShouldBe(0);

        Directory.EnumerateFiles(scratch.File("d")).Select(Path.GetFileName).Order().ShouldBe(["curve.csv", "reference.extxyz"]);
    }

    [Theory]
    [InlineData("xy", "did you mean xy+?")]
    [InlineData("shear", "xy+ xy- xz+")]
    public void UnknownModeIsRefused(string mode, string part)
    {
        using var scratch = new Scratch();
        Invocation.Run("deform", "--structure", "x", "--potential", "y", "--mode", mode, "--out", scratch.File("d")).ShouldBeRefused(part);
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public void DumpsGiveTheLogarithmsOfTheReferenceD2min()
    {
        using var scratch = new Scratch();
        string Dump(string step) => Repository.TestData("lammps", $"aqs-xy-step{step}.dump");

        Invocation run = Invocation.Run(
            "label", "--json", "--from-dumps", Dump("ref"), Dump("100"), Dump("400"), "--mode", "xy+", "--strains", "0.01,0.04", "--out", scratch.Folder);

        run.ExitCode.ShouldBe(0, run.Error);
        double[][] labels = Table(scratch.File("aqs-xy-stepref.labels.csv"), "id,ln_d2min_0.01,ln_d2min_0.04,valid");
        string[] header = File.ReadLines(Repository.TestData("lammps", "aqs-xy-d2min.csv")).First().Split(',');
        int at1 = Array.IndexOf(header, "D2min_1%"), at4 = Array.IndexOf(header, "D2min_4%");
        Dictionary<double, double[]> numpy = Table(Repository.TestData("lammps", "aqs-xy-d2min.csv"), null).ToDictionary(row => row[0]);
        foreach (double[] row in labels)
        {
            double[] expected = numpy[row[0]];
            Math.Exp(row[1]).ShouldBe(expected[at1], 1e-6 * expected[at1]);
            Math.Exp(row[2]).ShouldBe(expected[at4], 1e-6 * expected[at4]);
            row[3].ShouldBe(1);
        }
    }

    [Fact]
    public void DumpsNeverReplaceLabelsOfAnotherKind()
    {
        using var scratch = new Scratch();
        string Dump(string step) => Repository.TestData("lammps", $"aqs-xy-step{step}.dump");
        Invocation Label(params string[] more) => Invocation.Run(["label", "--mode", "xy+", "--out", scratch.Folder, "--from-dumps", .. more]);
        Label(Dump("ref"), Dump("400"), "--strains", "0.04").ExitCode.ShouldBe(0);
        string path = scratch.File("aqs-xy-stepref.labels.csv"), labels = File.ReadAllText(path);

        Label(Dump("ref"), Dump("100"), "--strains", "0.01").ShouldBeRefused("aqs-xy-stepref.labels.csv", "--out with another folder");
        File.ReadAllText(path).ShouldBe(labels);

        // The same work once more is no loss.
        Label(Dump("ref"), Dump("400"), "--strains", "0.04").ExitCode.ShouldBe(0);
        File.WriteAllText(path, labels.Replace("structure_sha256 = ", "structure_sha256 = 0", StringComparison.Ordinal));
        Label(Dump("ref"), Dump("400"), "--strains", "0.04").ShouldBeRefused("another structure or definition");
    }

    [Fact]
    public void LabelsResumeAndEqualThoseOfAnUndisturbedRun()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch);
        string[] Command(string folder, string threads) =>
            ["label", "--json", crystal, "--potential", Samples.Potential, "--strains", "0.0002,0.0003", "--threads", threads, "--out", scratch.File(folder)];

        Invocation stopped = Invocation.Run(new CancellationToken(canceled: true), Command("a", "2"));
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        stopped.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        stopped.Error.ShouldContain("the same command begins anew");
        Directory.Exists(scratch.File("a")).ShouldBeFalse();

        JsonElement finished = Invocation.Run(Command("a", "2")).Json;
        finished.GetProperty("outcome").GetString().ShouldBe("finished");
        finished.GetProperty("structures")[0].GetProperty("finished").GetBoolean().ShouldBeTrue();
        Invocation.Run(Command("b", "1")).ExitCode.ShouldBe(0);
        foreach (string name in (string[])["small.labels.csv", "small.modes.csv"])
        {
            Directory.Exists(scratch.File("a/.partial")).ShouldBeFalse();
            File.ReadAllBytes(scratch.File($"a/{name}")).ShouldBe(File.ReadAllBytes(scratch.File($"b/{name}")));
        }

        // A third time there is nothing left to do; with other strains the names are taken.
        Invocation.Run(Command("a", "2")).Json.GetProperty("labeled").GetInt32().ShouldBe(0);
        Invocation.Run("label", crystal, "--potential", Samples.Potential, "--strains", "0.0004", "--out", scratch.File("a"))
            .ShouldBeRefused("small.labels.csv", "--out with another folder");
    }

    [Fact]
    public void ModesThatEndEarlyAreToldInOneWarning()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            "label", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--strains", "0.0002", "--out", scratch.File("a"),
            "-D", "label.max-evaluations=2");

        run.ExitCode.ShouldBe(0, run.Error);
        string warning = run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal) && !line.Contains(" bar", StringComparison.Ordinal))
            .ShouldHaveSingleItem();
        warning.ShouldContain("small.labels.csv");
        warning.ShouldContain("xy+ EvaluationLimit after 0 steps");
    }

    [Fact]
    public void AGlassUnderPressureIsRemarkedOnceAndOneAtRestIsNot()
    {
        using var scratch = new Scratch();
        string[] Line(string structure, string folder) =>
        [
            "label", structure, "--species", "Cu,Zr", "--potential", Samples.Potential, "--strains", "0.0001", "-D", "label.modes=[\"xy+\"]",
            "--out", scratch.File(folder),
        ];
        string loaded = scratch.File("loaded.data");
        Invocation.Run(
            "minimize", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", Samples.Potential, "--pressure", "50000", "--out", loaded)
            .ExitCode.ShouldBe(0);

        string warning = Invocation.Run(Line(loaded, "a")).Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldHaveSingleItem();
        warning.ShouldContain("loaded is at ");
        warning.ShouldContain("minimize --pressure 0 --cell full");
        Invocation.Run(Line(loaded, "a")).Error.ShouldNotContain("warning", Case.Sensitive, "nothing is left to label");
        Invocation.Run(Line(Samples.StressFreeGlass, "b")).Error.ShouldNotContain("warning");
    }

    [Fact]
    public void PeopleSeeMeansReliabilityAndValidAtomsOfEveryStructure()
    {
        using var scratch = new Scratch();
        string[] line = ["label", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--strains", "0.0002,0.0003", "--out", scratch.File("a")];
        string table = Invocation.Run(line).Output;
        JsonElement json = Invocation.Run([.. line, "--json"]).Json.GetProperty("structures")[0];
        foreach (string strain in (string[])["0.0002", "0.0003"])
        {
            table.ShouldContain($"small at {strain}");
            table.ShouldContain(FormattableString.Invariant(
                $"mean {json.GetProperty("mean").GetProperty(strain).GetDouble():F4}, reliability {json.GetProperty("reliability").GetProperty(strain).GetDouble():F4}, 16 of 16 atoms valid"));
        }
    }

    [Fact]
    public void ADumpAtAnotherStrainIsNamed()
    {
        using var scratch = new Scratch();
        string Dump(string step) => Repository.TestData("lammps", $"aqs-xy-step{step}.dump");
        Invocation.Run("label", "--from-dumps", Dump("ref"), Dump("100"), Dump("400"), "--mode", "xy+", "--strains", "0.01,0.03", "--out", scratch.Folder)
            .ShouldBeRefused("aqs-xy-step400.dump: ", "is not at xy+ 0.03");
    }

    [Fact]
    public void ToleranceOfAStepIsChosen()
    {
        using var scratch = new Scratch();
        double Evaluations(string name, params string[] more) => Invocation.Run(
            ["deform", "--json", "--structure", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--mode", "x-", "--strain", "0.0002",
            "--out", scratch.File(name), .. more]).Json.GetProperty("force_evaluations").GetDouble();

        Evaluations("same", "--force-tolerance", "1e-5").ShouldBe(Evaluations("usual"));
        Evaluations("loose", "--force-tolerance", "1e-2").ShouldBeLessThan(Evaluations("again"));
    }

    [Fact]
    public void EstimateStartsNothing()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            "label", "--json", "--estimate", Samples.SmallCrystal(scratch), "--potential", Samples.Potential, "--strains", "0.0005", "--out", scratch.File("labels"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("units").GetInt32().ShouldBe(12);
        foreach (string key in (string[])["core_hours", "wall_s", "memory_bytes", "disk_bytes"])
        {
            run.Json.GetProperty(key).GetDouble().ShouldBeGreaterThan(0);
        }

        scratch.ShouldHoldOnly("small.extxyz");
    }

    [Fact]
    public void TwoStructuresOfOneNameAreRefused()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch);
        Invocation.Run("label", crystal, crystal, "--potential", Samples.Potential, "--out", scratch.File("labels"))
            .ShouldBeRefused("small.labels.csv");
        scratch.ShouldHoldOnly("small.extxyz");
    }

    private static double[][] Table(string path, string? header)
    {
        string[] lines = [.. File.ReadLines(path).Where(line => !line.StartsWith('#'))];
        if (header is not null)
        {
            lines[0].ShouldBe(header);
        }

        return [.. lines.Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
    }
}
