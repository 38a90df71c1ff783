using System.Globalization;
using System.Text;
using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The verbs <c>model</c>, <c>predict</c> and <c>evaluate</c> with a small network of random weights.</summary>
public sealed class ModelVerbTests
{
    private static readonly Architecture Small = new()
    {
        NodeWidth = 6,
        EdgeWidth = 8,
        Heads = 2,
        HeadWidth = 3,
        Layers = 2,
        Cutoff = 4,
        Gaussian = new GaussianBasis(0, 0.5, 8, 0.5),
        Embedding = [6],
        Readout = [4],
        Target = new TargetNormalization(-1.5, 0.25),
    };

    [Fact]
    public void WeightsComeBackFromAModelToTheLastByte()
    {
        using var scratch = new Scratch();
        string model = Import(scratch, Small);

        Invocation.Run("model", "export", "--model", model, "--weights", scratch.File("back.safetensors"), "--architecture", scratch.File("back.conf"))
            .ExitCode.ShouldBe(0);

        File.ReadAllBytes(scratch.File("back.safetensors")).ShouldBe(File.ReadAllBytes(scratch.File("weights.safetensors")));
        ConfigurationReader.ReadArchitecture(scratch.File("back.conf")).ToArchitecture().ShouldBe(Small);
        JsonElement card = Invocation.Run("model", "show", "--json", "--model", model).Json;
        card.GetProperty("species").EnumerateArray().Select(s => s.GetString()).ShouldBe(["Cu", "Zr"]);
        card.GetProperty("parameters").GetInt32().ShouldBe(new ParameterLayout(Small).TrainableCount);
    }

    [Fact]
    public void WeightsOfAnotherArchitectureAreRefused()
    {
        using var scratch = new Scratch();
        Import(scratch, Small);
        scratch.Write("wide.conf", ConfigurationReader.WriteArchitecture(ArchitectureSettings.From(Small with { HeadWidth = 4 })));

        Invocation.Run(
            "model", "import", "--weights", scratch.File("weights.safetensors"), "--architecture", scratch.File("wide.conf"), "--out", scratch.File("w.safetensors"))
            .ShouldBeRefused("does not fit the architecture");
        File.Exists(scratch.File("w.safetensors")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void PredictionIsThatOfTheEngine(string backend)
    {
        using var scratch = new Scratch();
        string model = Import(scratch, Small);
        AtomicStructure glass = StructureFile.Read(Samples.StressFreeGlass, ["Cu", "Zr"]).Structure;
        var expected = new double[glass.Count];
        using (var engine = new InferenceEngine(ModelFile.Read(model)))
        {
            engine.Predict(glass, expected);
        }

        JsonElement json = Invocation.Run(
            "predict", "--json", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--model", model, "--backend", backend, "--jitter", "--out", scratch.File("z.csv")).Json;

        json.GetProperty("mean").GetDouble().ShouldBe(expected.Average(), 1e-5);
        json.GetProperty("max").GetDouble().ShouldBe(expected.Max(), 1e-5);
        json.GetProperty("quantiles").EnumerateObject().Select(q => q.Name).ShouldBe(["0.10", "0.25", "0.50", "0.75", "0.90"]);
        json.GetProperty("jitter_change").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        string[] lines = File.ReadAllLines(scratch.File("z.csv"));
        lines[0].ShouldBe("id,value");
        for (int i = 0; i < glass.Count; i++)
        {
            string[] cells = lines[i + 1].Split(',');
            cells[0].ShouldBe(glass.Ids[i].ToString(CultureInfo.InvariantCulture));
            double.Parse(cells[1], CultureInfo.InvariantCulture).ShouldBe(expected[i], 1e-5);
        }
    }

    [Fact]
    public void ModelAgreesWithItsOwnPredictions()
    {
        using var scratch = new Scratch();
        string model = Import(scratch, Small), values = scratch.File("z.extxyz");
        Invocation.Run("predict", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--model", model, "--out", values).ExitCode.ShouldBe(0);

        JsonElement json = Invocation.Run("evaluate", "--json", "--model", model, "--structure", values, "--target", "value").Json;

        json.GetProperty("pearson").GetDouble().ShouldBe(1, 1e-9);
        json.GetProperty("mae").GetDouble().ShouldBe(0, 1e-9);
        json.GetProperty("auc").GetDouble().ShouldBe(1, 1e-12);
        json.GetProperty("average_precision").GetDouble().ShouldBe(1, 1e-12);
        json.GetProperty("species").EnumerateObject().Select(s => s.Name).ShouldBe(["Cu", "Zr"]);
        json.GetProperty("species").GetProperty("Zr").GetProperty("pearson").GetDouble().ShouldBe(1, 1e-9);
    }

    [Theory]
    [InlineData("ab12", true)]
    [InlineData(null, false)]
    public void PredictionTellsOfAnotherPotential(string? trainedOn, bool warned)
    {
        using var scratch = new Scratch();
        string[] command = ["predict", "--structure", Samples.SmallCrystal(scratch), "--model", Samples.SmallModel(scratch, trainedOn)];

        Invocation.Run(command).Error.ShouldBeEmpty();
        Invocation run = Invocation.Run([.. command, "--potential", Samples.Potential]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.Contains($"warning: the model was trained on labels of another potential than {Samples.Potential}", StringComparison.Ordinal)
            .ShouldBe(warned);
    }

    [Fact]
    public void EvaluationTellsOfAnotherPotential()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), labels = LabelUseTests.Write(scratch, crystal);
        PropertyModel model = ModelFile.Read(Samples.SmallModel(scratch));
        string path = scratch.File("told.safetensors");
        ModelFile.Write(path, new PropertyModel(model.Parameters, LabeledGlass.Read(crystal, labels, 0.04, null).Meaning, "ab12"));

        Invocation run = Invocation.Run("evaluate", "--model", path, "--structure", crystal, "--labels", labels);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain($"another potential than that of {labels}");
    }

    [Fact]
    public void ValuesOfAnotherColumnAreNotTakenForLabelsUntold()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), values = scratch.File("z.extxyz");
        PropertyModel model = ModelFile.Read(Samples.SmallModel(scratch));
        string soft = scratch.File("soft.safetensors"), d2min = scratch.File("d2min.safetensors");
        ModelFile.Write(soft, new PropertyModel(model.Parameters, new LabelDefinition { Quantity = "soft" }));
        ModelFile.Write(d2min, new PropertyModel(model.Parameters, new LabelDefinition { Strain = 0.04 }));

        Predict(soft).ShouldBe("warning: the model was trained on the column 'soft': its values are that, not ln D2min\n");
        Predict(d2min).ShouldBeEmpty();
        Judge(soft, "value").ShouldBe("warning: the model was trained on 'soft' and is judged by the column 'value'\n");
        Judge(d2min, "value").ShouldBe("warning: the model was trained on 'ln_d2min_0.04' and is judged by the column 'value'\n");
        foreach (string column in (string[])["soft", "ln_d2min_0.040"])
        {
            File.WriteAllText(values, File.ReadAllText(values).Replace(":value:", $":{column}:", StringComparison.Ordinal));
            Judge(column == "soft" ? soft : d2min, column).ShouldBeEmpty();
            File.WriteAllText(values, File.ReadAllText(values).Replace($":{column}:", ":value:", StringComparison.Ordinal));
        }

        string Predict(string path) => Invocation.Run("predict", "--structure", crystal, "--model", path, "--out", values).Error;

        string Judge(string path, string column) =>
            Invocation.Run("evaluate", "--structure", values, "--model", path, "--target", column).Error;
    }

    [Fact]
    public void ModelOfOtherSpeciesIsRefused()
    {
        using var scratch = new Scratch();
        string model = Import(scratch, Small with { Species = ["Al", "Ni"] });

        Invocation.Run("predict", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--model", model, "--out", scratch.File("z.csv"))
            .ShouldBeRefused($"{Samples.StressFreeGlass}: the model {model} was trained on other species", "Al, Ni", "Cu");
        File.Exists(scratch.File("z.csv")).ShouldBeFalse();
    }

    [Fact]
    public void WeightsWithoutArchitectureAreNoModel()
    {
        using var scratch = new Scratch();
        Import(scratch, Small);
        Invocation.Run("predict", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--model", scratch.File("weights.safetensors"))
            .ShouldBeRefused("weights.safetensors", "model import");
    }

    [Fact]
    public void GroupWithoutVerbListsItsVerbs()
    {
        Invocation.Run("model").ShouldBeRefused("import, export, show");
        Invocation.Run("model", "shw").ShouldBeRefused("did you mean show?");
    }

    private static string Import(Scratch scratch, Architecture architecture)
    {
        ParameterSet weights = ParameterSet.Initialize(new ParameterLayout(architecture), 3);
        File.WriteAllBytes(scratch.File("weights.safetensors"), ModelFile.ExportWeights(weights).ToBytes());
        File.WriteAllText(
            scratch.File("a.conf"), ConfigurationReader.WriteArchitecture(ArchitectureSettings.From(architecture)), Encoding.UTF8);
        string model = scratch.File("model.safetensors");
        Invocation run = Invocation.Run(
            "model", "import", "--weights", scratch.File("weights.safetensors"), "--architecture", scratch.File("a.conf"), "--out", model);
        run.ExitCode.ShouldBe(0, run.Error);
        return model;
    }
}
