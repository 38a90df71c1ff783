using System.Text.Json;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Tests.Commands;

/// <summary>What a search is validated by, on a crystal of 16 atoms.</summary>
public sealed class SearchValidationTests : IDisposable
{
    private const string Every = "every = 2, step = 0.005";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void TheLabelsAreThoseOfTheModelUnlessTheSettingsNameOthers()
    {
        string configuration = SearchVerbTests.Write(_scratch);
        string untold = Model("untold.safetensors", null);
        string told = Model("told.safetensors", new LabelDefinition { Strain = 0.01, Lateral = "fixed", Modes = ["x-"] });
        string[] group = ["-D", "label.modes=[\"xy+\"]"];

        string[] byGroup = Rows(configuration, "group", untold, "strain = 0.01", group);
        string[] byModel = Rows(configuration, "model", told, "", group);
        string[] byName = Rows(configuration, "name", untold, "strain = 0.01, lateral = fixed, modes = [\"x-\"]", group);
        string[] over = Rows(configuration, "over", told, "lateral = isochoric", group);

        byModel.ShouldBe(byName);
        byModel.ShouldNotBe(byGroup);
        over.ShouldNotBe(byModel);
        Rows(configuration, "all", told, "lateral = isochoric, modes = [\"xy+\"]", group).ShouldBe(byGroup);
    }

    [Fact]
    public void TheRunRecordsSettingsInForceAndTheNewestRecords()
    {
        string told = Model("told.safetensors", new LabelDefinition { Strain = 0.01, Lateral = "fixed", Modes = ["x-", "xy+"] });
        string[] rows = Rows(SearchVerbTests.Write(_scratch), "run", told, "limit-pearson = -1", ["-D", "replicas=2"]);

        JsonElement validation = Document("run").GetProperty("validation");
        validation.GetProperty("every").GetInt64().ShouldBe(2);
        validation.GetProperty("limit_pearson").GetDouble().ShouldBe(-1);
        validation.GetProperty("strain").GetDouble().ShouldBe(0.01);
        validation.GetProperty("step").GetDouble().ShouldBe(0.005);
        validation.GetProperty("lateral").GetString().ShouldBe("fixed");
        validation.GetProperty("modes").EnumerateArray().Select(mode => mode.GetString()).ShouldBe(["x-", "xy+"]);
        JsonElement[] chains = [.. validation.GetProperty("chains").EnumerateArray()];
        chains.Select(chain => chain.GetProperty("replica").GetInt32()).ShouldBe([0, 1]);
        chains[0].GetProperty("records").GetInt32().ShouldBe(rows.Length);
        string[] last = rows[^1].Split(',');
        JsonElement told0 = chains[0].GetProperty("last");
        string[] columns = ["version", "trial", "pearson", "mean_predicted", "mean_true"];
        columns.Select(column => told0.GetProperty(column).GetRawText()).ShouldBe(last[..5]);
        told0.GetProperty("outside_share").GetRawText().ShouldBe(last[7]);
    }

    [Theory]
    [InlineData("limit-spread = 1e-9", "mean spread 0.", ", above search.validate.limit-spread = 1E-09, of version 0")]
    [InlineData("limit-pearson = 1", "Pearson ", ", below search.validate.limit-pearson = 1, of version 0")]
    [InlineData("limit-spread = 1e9, limit-outside = 1, limit-pearson = -1", null, null)]
    public void AFigureBeyondItsLimitIsWarnedOf(string limit, string? figure, string? bound)
    {
        // What the small model predicts is no label, and the two of them do not agree.
        string one = Model("one.safetensors", null), two = Samples.SmallModel(_scratch, name: "two.safetensors", seed: 9);
        Invocation run = SearchVerbTests.Search(
            SearchVerbTests.Write(_scratch),
            [
                "--out", _scratch.File("run"), "-D", "search.decider.kind=gnn", "-D", "search.trials=6", "-D", "label.modes=[\"xy+\"]",
                "-D", $"search.decider.model={JsonSerializer.Serialize(new[] { one, two })}", "-D", "search.targets=[ { kind = mean, C = 0.01 } ]",
                "-D", $"search.validate={{ {Every}, strain = 0.01, {limit} }}",
            ]);
        run.ExitCode.ShouldBe(0, run.Error);
        string[] warnings = [.. run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal) && line.Contains("search.validate", StringComparison.Ordinal))];
        if (figure is null)
        {
            warnings.ShouldBeEmpty();
            return;
        }

        warnings[0].ShouldStartWith("warning: " + figure);
        warnings[0].ShouldContain(bound!);
    }

    [Fact]
    public void LogOddsAreComparedWithLabelsByTheirRankAlone()
    {
        PropertyModel regression = ModelFile.Read(Model("one.safetensors", new LabelDefinition { Strain = 0.01, Modes = ["xy+"] }));
        string path = _scratch.File("classes.safetensors");
        ModelFile.Write(path, new PropertyModel(
            ParameterSet.Initialize(new ParameterLayout(regression.Architecture with { ClassLevels = [0.5], Target = new TargetNormalization(0, 1) }), 3), regression.Label, regression.PotentialSha256));
        string[] rows = Rows(SearchVerbTests.Write(_scratch), "run", path, "limit-outside = 0", ["-D", "label.modes=[\"xy+\"]"]);

        foreach (string[] row in rows.Select(row => row.Split(',')))
        {
            double.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(-1, 1);
            row[3].ShouldBe("", "log-odds are no label, so their mean is none");
            row[4].ShouldNotBeEmpty();
            row[7].ShouldBe("", "the range of the labels says nothing of log-odds");
        }
    }

    [Fact]
    public void ALimitOnTheSpreadNeedsAnEnsemble() => Invocation.Run(
        "search", SearchVerbTests.Write(_scratch), "--out", _scratch.File("run"), "-D", "search.decider.kind=gnn",
        "-D", $"search.decider.model={JsonSerializer.Serialize(Model("one.safetensors", null))}", "-D", "search.targets=[ { kind = mean, C = 0.01 } ]",
        "-D", $"search.validate={{ {Every}, strain = 0.01, limit-spread = 0.1 }}").ShouldBeRefused("search.validate.limit-spread", "has no spread to look at");

    [Fact]
    public void AModeNamedTwiceOrUnknownIsRefusedAtItsLine()
    {
        string configuration = SearchVerbTests.Write(_scratch), folder = _scratch.File("bad");
        Invocation.Run("search", configuration, "--out", folder, "-D", "search.validate.modes=[\"xy+\", \"xy+\"]")
            .ShouldBeRefused("search.validate.modes", "names a mode twice");
        Invocation.Run("search", configuration, "--out", folder, "-D", "search.validate.lateral=isochorc")
            .ShouldBeRefused("search.validate.lateral", "isochoric");
        Directory.Exists(folder).ShouldBeFalse();
    }

    private string Model(string name, LabelDefinition? label) => Samples.SmallModel(_scratch, name: name, label: label);

    private string[] Rows(string configuration, string folder, string model, string validate, string[] more)
    {
        Invocation run = SearchVerbTests.Search(
            configuration,
            [
                "--out", _scratch.File(folder), "-D", "search.decider.kind=gnn", "-D", "search.trials=6",
                "-D", $"search.decider.model={JsonSerializer.Serialize(model)}", "-D", "search.targets=[ { kind = mean, C = 0.01 } ]",
                "-D", $"search.validate={{ {Every}{(validate.Length > 0 ? ", " : "")}{validate} }}", .. more,
            ]);
        run.ExitCode.ShouldBe(0, run.Error);
        return [.. File.ReadLines(_scratch.File(folder + "/validation-0.csv")).Skip(1)];
    }

    private JsonElement Document(string folder) => JsonDocument.Parse(File.ReadAllText(_scratch.File(folder + "/run.json"))).RootElement;
}
