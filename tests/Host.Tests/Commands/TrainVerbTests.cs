using System.Globalization;
using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Kernels.Deformation;
using Glasswright.Models.Training;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The <c>train</c> verb on crystals whose atoms carry a made-up property.</summary>
public sealed class TrainVerbTests
{
    private const string Network = """
        architecture {
          node-width = 4, edge-width = 6, heads = 1, head-width = 4, layers = 1, cutoff = 4.0
          gaussian { start = 0, step = 0.7, count = 6, sigma = 0.7 }, embedding = [4], readout = [4]
        }
        """;

    [Fact]
    public void TrainedModelTellsWhereItComesFrom()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), model = scratch.File("m.safetensors");

        Invocation run = Train(configuration, model);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("finished");
        run.Json.GetProperty("epochs").GetInt32().ShouldBe(4);
        JsonElement card = Invocation.Run("model", "show", "--json", "--model", model).Json;
        card.GetProperty("label").GetProperty("quantity").GetString().ShouldBe("soft");
        card.GetProperty("provenance").GetProperty("files").EnumerateArray().Select(f => f.GetString())
            .ShouldBe(["training: a.extxyz", "validation: b.extxyz", "test: c.extxyz"]);
        card.GetProperty("provenance").GetProperty("metrics").TryGetProperty("test/mae", out _).ShouldBeTrue();
        File.Exists(model + ".training").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mean", "residual", "[]", "all")]
    [InlineData("max", "dense", "[]", "all")]
    [InlineData("set2set", "lstm", "[]", "40")]
    [InlineData("sum", "residual", "[0.8]", "all")]
    [InlineData("set2set", "dense", "[0.3, 0.7]", "30")]
    public void EveryOptionGoesFromTheConfigurationToThePrediction(string pooling, string remember, string levels, string core)
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), model = scratch.File("m.safetensors"), glass = scratch.File("c.extxyz");
        Invocation run = Train(
            configuration, model, "-D", $"architecture.pooling={pooling}", "-D", $"architecture.remember={remember}",
            "-D", $"architecture.class-levels={levels}", "-D", $"train.core-atoms={core}", "-D", "architecture.pooling-steps=2");

        run.ExitCode.ShouldBe(0, run.Error);
        JsonElement architecture = Invocation.Run("model", "show", "--json", "--model", model).Json.GetProperty("architecture");
        architecture.GetProperty("pooling").GetString().ShouldBe(pooling);
        architecture.GetProperty("remember").GetString().ShouldBe(remember);
        architecture.GetProperty("class_levels").GetArrayLength().ShouldBe(levels.Count(c => c == '.'));
        architecture.GetProperty("class_bounds").GetArrayLength().ShouldBe(levels.Count(c => c == '.'));
        JsonElement fast = Predict("cpu"), slow = Predict("reference");
        fast.GetProperty("mean").GetDouble().ShouldBe(slow.GetProperty("mean").GetDouble(), 1e-5);
        JsonElement scores = Invocation.Run("evaluate", "--json", "--model", model, "--structure", glass, "--target", "soft").Json;
        scores.GetProperty("pearson").ValueKind.ShouldBe(JsonValueKind.Number);
        scores.GetProperty("mae").ValueKind.ShouldBe(levels == "[]" ? JsonValueKind.Number : JsonValueKind.Null);

        JsonElement Predict(string backend) =>
            Invocation.Run("predict", "--json", "--model", model, "--structure", glass, "--backend", backend).Json;
    }

    [Theory]
    [InlineData("m.safetensor", "did you mean .safetensors?")]
    [InlineData("m", "no extension")]
    public void FileThatIsNoModelsIsRefusedBeforeTheWork(string name, string part)
    {
        using var scratch = new Scratch();
        Invocation.Run("train", Write(scratch), "--out", scratch.File(name)).ShouldBeRefused(name, ".safetensors", part);
        scratch.ShouldHoldOnly("a.extxyz", "b.extxyz", "c.extxyz", "train.conf");
    }

    [Fact]
    public void FinishedModelIsReplacedAtTheEndAndItsUserTold()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), model = scratch.File("m.safetensors");
        Train(configuration, model, "-D", "train.epochs=1").Error.ShouldNotContain("warning");
        byte[] first = File.ReadAllBytes(model);

        Invocation stopped = Invocation.RunStoppedAt("epochs at most", "train", configuration, "--json", "--out", model);
        stopped.Error.ShouldContain($"warning: {model} is a finished model; it stays until this training ends, and is then replaced");
        File.ReadAllBytes(model).ShouldBe(first);

        Train(configuration, model).Error.ShouldContain("is then replaced");
        File.ReadAllBytes(model).ShouldNotBe(first);
    }

    [Fact]
    public void TrainingStoppedAfterAnEpochSaysHowToGoOn()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.RunStoppedAt("epochs at most", "train", Write(scratch), "--json", "--out", scratch.File("m.safetensors"));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        run.Json.GetProperty("epochs").GetInt32().ShouldBe(1);
        run.Error.ShouldContain("m.safetensors.training holds the state, the same command goes on");
        scratch.ShouldHoldOnly("a.extxyz", "b.extxyz", "c.extxyz", "train.conf", "m.safetensors.training");

        Invocation other = Invocation.Run("train", scratch.File("train.conf"), "--out", scratch.File("m.safetensors"), "--seed", "6");
        other.ExitCode.ShouldBe(2);
        other.Error.ShouldContain("m.safetensors.training: the checkpoint belongs to another training");
        other.Error.ShouldContain("without this file training begins anew");
    }

    [Fact]
    public void TrainingStoppedBeforeACheckpointClaimsNone()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            new CancellationToken(canceled: true), ["train", Write(scratch), "--json", "--out", scratch.File("m.safetensors")]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        run.Error.ShouldContain("the same command begins anew");
        scratch.ShouldHoldOnly("a.extxyz", "b.extxyz", "c.extxyz", "train.conf");
    }

    [Theory]
    [InlineData("--seed", "18446744073709551615")]
    [InlineData("-D", "train.seed=18446744073709551615")]
    public void LargestSeedIsKeptInTheModel(string flag, string value)
    {
        using var scratch = new Scratch();
        string model = scratch.File("m.safetensors");
        Invocation run = Train(Write(scratch), model, "-D", "train.epochs=1", flag, value);

        run.ExitCode.ShouldBe(0, run.Error);
        Invocation.Run("model", "show", "--json", "--model", model).Json.GetProperty("provenance").GetProperty("seed").GetString()
            .ShouldBe("18446744073709551615");
        Invocation.Run("train", scratch.File("train.conf"), "--out", model, "--seed", "18446744073709551616")
            .ShouldBeRefused("--seed", "18446744073709551615");
    }

    [Fact]
    public void TrainingWithoutAFiniteEpochFailsAndLeavesNoModel()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), validation = scratch.File("b.extxyz");
        string[] lines = File.ReadAllLines(validation);
        lines[2] = lines[2][..lines[2].LastIndexOf(' ')] + " 1e200";
        File.WriteAllLines(validation, lines);

        Invocation run = Train(configuration, scratch.File("m.safetensors"));

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("a loss was not finite before the first epoch ended, so there is no model");
        run.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(1);
        scratch.ShouldHoldOnly("a.extxyz", "b.extxyz", "c.extxyz", "train.conf");
    }

    [Fact]
    public void DivergedTrainingIsNotCalledFinished()
    {
        TrainVerb.Name(TrainingOutcome.NonFinite).ShouldBe("diverged");
        TrainVerb.Name(TrainingOutcome.Canceled).ShouldBe("stopped");
        TrainVerb.Name(TrainingOutcome.Stalled).ShouldBe("finished");
        TrainVerb.Name(TrainingOutcome.EpochLimit).ShouldBe("finished");
    }

    [Fact]
    public void ModelRemembersTheNumericsOfItsLabels()
    {
        using var scratch = new Scratch();
        string model = scratch.File("m.safetensors");

        Train(WriteLabeled(scratch, "7:ab", "7:ab"), model).ExitCode.ShouldBe(0);

        JsonElement provenance = Invocation.Run("model", "show", "--json", "--model", model).Json.GetProperty("provenance");
        provenance.GetProperty("label_numerics").GetString().ShouldBe("7:ab");
        provenance.GetProperty("numerics").GetString().ShouldBe(RunNumerics.Current);
    }

    [Fact]
    public void LabelsOfDifferentNumericsAreNamedInAWarningAndInTheModel()
    {
        using var scratch = new Scratch();
        string model = scratch.File("m.safetensors");

        Invocation training = Train(WriteLabeled(scratch, "7:ab", "8:ab"), model);

        training.ExitCode.ShouldBe(0);
        training.Error.ShouldContain("different numerics (7:ab, 8:ab)");
        Invocation.Run("model", "show", "--json", "--model", model).Json.GetProperty("provenance")
            .GetProperty("label_numerics").GetString().ShouldBe("7:ab, 8:ab");
    }

    [Fact]
    public void LabelsOfAnotherStrainStepAreNotLearnedFromTogether()
    {
        using var scratch = new Scratch();
        string configuration = WriteLabeled(scratch, "7:ab", "7:ab");
        LabelUseTests.Write(scratch, scratch.File("b.extxyz"), definition: new LabelDefinition { Strains = [0.04], Step = 2e-4 });

        Invocation.Run("train", configuration, "--out", scratch.File("m.safetensors"))
            .ShouldBeRefused("b.labels.csv", "another strain step", "0.0001", "0.0002");
    }

    [Fact]
    public void LabelsOfAnotherPotentialAreNotLearnedFromTogether()
    {
        using var scratch = new Scratch();
        string configuration = WriteLabeled(scratch, "7:ab", "7:ab");
        LabelUseTests.Replace(scratch.File("b.labels.csv"), "potential_sha256 = cd", "potential_sha256 = ef");

        Invocation.Run("train", configuration, "--out", scratch.File("m.safetensors"))
            .ShouldBeRefused("b.labels.csv", "another potential", "expected cd", "found ef");
    }

    [Fact]
    public void ThreadsDoNotChangeTheModel()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Train(configuration, scratch.File("one.safetensors"), "--threads", "1").ExitCode.ShouldBe(0);
        Train(configuration, scratch.File("three.safetensors"), "--threads", "3").ExitCode.ShouldBe(0);

        File.ReadAllBytes(scratch.File("three.safetensors")).ShouldBe(File.ReadAllBytes(scratch.File("one.safetensors")));
    }

    [Fact]
    public void UnknownColumnIsNamedWithTheNearest()
    {
        using var scratch = new Scratch();
        Invocation.Run("train", Write(scratch), "--out", scratch.File("m.safetensors"), "--target", "sofd")
            .ShouldBeRefused("'sofd'", "did you mean soft?");
        File.Exists(scratch.File("m.safetensors")).ShouldBeFalse();
    }

    [Fact]
    public void UnknownSettingIsNamedWithItsLine()
    {
        using var scratch = new Scratch();
        string configuration = scratch.Write("bad.conf", "train {\n  epocs = 3\n}\n");
        Invocation.Run("train", configuration, "--out", scratch.File("m.safetensors")).ShouldBeRefused("bad.conf:2", "epocs", "epochs");
    }

    [Fact]
    public void EstimateStartsNothing()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Invocation run = Train(configuration, scratch.File("m.safetensors"), "--estimate");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("wall_s").GetDouble().ShouldBeGreaterThan(0);
        scratch.ShouldHoldOnly("a.extxyz", "b.extxyz", "c.extxyz", "train.conf");
    }

    [Fact]
    public void EnsembleIsTrainedMemberByMemberAndPredictsItsMean()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch, 4), glass = scratch.File("d.extxyz");
        Widen(configuration);
        Invocation run = Train(configuration, scratch.File("m.safetensors"), "--ensemble", "3");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("models").GetArrayLength().ShouldBe(3);
        run.Json.GetProperty("member_test_pearson").GetArrayLength().ShouldBe(3);
        string[] files = [.. Enumerable.Range(1, 3).Select(k => scratch.File($"m-{k}.safetensors"))];
        files.Select(file => Convert.ToHexString(File.ReadAllBytes(file))).Distinct().Count().ShouldBe(3);
        Invocation.Run("model", "show", "--json", "--model", files[1]).Json.GetProperty("provenance").GetProperty("split").GetString()!
            .ShouldContain("member 2 of an ensemble, glasses drawn with replacement");

        double[][] single = [.. files.Select(file => Values(file, "value"))];
        double[] mean = Values(scratch.File("m-*.safetensors"), "value"), spread = Values(string.Join(',', files), "spread");
        for (int i = 0; i < mean.Length; i++)
        {
            double a = single[0][i], b = single[1][i], c = single[2][i], m = (a + b + c) / 3;
            mean[i].ShouldBe(m, 1e-12);
            spread[i].ShouldBe(Math.Sqrt((((a - m) * (a - m)) + ((b - m) * (b - m)) + ((c - m) * (c - m))) / 2), 1e-9);
        }

        JsonElement scores = Invocation.Run(
            "evaluate", "--json", "--model", scratch.File("m-*.safetensors"), "--structure", glass, "--target", "soft").Json;
        scores.GetProperty("models").GetInt32().ShouldBe(3);
        scores.GetProperty("pearson").GetDouble().ShouldBe(run.Json.GetProperty("test_pearson").GetDouble());

        double[] Values(string models, string column)
        {
            string csv = scratch.File("values.csv");
            Invocation.Run("predict", "--json", "--model", models, "--structure", glass, "--out", csv).ExitCode.ShouldBe(0);
            string[] lines = File.ReadAllLines(csv);
            int at = lines[0].Split(',').IndexOf(column);
            return [.. lines.Skip(1).Select(line => double.Parse(line.Split(',')[at], CultureInfo.InvariantCulture))];
        }
    }

    [Fact]
    public void AScoreOnAGlassThatTaughtTheModelIsRemarked()
    {
        using var scratch = new Scratch();
        string model = scratch.File("m.safetensors");
        Train(Write(scratch), model).ExitCode.ShouldBe(0);
        Evaluate("a").ShouldContain("a.extxyz is one of the training glasses of the model");
        Evaluate("b").ShouldContain("b.extxyz is one of the validation glasses of the model");
        Evaluate("c").ShouldNotContain("glasses of the model");

        string Evaluate(string name) => Invocation.Run("evaluate", "--model", model, "--structure", scratch.File($"{name}.extxyz"), "--target", "soft").Error;
    }

    [Fact]
    public void StoppedEnsembleGoesOnToTheSameBytesAndLeavesFinishedMembersAlone()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch, 4);
        Widen(configuration);
        Train(configuration, scratch.File("whole.safetensors"), "--ensemble", "2").ExitCode.ShouldBe(0);
        Invocation stopped = Invocation.RunStoppedAt(
            "epochs at most", "train", configuration, "--json", "--out", scratch.File("m.safetensors"), "--ensemble", "2");
        stopped.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        stopped.Json.GetProperty("members").GetInt32().ShouldBe(0);
        stopped.Error.ShouldContain("stopped in member 1 of 2");

        Train(configuration, scratch.File("m.safetensors"), "--ensemble", "2").ExitCode.ShouldBe(0);
        for (int k = 1; k <= 2; k++)
        {
            File.ReadAllBytes(scratch.File($"m-{k}.safetensors")).ShouldBe(File.ReadAllBytes(scratch.File($"whole-{k}.safetensors")));
        }

        Invocation again = Train(configuration, scratch.File("m.safetensors"), "--ensemble", "3");
        again.Error.ShouldContain("m-2.safetensors is finished");
        again.Error.ShouldContain("member 3 of 3");
        Train(configuration, scratch.File("m.safetensors"), "--ensemble", "2", "--seed", "6")
            .Error.ShouldContain("m-1.safetensors is a finished model of another training");
    }

    [Fact]
    public void ModelsOfDifferentMeaningMakeNoEnsemble()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), one = scratch.File("one.safetensors"), two = scratch.File("two.safetensors");
        Train(configuration, one).ExitCode.ShouldBe(0);
        Train(configuration, two, "-D", "architecture.class-levels=[0.8]").ExitCode.ShouldBe(0);
        Invocation.Run("predict", "--model", $"{one},{two}", "--structure", scratch.File("c.extxyz"))
            .ShouldBeRefused("two.safetensors", "other classes", "no classes", "class levels 0.8");
        Invocation.Run("predict", "--model", $"{one},{one}", "--structure", scratch.File("c.extxyz"), "--jitter")
            .ShouldBeRefused("--jitter is for one model");
        Invocation.Run("predict", "--model", scratch.File("none-*.safetensors"), "--structure", scratch.File("c.extxyz"))
            .ShouldBeRefused("matches no file");
    }

    /// <summary>Two glasses to learn from, so that members differ in what they drew.</summary>
    private static void Widen(string configuration) => File.WriteAllText(
        configuration,
        File.ReadAllText(configuration).Replace("train = [a], validation = [b]", "train = [a, b], validation = [c]", StringComparison.Ordinal)
            .Replace("test = [c]", "test = []", StringComparison.Ordinal)
            .Replace("{ structure = c.extxyz } ]", "{ structure = c.extxyz }, { structure = d.extxyz } ]", StringComparison.Ordinal)
            .Replace("test = []", "test = [d]", StringComparison.Ordinal));

    private static Invocation Train(string configuration, string model, params string[] more) =>
        Invocation.Run(["train", configuration, "--json", "--out", model, .. more]);

    private static string WriteLabeled(Scratch scratch, string first, string second)
    {
        LabelUseTests.Write(scratch, Samples.SmallCrystal(scratch, "a.extxyz"), first);
        LabelUseTests.Write(scratch, Samples.SmallCrystal(scratch, "b.extxyz"), second);
        return scratch.Write("labeled.conf", Network + """

            train {
              data = [ { structure = a.extxyz, labels = a.labels.csv }, { structure = b.extxyz, labels = b.labels.csv } ]
              split { train = [a], validation = [b], test = [] }
              strain = 0.04, epochs = 2, seed = 5
            }
            """);
    }

    internal static string Write(Scratch scratch, int glasses = 3)
    {
        for (int k = 0; k < glasses; k++)
        {
            string path = Samples.SmallCrystal(scratch, $"{"abcd"[k]}.extxyz");
            string[] lines = File.ReadAllLines(path);
            lines[1] = lines[1].Replace(":id:I:1", ":id:I:1:soft:R:1", StringComparison.Ordinal);
            for (int i = 2; i < lines.Length; i++)
            {
                double value = (lines[i].StartsWith("Cu", StringComparison.Ordinal) ? 0.3 : -0.2) + (0.01 * ((i + k) % 5));
                lines[i] += " " + value.ToString(CultureInfo.InvariantCulture);
            }

            File.WriteAllLines(path, lines);
        }

        return scratch.Write("train.conf", Network + """

            train {
              data = [ { structure = a.extxyz }, { structure = b.extxyz }, { structure = c.extxyz } ]
              split { train = [a], validation = [b], test = [c] }
              column = soft, epochs = 4, seed = 5
            }
            """);
    }
}
