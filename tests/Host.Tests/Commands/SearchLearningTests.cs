using System.Text.Json;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Tests.Commands;

/// <summary>A search whose model learns from it, on a crystal of 16 atoms with labels of one loading mode in two steps.</summary>
public sealed class SearchLearningTests : IDisposable
{
    internal static readonly LabelDefinition Label = new()
    {
        Strain = 0.01,
        Step = 0.005,
        Lateral = "isochoric",
        Modes = ["xy+"],
        D2MinCutoff = 3.8,
        D2MinNormalization = "sum",
    };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AnEnsembleLearnsAndAnyNumberOfSamplersAndAStopAnswerTheSame()
    {
        string configuration = SearchVerbTests.Write(_scratch);
        string[] settings = Settings("limit-pearson = none", Model("a", 3, Label), Model("b", 4, Label));
        Invocation one = SearchVerbTests.Search(configuration, ["--out", _scratch.File("one"), "--threads", "1", .. settings]);
        one.ExitCode.ShouldBe(0, one.Error);
        one.Error.ShouldContain("decision 1 after trial 4: 1 new labels, r = ");
        string[][] rows = [.. File.ReadLines(_scratch.File("one/learning.csv")).Skip(1).Select(line => line.Split(','))];
        rows.Length.ShouldBe(2);
        rows[^1][6].ShouldNotBe("0");
        string[] models = [.. Directory.GetFiles(_scratch.File("one"), "model-g*").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        models[..2].ShouldBe(["model-g1-2.safetensors", "model-g1.safetensors"]);
        PropertyModel tuned = ModelFile.Read(_scratch.File("one/model-g1.safetensors"));
        tuned.Label.ShouldBe(Label);
        tuned.Provenance!.Notes.ShouldContain(ModelFile.Read(_scratch.File("a.safetensors")).Sha256);

        SearchVerbTests.Search(configuration, ["--out", _scratch.File("three"), "--threads", "3", .. settings, "-D", "search.debug.round-trip=on"])
            .ExitCode.ShouldBe(0);
        Invocation stopped = Invocation.RunStoppedAt("decision 1", ["search", configuration, "--out", _scratch.File("cut"), .. settings]);
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        File.Delete(_scratch.File("a.safetensors"));
        Invocation resumed = Invocation.Run("search", "--json", "--resume", _scratch.File("cut"));
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        foreach (string name in (string[])["chain-0.csv", "chain-1.csv", "accepted-1.extxyz", "best.extxyz", "final-0.extxyz", "learning.csv", .. models])
        {
            byte[] expected = File.ReadAllBytes(_scratch.File("one/" + name));
            File.ReadAllBytes(_scratch.File("three/" + name)).ShouldBe(expected, name);
            File.ReadAllBytes(_scratch.File("cut/" + name)).ShouldBe(expected, name);
        }
    }

    [Fact]
    public void GlassesThatAreReplayedTeachTooAndAreKeptWithTheRun()
    {
        string configuration = SearchVerbTests.Write(_scratch), model = Model("a", 3, Label);
        string glass = Samples.SmallCrystal(_scratch, "first.extxyz"), labels = MakeLabels(glass);
        string[] replayed = Settings($"limit-pearson = none, replay = [ {{ structure = {Quoted(glass)}, labels = {Quoted(labels)} }} ]", model);
        SearchVerbTests.Search(configuration, ["--out", _scratch.File("without"), .. Settings("limit-pearson = none", model)]).ExitCode.ShouldBe(0);
        Invocation run = SearchVerbTests.Search(configuration, ["--out", _scratch.File("with"), .. replayed]);
        run.ExitCode.ShouldBe(0, run.Error);
        File.ReadAllBytes(_scratch.File("with/model-g1.safetensors")).ShouldNotBe(File.ReadAllBytes(_scratch.File("without/model-g1.safetensors")));
        ModelProvenance told = ModelFile.Read(_scratch.File("with/model-g1.safetensors")).Provenance!;
        told.Files.Select(file => file.Name).ShouldBe(["first", "version 0 of chain 0"]);
        told.Split.ShouldBe("1 glasses that were given, then structures of a search, all of them");

        // The run has its own copy.
        Invocation stopped = Invocation.RunStoppedAt("decision 1", ["search", configuration, "--out", _scratch.File("cut"), .. replayed]);
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        File.Delete(glass);
        File.Delete(labels);
        Invocation resumed = Invocation.Run("search", "--json", "--resume", _scratch.File("cut"));
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        foreach (string name in (string[])["chain-0.csv", "learning.csv", "model-g1.safetensors"])
        {
            File.ReadAllBytes(_scratch.File("cut/" + name)).ShouldBe(File.ReadAllBytes(_scratch.File("with/" + name)), name);
        }
    }

    [Fact]
    public void AReplayedGlassMustBeOfTheLabelsThatTheModelLearned()
    {
        string configuration = SearchVerbTests.Write(_scratch), glass = Samples.SmallCrystal(_scratch, "first.extxyz"), labels = MakeLabels(glass);
        Refused(Replay(glass, labels), Model("a", 3, Label with { Lateral = "fixed" }), "first.labels.csv", "another lateral condition", "fixed", "isochoric");
        Refused(Replay(glass, labels), Model("b", 3, Label with { Strain = 0.02, Step = 0.005 }), "first.labels.csv", "0.02");
        Refused(Replay(_scratch.File("frist.extxyz"), labels), Model("c", 3, Label), "search.learn.replay.0.structure", "does not exist", "first.extxyz");
        Refused("replay = [ { structrue = x } ]", Model("d", 3, Label), "structrue", "structure");
        Directory.Exists(_scratch.File("bad")).ShouldBeFalse();

        void Refused(string learn, string model, params string[] words) =>
            Invocation.Run(["search", configuration, "--out", _scratch.File("bad"), .. Settings(learn, model)]).ShouldBeRefused(words);

        static string Replay(string structure, string labels) => $"replay = [ {{ structure = {Quoted(structure)}, labels = {Quoted(labels)} }} ]";
    }

    [Fact]
    public void TheEstimateCountsTheLabels()
    {
        // Decisions after trials 4 and 8 of two chains: labels of the start and, at most, of both chains after trial 4.
        string configuration = SearchVerbTests.Write(_scratch), model = Model("a", 3, Label);
        Invocation learning = SearchVerbTests.Search(configuration, ["--out", _scratch.File("run"), "--estimate", .. Settings("", model)]);
        learning.ExitCode.ShouldBe(0, learning.Error);
        learning.Json.GetProperty("labels").GetDouble().ShouldBe(3);
        learning.Json.GetProperty("seconds_per_label").GetDouble().ShouldBeGreaterThan(0);
        Invocation plain = SearchVerbTests.Search(configuration, ["--out", _scratch.File("run"), "--estimate"]);
        plain.Json.TryGetProperty("labels", out _).ShouldBeFalse();
    }

    [Fact]
    public void TheRunRecordsTheLearningAndBothEndsAreJudgedByTheLastModel()
    {
        string configuration = SearchVerbTests.Write(_scratch), model = Model("a", 3, Label);
        Invocation run = SearchVerbTests.Search(configuration, ["--out", _scratch.File("run"), .. Settings("limit-pearson = none", model)]);
        run.ExitCode.ShouldBe(0, run.Error);
        JsonElement learning = JsonDocument.Parse(File.ReadAllText(_scratch.File("run/run.json"))).RootElement.GetProperty("learning");
        learning.GetProperty("every").GetInt64().ShouldBe(4);
        learning.GetProperty("limit_pearson").ValueKind.ShouldBe(JsonValueKind.Null);
        int generation = learning.GetProperty("generation").GetInt32();
        generation.ShouldBeGreaterThan(0);
        string last = _scratch.File($"run/model-g{generation}.safetensors");
        learning.GetProperty("models")[0].GetString().ShouldBe(ModelFile.Read(last).Sha256);

        foreach ((string structure, string targets) in ((string, string)[])[("final.extxyz", "targets_end"), ("start.extxyz", "targets_start")])
        {
            if (structure == "start.extxyz")
            {
                string[] lines = File.ReadAllLines(_scratch.File("run/accepted-0.extxyz"));
                File.WriteAllLines(_scratch.File("run/start.extxyz"), lines.Take(2 + int.Parse(lines[0])));
            }

            Invocation predicted = Invocation.Run(
                "predict", "--json", "--structure", _scratch.File("run/" + structure), "--model", last);
            predicted.ExitCode.ShouldBe(0, predicted.Error);
            predicted.Json.GetProperty("mean").GetDouble().ShouldBe(run.Json.GetProperty(targets).GetProperty("mean").GetDouble(), 1e-9);
        }
    }

    [Fact]
    public void WhatCannotBeLearnedSoundlyIsRefusedInOneLine()
    {
        string configuration = SearchVerbTests.Write(_scratch), folder = _scratch.File("bad");
        string told = Model("a", 3, Label), untold = Model("u", 3, null), column = Model("c", 3, new LabelDefinition { Quantity = "propensity" });
        Refused(Settings("", untold), "search.learn.every", "does not tell", "u.safetensors");
        Invocation other = Invocation.Run(["search", configuration, "--out", folder, .. Settings("", column)]);
        other.ExitCode.ShouldBe(2);
        other.Error.ShouldContain("search.learn.every");
        other.Error.ShouldContain("found propensity");
        Refused(["-D", "search.learn.every=4"], "search.learn.every", "search.decider.kind = gnn");
        Refused([.. Settings("", told), "-D", "search.stop.accepted=3"], "search.stop", "search.learn");
        Refused([.. Settings("", told), "-D", "tempering={ scales = [1, 2], every = 3 }"], "search.learn.every", "a multiple of tempering.every, 3");
        Refused(
            [.. Settings("", told), "-D", "tempering={ scales = [1, 2], every = 2, warm-up-rounds = 4 }"],
            "search.learn.every", "warm-up");
        Refused(Settings("limit-persson = 0.5", told), "limit-persson", "limit-pearson");
        Refused(Settings("learning-rate = 0", told), "search.learn.learning-rate", "more than 0");
        Directory.Exists(folder).ShouldBeFalse();

        void Refused(string[] settings, params string[] words) =>
            Invocation.Run(["search", configuration, "--out", folder, .. settings]).ShouldBeRefused(words);
    }

    private string Model(string name, ulong seed, LabelDefinition? label) =>
        Samples.SmallModel(_scratch, name: name + ".safetensors", seed: seed, label: label);

    /// <summary>Labels as <see cref="Label"/> has them.</summary>
    private string MakeLabels(string structure)
    {
        Invocation run = Invocation.Run(
            "label", structure, "--potential", Samples.Potential, "--strains", "0.01", "--step", "0.005", "--lateral", "isochoric",
            "-D", "label.modes=[\"xy+\"]", "-D", "label.neighbor-cutoff=3.8", "-D", "label.divide-by-neighbors=off", "--out", _scratch.File("labels"));
        run.ExitCode.ShouldBe(0, run.Error);
        return _scratch.File($"labels/{Path.GetFileNameWithoutExtension(structure)}.labels.csv");
    }

    private static string Quoted(string path) => JsonSerializer.Serialize(path);

    internal static string[] Settings(string learn, params string[] models) =>
    [
        "-D", "search.decider.kind=gnn", "-D", "search.trials=12", "-D", "replicas=2",
        "-D", $"search.decider.model={JsonSerializer.Serialize(models)}", "-D", "search.targets=[ { kind = mean, C = 0.02 } ]",
        "-D", $"search.learn={{ every = 4, epochs = 3, learning-rate = 1e-3{(learn.Length > 0 ? ", " : "")}{learn} }}",
    ];
}
