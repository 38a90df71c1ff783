using System.Text.Json;
using Glasswright.Actors.Storage;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Tests.Commands;

/// <summary>Searches that judge by more than one property of the atoms, on a crystal of 16 atoms.</summary>
public sealed class SearchPropertiesTests : IDisposable
{
    private static readonly string[] Answer = ["chain-0.csv", "accepted-0.extxyz", "best.extxyz", "final.extxyz", "final-0.extxyz", "final.data"];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void PropertyOfTheSameModelAsZHasItsFiguresToTheBit()
    {
        Run("run", Properties("twin = small", "pair = small other"), "[ { kind = mean, C = 0.01 }, { kind = max, property = pair, C = 0.01 } ]");
        string[][] rows = [.. File.ReadLines(_scratch.File("run/chain-0.csv")).Select(line => line.Split(','))];
        rows[0][17..24].ShouldBe([.. rows[0][10..17].Select(name => name + "[twin]")]);
        foreach (string[] row in rows.Skip(1))
        {
            row[17..24].ShouldBe(row[10..17]);
        }

        StructureFrame final = ExtendedXyzFile.Read(_scratch.File("run/final.extxyz"), ["Cu", "Zr"]);
        final.Columns.Keys.ShouldBe(["energy", "value", "value_twin", "value_pair"]);
        final.Columns["value_twin"].ShouldBe(final.Columns["value"]);

        // An ensemble as property has the values of the same ensemble as decider.
        Invocation ensemble = Run("ensemble", "[]", "auto", "-D", "search.decider.kappa=0.5", "-D", $"search.decider.model={Files("small other")}");
        JsonElement asDecider = ensemble.Json.GetProperty("targets_start");
        JsonElement asProperty = JsonDocument.Parse(File.ReadAllText(_scratch.File("run/run.json"))).RootElement.GetProperty("targets_start");
        foreach (string name in (string[])["max", "mean", "q0.10", "q0.90"])
        {
            asProperty.GetProperty(name + "[pair]").GetDouble().ShouldBe(asDecider.GetProperty(name).GetDouble());
            asProperty.GetProperty(name).GetDouble().ShouldNotBe(asDecider.GetProperty(name).GetDouble());
        }
    }

    [Fact]
    public void StoppedRunResumesToTheSameBytesThoughItsModelsAreGone()
    {
        string[] settings = Settings(Properties("twin = small", "pair = small other"), Opposite);
        string configuration = SearchVerbTests.Write(_scratch);
        SearchVerbTests.Search(configuration, ["--out", _scratch.File("whole"), "--threads", "4", .. settings]).ExitCode.ShouldBe(0);
        Invocation stopped = Invocation.RunStoppedAt(
            "samplers", ["search", configuration, "--out", _scratch.File("cut"), "--threads", "1", .. settings, "-D", "search.debug.round-trip=on"]);
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        foreach (string file in Directory.GetFiles(_scratch.Folder))
        {
            File.Delete(file);
        }

        Invocation resumed = Invocation.Run("search", "--json", "--resume", _scratch.File("cut"));

        resumed.ExitCode.ShouldBe(0, resumed.Error);
        foreach (string name in Answer)
        {
            File.ReadAllText(_scratch.File("cut/" + name)).ShouldBe(File.ReadAllText(_scratch.File("whole/" + name)), name);
        }

        JsonElement document = JsonDocument.Parse(File.ReadAllText(_scratch.File("whole/run.json"))).RootElement;
        document.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("name").GetString()).ShouldBe(
            ["model", "property-twin", "property-pair", "property-pair-2", "potential", "structure"], ignoreOrder: true);
        string[] names = ["mean[twin]", "mean[pair](Cu)"];
        document.GetProperty("calibration").GetProperty("constants").EnumerateObject().Select(constant => constant.Name).ShouldBe(names);
        document.GetProperty("convergence").GetProperty("targets").EnumerateObject().Select(target => target.Name).ShouldBe(names);
        Invocation status = Invocation.Run("status", _scratch.File("whole"));
        status.ExitCode.ShouldBe(0, status.Error);
        status.Output.ShouldContain("mean[pair](Cu)");
    }

    [Fact]
    public void NodeFindsTheModelsOfEveryPropertyInTheStore()
    {
        Run("run", Properties("twin = small", "pair = other small"), Opposite);
        string[][] sums = [.. new[] { "small", "other small" }.Select(names =>
            names.Split(' ').Select(name => FileDigest.Sha256(_scratch.File(name + ".safetensors"))).ToArray())];
        foreach (string file in Directory.GetFiles(_scratch.Folder))
        {
            File.Delete(file);
        }

        using RunFolder folder = RunFolder.Open(_scratch.File("run"));
        using RunStore store = folder.OpenStore();
        Directory.CreateDirectory(_scratch.File("node"));
        SearchInput input = StoredRun.Read(
            store, store.ReadRun()!, _scratch.File("node"), 1, new Session(new Terminal(TextWriter.Null, TextWriter.Null), json: false, ["node"]));

        input.PropertyModels.Select(set => set.Select(model => FileDigest.Sha256(model.File!))).ShouldBe(sums);
        input.Settings.Decider.PropertyNames.ShouldBe(["twin", "pair"]);
        store.ReadRun()!.Properties.ShouldBe(["twin", "pair"]);
    }

    [Fact]
    public void RunsWithOtherPropertiesAreOtherRuns()
    {
        string[] ids =
        [
            .. ((string[])
            [
                "[]", Properties("a = small"), Properties("b = small"), Properties("a = other"), Properties("a = small other"),
                Properties("a = small other").Replace("0.5", "1", StringComparison.Ordinal), Properties("a = small"),
            ]).Select((properties, i) => Run($"run{i}", properties, "[ { kind = mean, C = 0.01 } ]", "-D", "search.trials=1").Json.GetProperty("id").GetString()!),
        ];
        ids.Distinct().Count().ShouldBe(6);
        ids[6].ShouldBe(ids[1]);
    }

    [Fact]
    public void PropertiesGoWithEveryDeciderThatRelaxes()
    {
        Samples.SmallModel(_scratch);
        string properties = Properties("p = small");
        string target = "[ { kind = mean, property = p, C = 0.01 } ]";
        foreach ((string decider, string targets) in (IEnumerable<(string, string)>)
        [
            ("kind = energy", target),
            ("kind = energy", "auto"),
            ("kind = random, acceptance = 0.5", "auto"),
            ("kind = aqs, strain = 0.01, step = 0.005, modes = [\"xy+\", \"x-\"]", target),
        ])
        {
            string folder = _scratch.File("run" + Guid.NewGuid().ToString("N"));
            Invocation run = SearchVerbTests.Search(SearchVerbTests.Write(_scratch), "--out", folder,
                "-D", "search.trials=3", "-D", $"search.decider={{ {decider}, properties = {properties} }}", "-D", $"search.targets={targets}");
            run.ExitCode.ShouldBe(0, run.Error);
            string[][] rows = [.. File.ReadLines(Path.Combine(folder, "chain-0.csv")).Skip(1).Select(line => line.Split(','))];
            rows.ShouldAllBe(row => row.Skip(17).All(figure => figure.Length > 0), decider);
            rows.ShouldAllBe(row => row[10].Length == 0 != decider.StartsWith("kind = aqs", StringComparison.Ordinal), decider);
        }

        Invocation.Run("search", SearchVerbTests.Write(_scratch), "--out", _scratch.File("bad"), "-D", "search.proposal.relax=off",
            "-D", $"search.decider.properties={properties}").ShouldBeRefused("search.proposal.relax", "properties");
    }

    [Fact]
    public void PropertiesMayMeanWhatTheyLikeButTheModelsOfOneTheSame()
    {
        Label("volume", "volume");
        Label("charge", "charge");
        Invocation run = Run("run", Properties("v = volume", "q = charge"), "auto", "-D", "search.calibrate=off", "-D", "search.targets=[ { kind = mean, property = v, C = 1 } ]");
        run.Error.ShouldNotContain("warning");
        Refused(Properties("v = volume charge"), "[ { kind = mean, C = 1 } ]", "no ensemble");
        string cite = Invocation.Run("cite", _scratch.File("run")).Output;
        cite.ShouldContain("The property 'v' of every atom was predicted by a graph attention network");
        cite.ShouldContain("the column 'volume'");
        cite.ShouldContain("The property 'q' of every atom was predicted and only reported");
        cite.ShouldContain("the target mean of v (lowered, C = ");

        void Label(string name, string quantity)
        {
            PropertyModel model = ModelFile.Read(Samples.SmallModel(_scratch, name: name + ".safetensors", seed: (ulong)name.Length));
            ModelFile.Write(_scratch.File(name + ".safetensors"), new PropertyModel(
                model.Parameters, new LabelDefinition { Quantity = quantity }));
        }
    }

    [Fact]
    public void EstimateCountsTheInferenceOfProperties()
    {
        Invocation few = Run("x", "[]", "[ { kind = mean, C = 0.01 } ]", "--estimate"), many = Run("x", Properties("a = small", "b = small"), "auto", "--estimate");
        many.Json.GetProperty("disk_bytes").GetDouble().ShouldBeGreaterThan(few.Json.GetProperty("disk_bytes").GetDouble());
        Directory.Exists(_scratch.File("x")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("[ { name = strength, model = MODEL } ]", "[ { kind = mean, property = strenght } ]", "targets.0.property", "did you mean strength?")]
    [InlineData("[]", "[ { kind = mean, property = strength } ]", "there are none")]
    [InlineData("[ { name = strength, model = MODEL } ]", "[ { kind = energy, property = strength } ]", "property", "energy")]
    [InlineData("[ { name = \"a,b\", model = MODEL } ]", "auto", "properties.0.name", "letters")]
    [InlineData("[ { name = a, model = MODEL }, { name = a, model = MODEL } ]", "auto", "properties.1.name", "twice")]
    [InlineData("[ { name = a, model = MODEL, kappa = 1 } ]", "auto", "properties.0.kappa", "ensemble")]
    [InlineData("[ { name = a } ]", "auto", "properties.0.model", "missing")]
    [InlineData("[ { model = MODEL } ]", "auto", "properties.0.name", "missing")]
    [InlineData("[ { name = a, model = \"smal.safetensors\" } ]", "auto", "properties.0.model", "does not exist")]
    [InlineData("[ { name = a, model = MODEL, kapa = 1 } ]", "auto", "unknown key", "kappa")]
    [InlineData("[ { name = a, model = ALUMINUM } ]", "auto", "other species", "Al")]
    [InlineData("[ { name = a, model = MODEL } ]", "[ { kind = mean, property = a }, { kind = mean, property = a } ]", "mean[a]", "twice")]
    public void MistakeIsOneLine(string properties, string targets, params string[] parts)
    {
        Samples.SmallModel(_scratch, name: "al.safetensors", species: ["Al", "Cu"]);
        Refused(
            properties.Replace("MODEL", Files("small"), StringComparison.Ordinal).Replace("ALUMINUM", Files("al"), StringComparison.Ordinal),
            targets, parts);
    }

    private const string Opposite =
        "[ { kind = mean, property = twin, direction = raise, C = 0.01 }, { kind = mean, property = pair, species = Cu, C = 0.01 } ]";

    private void Refused(string properties, string targets, params string[] parts)
    {
        Invocation.Run(["search", SearchVerbTests.Write(_scratch), "--out", _scratch.File("bad"), .. Settings(properties, targets)])
            .ShouldBeRefused(parts);
        Directory.Exists(_scratch.File("bad")).ShouldBeFalse();
    }

    private Invocation Run(string folder, string properties, string targets, params string[] more)
    {
        Invocation run = SearchVerbTests.Search(
            SearchVerbTests.Write(_scratch), ["--out", _scratch.File(folder), .. Settings(properties, targets), .. more]);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private string[] Settings(string properties, string targets)
    {
        Samples.SmallModel(_scratch);
        Samples.SmallModel(_scratch, name: "other.safetensors", seed: 4);
        return
        [
            "-D", $"search.decider={{ kind = gnn, model = {Files("small")}, properties = {properties} }}", "-D", "search.trials=6",
            "-D", "search.calibrate={ acceptance = 0.3, pilot = 8 }", "-D", $"search.targets={targets}",
        ];
    }

    /// <summary>From <c>pair = small other</c>, …; ensembles with κ = 0.5.</summary>
    private string Properties(params string[] definitions) => "[" + string.Join(", ", definitions.Select(definition =>
    {
        string[] parts = definition.Split(" = ");
        string kappa = parts[1].Contains(' ', StringComparison.Ordinal) ? ", kappa = 0.5" : "";
        return $"{{ name = {parts[0]}, model = {Files(parts[1])}{kappa} }}";
    })) + "]";

    private string Files(string names) =>
        JsonSerializer.Serialize(names.Split(' ').Select(name => _scratch.File(name + ".safetensors")));
}
