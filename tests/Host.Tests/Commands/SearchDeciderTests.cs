using System.Text.Json;
using Glasswright.Actors.Storage;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;

namespace Glasswright.Host.Tests.Commands;

/// <summary>Deciders other than one model or the energy, on a crystal of 16 atoms.</summary>
public sealed class SearchDeciderTests
{
    private static readonly string[] Answer = ["chain-0.csv", "accepted-0.extxyz", "best.extxyz", "final.extxyz"];

    [Theory]
    [InlineData("gnn", "[ { kind = mean, C = 0.01 } ]")]
    [InlineData("energy", "[ { kind = energy, C = 0.2 } ]")]
    public void ResumedRunNeedsNoModelFile(string decider, string targets)
    {
        using var scratch = new Scratch();
        string model = Samples.SmallModel(scratch);
        string[] settings =
        [
            "-D", $"search.decider.kind={decider}", "-D", $"search.decider.model={JsonSerializer.Serialize(model)}",
            "-D", $"search.targets={targets}", "-D", "search.trials=3",
        ];
        Invocation stopped = Invocation.RunStoppedAt("samplers", ["search", SearchVerbTests.Write(scratch), "--out", scratch.File("run"), .. settings]);
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        File.Delete(model);
        File.Delete(scratch.File("small.extxyz"));

        Invocation resumed = Invocation.Run("search", "--json", "--resume", scratch.File("run"));

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        resumed.Json.GetProperty("outcome").GetString().ShouldBe("finished");
    }

    [Fact]
    public void EnsembleResumesToTheSameBytesThoughItsModelsAreGone()
    {
        using var scratch = new Scratch();
        string[] settings = Ensemble(scratch, "0.5");
        SearchVerbTests.Search(SearchVerbTests.Write(scratch), ["--out", scratch.File("whole"), .. settings]).ExitCode.ShouldBe(0);
        Invocation stopped = Invocation.RunStoppedAt(
            "samplers", ["search", SearchVerbTests.Write(scratch), "--out", scratch.File("cut"), .. settings]);
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        File.Delete(scratch.File("small.safetensors"));
        File.Delete(scratch.File("other.safetensors"));
        File.Delete(scratch.File("small.extxyz"));

        Invocation resumed = Invocation.Run("search", "--json", "--resume", scratch.File("cut"));

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        foreach (string name in Answer)
        {
            File.ReadAllText(scratch.File("cut/" + name)).ShouldBe(File.ReadAllText(scratch.File("whole/" + name)), name);
        }

        JsonDocument.Parse(File.ReadAllText(scratch.File("whole/run.json"))).RootElement.GetProperty("inputs").EnumerateArray()
            .Select(input => input.GetProperty("name").GetString()).ShouldBe(["model", "model-2", "potential", "structure"], ignoreOrder: true);
    }

    [Fact]
    public void NodeFindsAllModelsOfAnEnsembleInTheStoreInTheirOrder()
    {
        using var scratch = new Scratch();
        SearchVerbTests.Search(SearchVerbTests.Write(scratch), ["--out", scratch.File("run"), .. Ensemble(scratch, "0.5")]).ExitCode.ShouldBe(0);
        string[] sums = [.. new[] { "small", "other" }.Select(name => FileDigest.Sha256(scratch.File(name + ".safetensors")))];
        foreach (string file in Directory.GetFiles(scratch.Folder))
        {
            File.Delete(file);
        }

        using RunFolder folder = RunFolder.Open(scratch.File("run"));
        using RunStore store = folder.OpenStore();
        Directory.CreateDirectory(scratch.File("node"));
        SearchInput input = StoredRun.Read(
            store, store.ReadRun()!, scratch.File("node"), 1, new Session(new Terminal(TextWriter.Null, TextWriter.Null), json: false, ["node"]));

        input.Models.Select(model => FileDigest.Sha256(model.File!)).ShouldBe(sums);
        input.Settings.Decider.Kappa.ShouldBe(0.5);
    }

    [Fact]
    public void RunsOfOtherModelsOrAnotherOrderOrKappaAreOtherRuns()
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch);
        string[] forth = Ensemble(scratch, "0.5"), weighed = Ensemble(scratch, "1");
        string[] back = [.. forth.Select(text => text.StartsWith("search.decider.model", StringComparison.Ordinal)
            ? "search.decider.model=" + JsonSerializer.Serialize(new[] { scratch.File("other.safetensors"), scratch.File("small.safetensors") })
            : text)];
        new[] { forth, back, weighed, forth }.Select((settings, i) => RunId(scratch.File($"run{i}"), configuration, settings))
            .Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void OneModelIsTheSameRunWithAndWithoutBracketsAndByItsFlag()
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch), model = Samples.SmallModel(scratch);
        string[][] spellings =
        [
            ["-D", $"search.decider.model={JsonSerializer.Serialize(model)}"],
            ["-D", $"search.decider.model=[{JsonSerializer.Serialize(model)}]"],
            ["--model", model],
        ];
        spellings.Select((spelling, i) => RunId(scratch.File($"run{i}"), configuration, ["-D", "search.trials=1", .. spelling]))
            .Distinct().Count().ShouldBe(1);
        File.ReadAllLines(scratch.File("run1/config.conf")).ShouldContain(line => line.Trim() == $"model = {JsonSerializer.Serialize(model)}");
    }

    [Fact]
    public void TrueSimulationIsADecider()
    {
        using var scratch = new Scratch();
        string[] settings =
        [
            "-D", "search.decider={ kind = aqs, strain = 0.01, step = 0.005, modes = [\"xy+\", \"x-\"] }",
            "-D", "search.targets=[{ kind = mean, C = 1 }]", "-D", "search.trials=2",
        ];
        Invocation run = SearchVerbTests.Search(SearchVerbTests.Write(scratch), ["--out", scratch.File("run"), .. settings]);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("targets_start").GetProperty("mean").GetDouble().ShouldBeLessThan(10);
        Invocation.Run(["search", SearchVerbTests.Write(scratch), "--out", scratch.File("off"), .. settings, "-D", "search.decider.step=0.003"])
            .ShouldBeRefused("search.decider.strain", "step");
        Invocation.Run(["search", SearchVerbTests.Write(scratch), "--out", scratch.File("off"), .. settings, "-D", "search.screening=early-reject"])
            .ShouldBeRefused("search.screening", "aqs");
    }

    [Fact]
    public void ChanceIsADeciderOfItsOwn()
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch);
        string[] settings = ["-D", "search.decider={ kind = random, acceptance = 0.5 }", "-D", "search.trials=8"];
        Invocation run = SearchVerbTests.Search(configuration, ["--out", scratch.File("run"), .. settings]);
        run.ExitCode.ShouldBe(0, run.Error);
        File.ReadLines(scratch.File("run/chain-0.csv")).Skip(1).Select(line => line.Split(',')[9]).Where(veto => veto.Length > 0)
            .ShouldAllBe(veto => veto == "chance");
        Invocation.Run("search", "--json", "--resume", scratch.File("run")).ExitCode.ShouldBe(0);
        foreach ((string define, string problem) in (IEnumerable<(string, string)>)
        [
            ("search.decider.acceptance=2", "acceptance"),
            ("search.decider.acceptance=null", "needs the probability"),
            ("search.decider.kind=energy", "random only"),
            ("search.targets=[{ kind = energy }]", "search.targets"),
            ("search.screening=early-reject", "screening"),
            ("search.proposal.hastings=on", "hastings"),
        ])
        {
            Invocation.Run(["search", configuration, "--out", scratch.File("bad"), .. settings, "-D", define]).ShouldBeRefused(problem);
        }
    }

    [Fact]
    public void TargetsMayBeAboutSomeOfTheAtoms()
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch);
        string[] settings = ["-D", "search.decider.kind=gnn", "-D", "search.trials=6", "--model", Samples.SmallModel(scratch)];
        const string targets = "search.targets=[ { kind = mean, species = Zr, C = 1e-6 }, "
            + "{ kind = max, C = 1e-6, direction = raise, region { center = [1, 2, 3], radius = 3, softness = 0.5 } } ]";
        Invocation run = SearchVerbTests.Search(configuration, ["--out", scratch.File("run"), .. settings, "-D", targets]);
        run.ExitCode.ShouldBe(0, run.Error);
        string[] names = ["mean(Zr)", "max(3~0.5@1/2/3)"];
        run.Json.GetProperty("calibration").GetProperty("constants").EnumerateObject().Select(constant => constant.Name).ShouldBe(names);
        File.ReadLines(scratch.File("run/chain-0.csv")).Skip(1).Select(line => line.Split(',')[9]).Where(veto => veto.Length > 0)
            .ShouldAllBe(veto => names.Contains(veto));
        Invocation.Run("search", "--json", "--resume", scratch.File("run")).ExitCode.ShouldBe(0);

        foreach ((string target, string problem) in (IEnumerable<(string, string)>)
        [
            ("{ kind = mean, C = 1, species = Al }", "Al"),
            ("{ kind = energy, species = Cu }", "species"),
            ("{ kind = mean, region { center = [1, 2], radius = 3 } }", "center"),
            ("{ kind = mean, C = 1, region { center = [1, 2, 3], radius = 5 } }", "does not fit"),
            ("{ kind = mean, region { center = [1, 2, 3], radius = 1, softness = 2 } }", "softness"),
        ])
        {
            Invocation.Run(["search", configuration, "--out", scratch.File("bad"), .. settings, "-D", $"search.targets=[{target}]"])
                .ShouldBeRefused(problem);
        }
    }

    [Fact]
    public void AcceptedStructuresAreValidatedAndTheRunIsTheSame()
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch);
        string[] settings = Ensemble(scratch, "0"), label = ["-D", "label.modes=[\"xy+\", \"x-\"]"];
        string[] validate = ["-D", "search.validate={ every = 2, strain = 0.01, step = 0.005 }"];
        Invocation run = SearchVerbTests.Search(configuration, ["--out", scratch.File("run"), .. settings, .. label, .. validate]);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("validated version 0 of chain 0: Pearson ");
        string[][] rows = [.. File.ReadLines(scratch.File("run/validation-0.csv")).Skip(1).Select(line => line.Split(','))];
        rows.Length.ShouldBe((int)(run.Json.GetProperty("accepted").GetInt64() / 2) + 1);
        rows.ShouldAllBe(row => row.All(figure => figure.Length > 0));

        SearchVerbTests.Search(configuration, ["--out", scratch.File("plain"), .. settings, .. label]).ExitCode.ShouldBe(0);
        foreach (string name in Answer)
        {
            File.ReadAllText(scratch.File("run/" + name)).ShouldBe(File.ReadAllText(scratch.File("plain/" + name)), name);
        }

        using RunFolder one = RunFolder.Open(scratch.File("run")), two = RunFolder.Open(scratch.File("plain"));
        one.RunId.ShouldBe(two.RunId);
        Invocation.Run(["search", configuration, "--out", scratch.File("bad"), .. settings, "-D", "search.validate.every=1"])
            .ShouldBeRefused("search.validate.strain", "0.04");
        Invocation.Run(["search", configuration, "--out", scratch.File("bad"), .. settings, .. validate, "-D", "search.validate.step=0.003"])
            .ShouldBeRefused("search.validate.strain", "step");
    }

    private static string RunId(string folder, string configuration, string[] settings)
    {
        SearchVerbTests.Search(configuration, ["--out", folder, .. settings]).ExitCode.ShouldBe(0);
        using RunFolder run = RunFolder.Open(folder);
        using RunStore store = run.OpenStore();
        return store.ReadRun()!.Run;
    }

    private static string[] Ensemble(Scratch scratch, string kappa) =>
    [
        "-D", "search.decider.kind=gnn", "-D", "search.trials=6", "-D", $"search.decider.kappa={kappa}",
        "-D", "search.decider.model=" + JsonSerializer.Serialize(
            new[] { Samples.SmallModel(scratch), Samples.SmallModel(scratch, name: "other.safetensors", seed: 4) }),
        "-D", "search.targets=[ { kind = mean, C = 0.01 } ]",
    ];
}
