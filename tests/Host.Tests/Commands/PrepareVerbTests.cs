using System.Text.Json;
using System.Text.Json.Nodes;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>prepare</c> verb on glasses that are small and cooled absurdly fast.</summary>
public sealed class PrepareVerbTests
{
    private const string Name = "cu50zr50-108-7";

    private static readonly string[] Fast =
    [
        "--composition", "Cu50Zr50", "--atoms", "108", "--seed", "7", "--rate", "1e15", "--fast-rate", "1e15", "-D", "prepare.melt-time=0.4",
        "-D", "prepare.thermo-every=100",
    ];

    [Fact]
    public void AGlassIsAtRestWithoutStressAndHasTheComposition()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("glasses");

        JsonElement json = Prepare(folder, [.. Fast, "--samples", "2", "--json"]).Json;

        json.GetProperty("outcome").GetString().ShouldBe("finished");
        json.GetProperty("finished").GetInt32().ShouldBe(2);
        AtomicStructure glass = StructureFile.Read(Path.Combine(folder, Name + ".data")).Structure;
        glass.Count.ShouldBe(108);
        glass.Species.Count(species => glass.SpeciesNames[species] == "Zr").ShouldBe(54);
        StructureDigest.Compute(StructureFile.Read(Path.Combine(folder, Name + ".extxyz")).Structure)
            .ShouldBe(json.GetProperty("samples")[0].GetProperty("structure_sha256").GetString());

        // The energy verb judges the file, not the program that made it.
        JsonElement energy = Invocation.Run(
            "energy", "--structure", Path.Combine(folder, Name + ".data"), "--potential", Samples.Potential, "--json").Json;
        energy.GetProperty("force_norm_eV_per_A").GetDouble().ShouldBeLessThan(1e-4);
        energy.GetProperty("pressure_bar").EnumerateArray().ShouldAllBe(bar => Math.Abs(bar.GetDouble()) < 2);
        energy.GetProperty("energy_eV").GetDouble().ShouldBe(json.GetProperty("samples")[0].GetProperty("energy_eV").GetDouble(), 1e-6);

        string[] table = File.ReadAllLines(Path.Combine(folder, Name + ".thermo.csv"));
        table[0].ShouldBe("step,time_ps,temperature_K,energy_eV,kinetic_eV,volume_A3,pressure_bar,conserved_eV");
        table.Length.ShouldBeGreaterThan(10);
        using JsonDocument provenance = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "prepare.json")));
        foreach (string key in (string[])["version", "numerics", "potential_sha256", "settings", "command", "samples"])
        {
            provenance.RootElement.TryGetProperty(key, out _).ShouldBeTrue(key);
        }

        Directory.GetFiles(folder).Where(file => file.EndsWith(".state", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0", "108")]
    [InlineData("50", "300")]
    public void AStoppedPreparationGoesOnToTheSameBytesOnAnyNumberOfThreads(string swapEvery, string atoms)
    {
        string name = $"cu50zr50-{atoms}-7";
        using var scratch = new Scratch();
        string whole = scratch.File("whole"), parts = scratch.File("parts");
        string[] line = [.. Fast.Select(word => word == "108" ? atoms : word), "--swap-every", swapEvery, "--samples", "2"];
        Prepare(whole, [.. line, "--threads", "2"]).ExitCode.ShouldBe(0);

        Invocation stopped = StopAtFirstProgress(parts, line);
        stopped.ExitCode.ShouldBe(0);
        stopped.Error.ShouldContain("the same command goes on from it");
        File.Exists(Path.Combine(parts, name + ".state")).ShouldBeTrue();
        File.Exists(Path.Combine(parts, name + ".json")).ShouldBeFalse();
        Prepare(parts, [.. line, "--threads", "1", "--json"]).Json.GetProperty("outcome").GetString().ShouldBe("finished");

        foreach (string file in (string[])[".data", ".extxyz", ".thermo.csv", ".json"])
        {
            File.ReadAllText(Path.Combine(parts, name + file)).ShouldBe(File.ReadAllText(Path.Combine(whole, name + file)), file);
        }

        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(whole, name + ".json")));
        (summary.RootElement.GetProperty("swaps_tried").GetInt64() > 0).ShouldBe(swapEvery != "0");
    }

    [Fact]
    public void FinishedGlassesAreNotMadeAgainAndOthersOfTheirNameAreRefused()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("glasses");
        Prepare(folder, Fast).ExitCode.ShouldBe(0);
        DateTime made = File.GetLastWriteTimeUtc(Path.Combine(folder, Name + ".data"));

        Prepare(folder, Fast).Error.ShouldContain("all glasses are finished already");
        File.GetLastWriteTimeUtc(Path.Combine(folder, Name + ".data")).ShouldBe(made);

        Prepare(folder, [.. Fast, "--melt", "2200"]).ShouldBeRefused("there is a glass of this name from other settings", "--out");
    }

    [Fact]
    public void EachGlassTellsItsMethodWhateverIsPreparedBesideIt()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("glasses");
        Prepare(folder, [.. Fast, "--from", "1500", "--to", "500", "--pressure", "100"]).ExitCode.ShouldBe(0);
        Prepare(folder, [.. Fast.Select(word => word == "Cu50Zr50" ? "Cu64Zr36" : word)]).ExitCode.ShouldBe(0);

        using JsonDocument first = Summary(folder, Name);
        JsonElement method = first.RootElement.GetProperty("method");
        method.GetProperty("composition").GetString().ShouldBe("Cu50Zr50");
        method.GetProperty("atoms").GetProperty("Cu").GetInt32().ShouldBe(54);
        method.GetProperty("atoms").GetProperty("Zr").GetInt32().ShouldBe(54);
        method.GetProperty("seed").GetString().ShouldBe("7");
        method.GetProperty("potential").GetString().ShouldBe("CuZr_mm.eam.fs");
        method.GetProperty("potential_sha256").GetString().ShouldBe(Host.Commands.FileDigest.Sha256(Samples.Potential));
        method.GetProperty("numerics").GetString().ShouldBe(Host.Commands.RunNumerics.Current);
        method.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        (string, double)[] expected =
        [
            ("melt_K", 2000), ("melt_time_ps", 0.4), ("rate_K_per_s", 1e15), ("from_K", 1500), ("to_K", 500), ("fast_rate_K_per_s", 1e15),
            ("final_temperature_K", 10), ("timestep_ps", 0.002), ("pressure_bar", 100), ("swap_every", 0),
        ];
        foreach ((string key, double value) in expected)
        {
            method.GetProperty(key).GetDouble().ShouldBe(value, key);
        }

        using JsonDocument second = Summary(folder, "cu64zr36-108-7");
        second.RootElement.GetProperty("method").GetProperty("composition").GetString().ShouldBe("Cu64Zr36");
    }

    [Fact]
    public void AGlassWhoseSummaryTellsNoMethodIsFinishedToo()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("glasses"), summary = Path.Combine(folder, Name + ".json");
        Prepare(folder, Fast).ExitCode.ShouldBe(0);
        JsonObject earlier = JsonNode.Parse(File.ReadAllText(summary))!.AsObject();
        earlier.Remove("method").ShouldBeTrue();
        File.WriteAllText(summary, earlier.ToJsonString());

        Invocation again = Prepare(folder, [.. Fast, "--json"]);
        again.Error.ShouldContain("all glasses are finished already");
        again.Json.GetProperty("samples").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("Cu50Zr", "Cu 98.1 % (106 atoms), Zr 1.9 % (2 atoms)")]
    [InlineData("CuZr", null)]
    [InlineData("Cu50Zr50", null)]
    public void ACompositionOfWhichAPartHasNoNumberIsToldAsItIsRead(string composition, string? remark)
    {
        using var scratch = new Scratch();
        Invocation run = Prepare(scratch.File("glasses"), "--composition", composition, "--atoms", "108", "--rate", "1e15", "--estimate");
        run.ExitCode.ShouldBe(0, run.Error);
        if (remark is null)
        {
            run.Error.ShouldBeEmpty();
        }
        else
        {
            run.Error.ShouldContain(remark);
        }
    }

    [Fact]
    public void ARateThatNobodyCanWaitForIsRemarked()
    {
        using var scratch = new Scratch();
        Invocation run = Prepare(scratch.File("glasses"), "--composition", "Cu50Zr50", "--atoms", "108", "--rate", "1", "--estimate");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("warning: each glass takes ");
        run.Error.ShouldContain("K/s");
    }

    [Fact]
    public void ASecondProcessInTheFolderIsRefused()
    {
        using var scratch = new Scratch();
        using IDisposable held = Host.Commands.FolderLock.Take(scratch.Folder);
        Prepare(scratch.Folder, Fast).ShouldBeRefused("another process works in this folder");
        scratch.ShouldHoldOnly(".lock");
    }

    [Fact]
    public void AConfigurationSaysTheSameAsFlags()
    {
        using var scratch = new Scratch();
        string configuration = scratch.Write(
            "prepare.conf",
            "potential = \"" + Samples.Potential + "\"\nprepare { composition = Cu50Zr50, atoms = 108, seed = 7, rate = 1e15, fast-rate = 1e15, melt-time = 0.4, thermo-every = 100 }\n");
        Prepare(scratch.File("flags"), Fast).ExitCode.ShouldBe(0);

        Invocation.Run("prepare", configuration, "--out", scratch.File("file")).ExitCode.ShouldBe(0);

        File.ReadAllText(Path.Combine(scratch.File("file"), Name + ".data")).ShouldBe(File.ReadAllText(Path.Combine(scratch.File("flags"), Name + ".data")));
    }

    [Fact]
    public void AnEstimateWritesNothing()
    {
        using var scratch = new Scratch();
        JsonElement json = Prepare(scratch.File("glasses"), [.. Fast, "--estimate", "--json"]).Json;
        json.GetProperty("core_hours").GetDouble().ShouldBeGreaterThan(0);
        json.GetProperty("steps").GetDouble().ShouldBeGreaterThan(0);
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public void MistakesAreToldInOneLineBeforeAnythingIsWritten()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("glasses");
        Prepare(folder).ShouldBeRefused("no composition is given", "--composition such as Cu50Zr50");
        Prepare(folder, "--composition", "copper").ShouldBeRefused("the composition cannot be read", "'copper'", "Cu50Zr50");
        Prepare(folder, "--composition", "Cu50Cu50").ShouldBeRefused("each element once");
        Prepare(folder, "--composition", "Cu50Zn50").ShouldBeRefused("CuZr_mm.eam.fs", "an element that the potential lacks", "found Zn", "did you mean Zr?");
        Prepare(folder, "--composition", "Cu50Zr50", "--atoms", "4").ShouldBeRefused("the cell is too small for the potential");
        Prepare(folder, "--composition", "Cu50Zr50", "--atoms", "108", "--swap-every", "10").ShouldBeRefused("--swap-every: ", "needs more than 108 atoms", "too small for local energy changes");
        Prepare(folder, "--composition", "Cu50Zr50", "--rate", "fast").ShouldBeRefused("--rate: prepare.rate", "a number");
        Prepare(folder, "--composition", "Cu50Zr50", "--rate", "-1").ShouldBeRefused("--rate: ");
        Prepare(folder, "--composition", "Cu50Zr50", "--seed", "x").ShouldBeRefused("--seed: ");
        Prepare(folder, "--composition", "Cu50Zr50", "-D", "prepare.seed=x").ShouldBeRefused("-D prepare.seed: ");
        Prepare(folder, "--composition", "Cu50Zr50", "--rate", "1e-9").ShouldBeRefused("more time steps than can be counted", "K/s");
        Prepare(folder, "--composition", "Cu50Zr50", "--from", "600", "--to", "1200").ShouldBeRefused("do not lead downward");
        Prepare(folder, "--composition", "Cu50Zr50", "-D", "prepare.thermo-every=150").ShouldBeRefused("prepare.thermo-every", "a multiple of 100");
        Prepare(folder, "--composition", "Cu50Zr50", "-D", "prepare.melt-tim=5").ShouldBeRefused("melt-time");
        Prepare(folder, "--composition", "Cu50Zr50", "--timestep", "2").ShouldBeRefused("prepare.timestep", "at most 0.02");
        scratch.ShouldHoldOnly();
    }

    private static JsonDocument Summary(string folder, string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));

    private static Invocation Prepare(string folder, params string[] arguments) =>
        Invocation.Run(["prepare", "--potential", Samples.Potential, "--out", folder, .. arguments]);

    private static Invocation StopAtFirstProgress(string folder, string[] arguments) =>
        Invocation.RunStoppedAt("% of", ["prepare", "--potential", Samples.Potential, "--out", folder, "--threads", "1", .. arguments]);
}
