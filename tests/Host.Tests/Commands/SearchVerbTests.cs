using System.Globalization;
using System.Text.Json;
using Glasswright.Actors.Acceptance;
using Glasswright.Host.Commands;
using Glasswright.Models.Storage;
using Microsoft.Data.Sqlite;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>search</c> verb on a crystal of 16 atoms, with the energy as decider.</summary>
public sealed class SearchVerbTests
{
    [Fact]
    public void SearchTellsWhatItDid()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("run");

        Invocation run = Search(Write(scratch), "--out", folder);

        run.ExitCode.ShouldBe(0, run.Error);
        JsonElement json = run.Json;
        foreach (string key in (string[])["run", "outcome", "trials", "accepted", "evaluations", "targets_start", "targets_end", "elapsed_s", "calibration", "screening"])
        {
            json.TryGetProperty(key, out _).ShouldBeTrue(key);
        }

        json.GetProperty("outcome").GetString().ShouldBe("finished");
        json.GetProperty("trials").GetInt64().ShouldBe(12);
        json.GetProperty("targets_start").EnumerateObject().Select(t => t.Name)
            .ShouldBe(["energy_eV", "pressure_bar", "max", "mean", "q0.10", "q0.25", "q0.50", "q0.75", "q0.90"]);
        File.ReadAllLines(Path.Combine(folder, "chain-0.csv")).Length.ShouldBe(13);
        foreach (string name in (string[])["run.json", "config.conf", "run.db", "log.txt", "accepted-0.extxyz", "best.extxyz", "final.extxyz", "final-0.extxyz"])
        {
            File.Exists(Path.Combine(folder, name)).ShouldBeTrue(name);
        }

        File.ReadLines(Path.Combine(folder, "log.txt")).Last().ShouldContain("Finished after 12 trials, ");
        JsonElement document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement;
        document.GetProperty("command").GetString().ShouldNotBeNull().ShouldStartWith("glasswright search ");
    }

    [Fact]
    public void ResumedRunGivesTheSameBytesThoughItsInputsAreGone()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Search(configuration, "--out", scratch.File("whole"), "--threads", "2").ExitCode.ShouldBe(0);

        Invocation stopped = Invocation.RunStoppedAt(
            "1 samplers", "search", configuration, "--json", "--out", scratch.File("cut"), "--threads", "1");
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        stopped.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        stopped.Error.ShouldContain($"search --resume {scratch.File("cut")}");
        File.Delete(scratch.File("small.extxyz"));
        File.Delete(configuration);

        Invocation resumed = Invocation.Run("search", "--json", "--resume", scratch.File("cut"));

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        resumed.Json.GetProperty("outcome").GetString().ShouldBe("finished");
        foreach (string name in (string[])["chain-0.csv", "accepted-0.extxyz", "best.extxyz", "final.extxyz"])
        {
            File.ReadAllText(scratch.File("cut/" + name)).ShouldBe(File.ReadAllText(scratch.File("whole/" + name)), name);
        }
    }

    [Fact]
    public void SearchStoppedBeforeItsRunBeganLeavesNothing()
    {
        using var scratch = new Scratch();
        Invocation stopped = Invocation.Run(
            new CancellationToken(canceled: true), ["search", Write(scratch), "--json", "--out", scratch.File("runs/first")]);

        stopped.ExitCode.ShouldBe(0, stopped.Error);
        stopped.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        stopped.Json.GetProperty("trials").GetInt64().ShouldBe(0);
        stopped.Error.ShouldContain("the same command begins it");
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public void ResumeTellsChangesSinceVersionZero()
    {
        using var scratch = new Scratch();
        string model = JsonSerializer.Serialize(Samples.SmallModel(scratch));
        string[] settings = ["-D", $"search.decider.model={model}", "-D", "search.decider.temperature=1e6", "-D", "search.trials=6"];
        Search(Write(scratch), ["--out", scratch.File("run"), .. settings]).Json.GetProperty("accepted").GetInt64().ShouldBeGreaterThan(0);

        // Nothing is left to do, so the one line of progress shows where the run stands.
        Invocation resumed = Invocation.Run("search", "--json", "--resume", scratch.File("run"));

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        double change = resumed.Json.GetProperty("targets_end").GetProperty("mean").GetDouble()
            - resumed.Json.GetProperty("targets_start").GetProperty("mean").GetDouble();
        resumed.Error.ShouldContain(change.ToString("(+0.0000;(-0.0000", CultureInfo.InvariantCulture));
        Math.Abs(change).ShouldBeGreaterThan(1e-4);
    }

    [Theory]
    [InlineData("search.decider.temperature=2000")]
    [InlineData("search.targets=[ { kind = energy, C = 0.2 } ]")]
    public void RescaledConstantIsAnnounced(string define)
    {
        using var scratch = new Scratch();
        Invocation run = Search(
            Write(scratch), "--out", scratch.File("run"), "-D", define, "-D", "search.calibrate={ acceptance = 0.3, pilot = 2 }", "-D", "search.trials=1");

        run.ExitCode.ShouldBe(0, run.Error);
        string warning = run.Error.Split('\n').Where(line => line.StartsWith("warning: search.calibrate", StringComparison.Ordinal)).ShouldHaveSingleItem();
        warning.ShouldContain("rescales the energy's constant to an acceptance of 0.3");
        File.ReadAllText(scratch.File("run/log.txt")).ShouldContain("rescales the energy's constant");
    }

    [Fact]
    public void CalibrationThatMissesWhatWasWantedIsToldEverywhere()
    {
        // Swaps in this crystal lead some 2 eV down: past the goal, so that some end nearer to it and some farther away.
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            "search", Write(scratch), "--out", scratch.File("run"), "-D", "search.decider.temperature=null", "-D", "search.trials=1",
            "-D", "search.targets=[ { kind = energy, direction = toward, value = -67.7 } ]", "-D", "search.calibrate={ acceptance = 0.01, pilot = 20 }");

        run.ExitCode.ShouldBe(0, run.Error);
        string warning = run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldHaveSingleItem();
        warning.ShouldContain("of the pilot trials raise no target");
        File.ReadAllText(scratch.File("run/log.txt")).ShouldContain(warning["warning: ".Length..]);
        run.Output.ShouldContain("TooManyDownhill");
        JsonElement calibration = JsonDocument.Parse(File.ReadAllText(scratch.File("run/run.json"))).RootElement.GetProperty("calibration");
        double downhill = calibration.GetProperty("downhill_share").GetDouble();
        downhill.ShouldBeGreaterThan(0.01);
        warning.ShouldContain(downhill.ToString("P1", CultureInfo.InvariantCulture));
        ((calibration.GetProperty("acceptance").GetDouble() - downhill) / (1 - downhill)).ShouldBe(0.01, 1e-9);
        calibration.GetProperty("scale").GetDouble().ShouldBeGreaterThan(1e-3);

        // A run that is resumed tells it again, as its user may be another.
        Invocation resumed = Invocation.Run("search", "--json", "--resume", scratch.File("run"));
        resumed.Error.ShouldContain(warning);
        JsonElement.DeepEquals(resumed.Json.GetProperty("calibration"), calibration).ShouldBeTrue();
    }

    [Theory]
    [InlineData(nameof(CalibrationOutcome.Solved), null)]
    [InlineData(nameof(CalibrationOutcome.AsGiven), null)]
    [InlineData(nameof(CalibrationOutcome.TooManyDownhill), "25.0 % of the pilot trials raise no target")]
    [InlineData(nameof(CalibrationOutcome.NothingUphill), "no other one converged")]
    [InlineData(nameof(CalibrationOutcome.TooFewConverged), "too few pilot trials converge")]
    public void EveryOutcomeOfCalibrationButTheWantedHasItsWarning(string outcome, string? part)
    {
        string? warning = CalibrationNotes.Warning(new CalibrationResult(Enum.Parse<CalibrationOutcome>(outcome), [1], 1, 0.3, 0.25), 0.03);

        (warning is null).ShouldBe(part is null);
        warning?.ShouldContain(part!);
    }

    [Fact]
    public void ModelOfAnotherColumnIsAnnounced()
    {
        using var scratch = new Scratch();
        PropertyModel model = ModelFile.Read(Samples.SmallModel(scratch));
        string soft = scratch.File("soft.safetensors");
        ModelFile.Write(soft, new PropertyModel(model.Parameters, new LabelDefinition { Quantity = "soft" }));

        Invocation run = Search(Write(scratch), "--out", scratch.File("run"), "--model", soft, "-D", "search.trials=1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldContain("trained on the column 'soft'");
    }

    [Fact]
    public void ConstantTakenAsWrittenNeedsNoWarning()
    {
        using var scratch = new Scratch();
        Invocation run = Search(Write(scratch), "--out", scratch.File("run"), "-D", "search.calibrate=off", "-D", "search.trials=1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotContain("warning");
    }

    [Fact]
    public void ModelOfAnotherPotentialIsAnnounced()
    {
        using var scratch = new Scratch();
        string model = JsonSerializer.Serialize(Samples.SmallModel(scratch, potentialSha256: "ab12"));

        Invocation run = Search(Write(scratch), "--out", scratch.File("run"), "-D", $"search.decider.model={model}", "-D", "search.trials=1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldContain("another potential than");
    }

    [Fact]
    public void DeciderGnnWithoutModelIsRefused()
    {
        using var scratch = new Scratch();
        Invocation.Run("search", Write(scratch), "--out", scratch.File("run"), "-D", "search.decider={ kind = gnn }")
            .ShouldBeRefused("search.decider.model");
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public void FlagsWinOverTheConfiguration()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), model = Samples.SmallModel(scratch), other = scratch.File("other.extxyz");
        File.Copy(scratch.File("small.extxyz"), other);
        File.WriteAllText(configuration, File.ReadAllText(configuration).Replace("small.extxyz", "nowhere.extxyz", StringComparison.Ordinal)
            .Replace("CuZr_mm", "nothing", StringComparison.Ordinal));

        Invocation run = Search(
            configuration, "--out", scratch.File("run"), "--structure", other, "--potential", Samples.Potential, "--model", model,
            "--backend", "cpu", "--species", "Cu,Zr", "-D", "search.trials=1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotContain("warning");
        JsonElement inputs = JsonDocument.Parse(File.ReadAllText(scratch.File("run/run.json"))).RootElement.GetProperty("inputs");
        inputs.EnumerateArray().Select(input => input.GetProperty("file").GetString())
            .ShouldBe(["small.safetensors", "CuZr_mm.eam.fs", "other.extxyz"]);
        Invocation.Run("search", configuration, "--out", scratch.File("b"), "--backend", "reference").ShouldBeRefused("backend", "cpu");
        Invocation.Run("search", "--resume", scratch.File("run"), "--model", model).ShouldBeRefused("its own configuration");
    }

    [Fact]
    public void FolderThatHoldsARunIsLeftAlone()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Search(configuration, "--out", scratch.File("run")).ExitCode.ShouldBe(0);

        Invocation.Run("search", configuration, "--out", scratch.File("run")).ShouldBeRefused("--resume", "--out");

        Invocation numbered = Search(configuration, "--out", scratch.File("run"), "-D", "out-exists=number");
        numbered.Json.GetProperty("run").GetString().ShouldBe(scratch.File("run-2"));
    }

    [Fact]
    public void PeopleGetAClosingTable()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run("search", Write(scratch), "--out", scratch.File("run"));

        run.ExitCode.ShouldBe(0, run.Error);
        foreach (string part in (string[])["acceptance", "unique relaxations", "force evaluations", "time running", "time in all", "calibration", "C of energy"])
        {
            run.Output.ShouldContain(part);
        }
    }

    [Fact]
    public void EstimateStartsNothing()
    {
        using var scratch = new Scratch();
        Invocation run = Search(Write(scratch), "--out", scratch.File("run"), "--estimate");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("core_hours").GetDouble().ShouldBeGreaterThan(0);
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public void EstimateOfUnrelaxedTrialsTimesUnrelaxedTrials()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Invocation relaxed = Search(configuration, "--out", scratch.File("run"), "--estimate");
        Invocation run = Search(
            configuration, "--out", scratch.File("run"), "--estimate", "-D", "search.proposal.relax=off", "-D", "search.trials=100000",
            "-D", $"structure={JsonSerializer.Serialize(Samples.StressFreeGlass)}", "-D", "species=[Cu, Zr]");

        run.ExitCode.ShouldBe(0, run.Error);

        // One evaluation in full a stretch of a thousand trials, against some tens a relaxation.
        run.Json.GetProperty("evaluations_per_trial").GetDouble().ShouldBeInRange(0, 0.001);
        relaxed.Json.GetProperty("evaluations_per_trial").GetDouble().ShouldBeGreaterThan(5);
        run.Json.GetProperty("disk_bytes").GetDouble().ShouldBeInRange(100_000 * 300.0, (100_000 * 300.0) + (100 * 864 * 160));
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Theory]
    [InlineData("search.trails=3", "trails", "trials")]
    [InlineData("search.proposal.displacement.step=0.18", "search.proposal.displacement.step", "0.17")]
    [InlineData("search.trials=many", "search.trials", "many")]
    [InlineData("search.decider.kappa=1", "search.decider.kappa", "two models")]
    [InlineData("structure=nowhere.extxyz", "nowhere.extxyz", "does not exist")]
    [InlineData("store=\"postgres://localhost/x\"", "store", "PGPASSFILE")]
    [InlineData("species=[Cu, Cu]", "species", "twice")]
    [InlineData("search.checkpoint-every=50 d", "checkpoint-every", "4233600")]
    [InlineData("search.targets=[{ kind = energy, C = 1 }, { kind = energy, C = 2 }]", "energy", "twice")]
    public void UnusableSettingIsRefusedBeforeAnythingIsWritten(string define, string part, string other)
    {
        using var scratch = new Scratch();
        Invocation.Run("search", Write(scratch), "--out", scratch.File("run"), "-D", define).ShouldBeRefused(part, other);
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public void GlassOfOneSpeciesIsRefusedBeforeAnythingIsWritten()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        string crystal = scratch.File("small.extxyz");
        File.WriteAllText(crystal, File.ReadAllText(crystal).Replace("Zr ", "Cu ", StringComparison.Ordinal));

        Invocation.Run("search", configuration, "--out", scratch.File("run")).ShouldBeRefused("small.extxyz");
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }

    [Fact]
    public void StartThatDoesNotRelaxLeavesNoRunBehindSoTheCorrectedOneCanBegin()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        string folder = scratch.File("runs/first");

        Invocation refused = Search(configuration, "--out", folder, "-D", "search.minimizer.max-evaluations=2");
        refused.ExitCode.ShouldBe(2, refused.Error);
        refused.Error.ShouldContain("does not relax");
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");

        Search(configuration, "--out", folder).ExitCode.ShouldBe(0);
        Search(configuration, "--out", scratch.File("runs/second"), "-D", "search.minimizer.max-evaluations=2").ExitCode.ShouldBe(2);
        new DirectoryInfo(scratch.File("runs/latest")).LinkTarget.ShouldBe("first");
        Invocation.Run("search", "--resume", folder).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void CalibrationThatFailsLeavesNoRunBehindSoTheCorrectedOneCanBegin()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), model = Samples.SmallModel(scratch), folder = scratch.File("run"), relaxed = scratch.File("relaxed.extxyz");
        Invocation.Run("minimize", "--structure", scratch.File("small.extxyz"), "--potential", Samples.Potential, "--out", relaxed).ExitCode.ShouldBe(0);
        string[] before = [.. Directory.EnumerateFiles(scratch.Folder).Select(Path.GetFileName)!];
        string[] settings =
        [
            "-D", $"structure={JsonSerializer.Serialize(relaxed)}", "-D", "search.calibrate={ acceptance = 0.3, pilot = 6 }",
            "-D", $"search.decider={{ kind = gnn, model = {JsonSerializer.Serialize(model)} }}", "-D", "search.targets=[ { kind = mean } ]",
        ];

        // The start is relaxed already, so it gets to version 0; no pilot trial converges.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Invocation refused = Search(configuration, ["--out", folder, .. settings, "-D", "search.minimizer.max-evaluations=3"]);
            refused.ExitCode.ShouldBe(2, refused.Error);
            refused.Error.ShouldContain("pilot trials");
            scratch.ShouldHoldOnly(before);
        }

        Invocation corrected = Search(configuration, ["--out", folder, .. settings]);
        corrected.ExitCode.ShouldBe(0, corrected.Error);
        corrected.Json.GetProperty("outcome").GetString().ShouldBe("finished");
    }

    [Fact]
    public void RefusedRunLeavesWhatLayInItsFolder()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        scratch.Write("config.conf", "# mine\n");

        Search(configuration, "--out", scratch.Folder, "-D", "search.minimizer.max-evaluations=2").ExitCode.ShouldBe(2);
        scratch.ShouldHoldOnly("config.conf", "search.conf", "small.extxyz");
    }

    [Fact]
    public void RunOfOtherNumericsGoesOnOnlyOnRequest()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), folder = scratch.File("run");
        Search(configuration, "--out", folder).ExitCode.ShouldBe(0);
        using (var store = new SqliteConnection($"Data Source={folder}/run.db;Pooling=False"))
        {
            store.Open();
            using SqliteCommand age = store.CreateCommand();
            age.CommandText = "UPDATE run SET numerics = '1:old'";
            age.ExecuteNonQuery();
        }

        Invocation refused = Invocation.Run("search", "--json", "--resume", folder);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("--accept-new-numerics");
        Invocation.Run("search", configuration, "--accept-new-numerics").ShouldBeRefused("belongs to --resume");

        Invocation forked = Invocation.Run("search", "--json", "--resume", folder, "--accept-new-numerics");
        forked.ExitCode.ShouldBe(0, forked.Error);
        forked.Error.ShouldContain("before with 1:old");
        JsonElement fork = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("forks")[0];
        fork.GetProperty("from_trial").GetInt64().ShouldBe(13);
        fork.GetProperty("numerics_before").GetString().ShouldBe("1:old");

        // From now on these are the run's own.
        Invocation.Run("search", "--json", "--resume", folder).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void ResumeOfNothingIsRefused()
    {
        using var scratch = new Scratch();
        Invocation.Run("search", "--resume", scratch.File("nothing")).ShouldBeRefused("holds no run");
        Invocation.Run("search", "--resume", scratch.Folder, "-D", "search.trials=3").ShouldBeRefused("its own configuration");
        Invocation.Run("search").ShouldBeRefused("no configuration is given");
        scratch.ShouldHoldOnly();
    }

    internal static Invocation Search(string configuration, params string[] more) => Invocation.Run(["search", configuration, "--json", .. more]);

    internal static string Write(Scratch scratch)
    {
        Samples.SmallCrystal(scratch);
        string potential = JsonSerializer.Serialize(Samples.Potential);
        return scratch.Write("search.conf", string.Create(CultureInfo.InvariantCulture, $$"""
            structure = small.extxyz
            potential = {{potential}}
            search {
              trials = 12, seed = 2
              decider { kind = energy, temperature = 2000 }
              calibrate = off
            }
            """));
    }
}
