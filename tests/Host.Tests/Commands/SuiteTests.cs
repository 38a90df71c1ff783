using System.Globalization;
using System.Text.Json;
using Glasswright.Models.Storage;
using LabelDefinition = Glasswright.Kernels.Deformation.LabelDefinition;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>evaluate --suite</c> on small crystals with made-up labels of two strains.</summary>
public sealed class SuiteTests
{
    [Fact]
    public void EveryStrainTransferAndScanHasItsRows()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), folder = scratch.File("suite");

        Invocation run = Run(configuration, folder);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("outcome").GetString().ShouldBe("finished");
        run.Json.GetProperty("trained").GetInt32().ShouldBe(2 * (2 + 2 + 1 + 2));
        run.Json.GetProperty("pearson").EnumerateObject().Select(p => p.Name).ShouldBe(["0.02", "0.04"]);
        Dictionary<string, string>[] rows = Rows(folder);
        rows.Count(row => row["section"] == "strain").ShouldBe(2);
        rows.Count(row => row["section"] == "class").ShouldBe(2 * 2 * 2);
        rows.Where(row => row["section"] == "transfer").Select(row => row["set"]).ShouldBe(["other", "other"]);
        rows.Where(row => row["section"] == "scan").Select(row => row["variant"]).ShouldBe(["layers = 1", "layers = 2", "training-glasses = 1"]);
        rows.ShouldAllBe(row => row["models"] == "2" && row["training_s"].Length > 0 && row["prediction_s_per_1000_atoms"].Length > 0);
        int[] sizes = [.. rows.Where(row => row["variant"].StartsWith("layers", StringComparison.Ordinal)).Select(row => int.Parse(row["parameters"], CultureInfo.InvariantCulture))];
        sizes[1].ShouldBeGreaterThan(sizes[0]);
        rows.Last(row => row["section"] == "scan")["training_glasses"].ShouldBe("1");
        File.ReadAllText(Path.Combine(folder, "split.csv")).ShouldContain("\nc,test,");
        File.ReadAllLines(Path.Combine(folder, "suite.md")).Length.ShouldBe(2 + rows.Length);

        // One test glass has no interval.
        File.ReadAllText(Path.Combine(folder, "suite.md")).ShouldNotContain("(, )");

        // Without a file of modes nobody knows the reliability.
        rows.ShouldAllBe(row => row["reliability"] == "");
    }

    [Fact]
    public void AClassifierLearnsOneClassAndIsJudgedByItAlone()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("suite");
        Run(Write(scratch), folder, "-D", "suite.strains=[0.04]").ExitCode.ShouldBe(0);
        Dictionary<string, string>[] rows = [.. Rows(folder).Where(row => row["section"] == "classifier")];
        rows.Select(row => $"{row["class"]} {row["fraction"]} {row["variant"]} of {row["positives"]}")
            .ShouldBe(["softest 0.25 class-levels = 0.75 of 4", "hardest 0.25 class-levels = 0.25 of 4"]);
        foreach (Dictionary<string, string> row in rows)
        {
            foreach (string score in (string[])["auc", "average_precision", "f1"])
            {
                double.Parse(row[score], CultureInfo.InvariantCulture).ShouldBeInRange(0, 1, score);
            }

            row["mae"].ShouldBe("", "log-odds are no label");
            string model = Path.Combine(folder, "models", $"classifier-{row["class"]}-0.25-1.safetensors");
            PropertyModel trained = ModelFile.Read(model);
            trained.Architecture.ClassLevels.ShouldBe([row["class"] == "softest" ? 0.75 : 0.25]);
        }
    }

    [Fact]
    public void AllElevenStrainsOfTheLabelsHaveTheirRowsAndAnotherComposition()
    {
        using var scratch = new Scratch();
        double[] strains = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.14];
        string configuration = Write(scratch, strains), folder = scratch.File("suite");

        // The foreign glass has more copper than those learned from.
        string glass = scratch.File("d.extxyz");
        string[] lines = File.ReadAllLines(glass);
        int first = Array.FindIndex(lines, line => line.StartsWith("Zr", StringComparison.Ordinal));
        lines[first] = "Cu" + lines[first][2..];
        File.WriteAllLines(glass, lines);
        LabelUseTests.Write(scratch, glass, definition: new LabelDefinition { Strains = strains });

        Invocation run = Run(
            configuration, folder, "-D", "suite.ensemble=1", "-D", "train.epochs=1", "-D", "suite.scan.layers=[]", "-D", "suite.scan.training-glasses=[]",
            "-D", "suite.scan.classifiers=[]");

        run.ExitCode.ShouldBe(0, run.Error);
        string[] expected = [.. strains.Select(strain => strain.ToString(CultureInfo.InvariantCulture))];
        run.Json.GetProperty("pearson").EnumerateObject().Select(p => p.Name).ShouldBe(expected);
        Rows(folder).Where(row => row["section"] == "strain").Select(row => row["strain"]).ShouldBe(expected);
        Rows(folder).Where(row => row["section"] == "transfer").Select(row => row["strain"]).ShouldBe(expected);
    }

    [Fact]
    public void AnEstimateCountsWhatIsMissingAndStartsNothing()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), folder = scratch.File("suite");
        JsonElement estimate = Run(configuration, folder, "--estimate").Json;
        estimate.GetProperty("models").GetInt32().ShouldBe(14);
        estimate.GetProperty("seconds_per_epoch").EnumerateObject().Select(p => p.Name).ShouldBe(
            ["strain", "layers-1", "layers-2", "training-glasses-1", "classifier-softest-0.25", "classifier-hardest-0.25"]);
        estimate.GetProperty("wall_s").GetDouble().ShouldBeGreaterThan(0);
        Directory.Exists(folder).ShouldBeFalse();

        Run(configuration, folder).ExitCode.ShouldBe(0);
        File.Delete(Path.Combine(folder, "models", "layers-2-1.safetensors"));
        Run(configuration, folder, "--estimate").Json.GetProperty("models").GetInt32().ShouldBe(1);
        Invocation.Run("evaluate", "--suite", configuration, "--estimate").ShouldBeRefused("--out is not given");
    }

    [Fact]
    public void AStoppedSuiteGoesOnAndTrainsNothingTwice()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        Run(configuration, scratch.File("whole")).ExitCode.ShouldBe(0);
        Invocation stopped = Invocation.RunStoppedAt(
            "strain-0.04-1", "evaluate", "--suite", configuration, "--json", "--out", scratch.File("suite"));
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        stopped.Json.GetProperty("outcome").GetString().ShouldBe("stopped");
        int before = stopped.Json.GetProperty("trained").GetInt32();
        before.ShouldBeInRange(1, 13);

        Invocation rest = Run(configuration, scratch.File("suite"));
        rest.Json.GetProperty("trained").GetInt32().ShouldBe(14 - before);
        Timeless(scratch.File("suite")).ShouldBe(Timeless(scratch.File("whole")));
        Run(configuration, scratch.File("suite")).Json.GetProperty("trained").GetInt32().ShouldBe(0);

        static string[] Timeless(string folder) => [.. Rows(folder).Select(row =>
            string.Join(',', row.Where(cell => cell.Key is not ("training_s" or "prediction_s_per_1000_atoms")).Select(cell => cell.Value)))];
    }

    [Fact]
    public void ASuiteGoesOnOnlyWithItsSplit()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch), folder = scratch.File("suite");
        Run(configuration, folder).ExitCode.ShouldBe(0);
        Invocation.Run("evaluate", "--suite", configuration, "--out", folder, "-D", "train.split.train=[a]", "-D", "suite.scan.training-glasses=[]")
            .ShouldBeRefused("split.csv:3", "another split", "expected c,test", "found b,training");
        Directory.CreateDirectory(scratch.File("full"));
        File.WriteAllText(Path.Combine(scratch.File("full"), "x"), "");
        Invocation.Run("evaluate", "--suite", configuration, "--out", scratch.File("full")).ShouldBeRefused("not empty");
    }

    [Theory]
    [InlineData("train.split.test=[]", "train.split.test names no glass")]
    [InlineData("suite.scan.training-glasses=[9]", "asks for more glasses than there are")]
    [InlineData("suite.scan.layer=[9]", "did you mean")]
    [InlineData("suite.scan.classifiers=[1]", "suite.scan.classifiers")]
    [InlineData("suite.strains=[0.03]", "do not hold this strain")]
    public void ABadSuiteIsOneLine(string define, string part)
    {
        using var scratch = new Scratch();
        Invocation.Run("evaluate", "--suite", Write(scratch), "--out", scratch.File("suite"), "-D", define).ShouldBeRefused(part);
        Directory.Exists(scratch.File("suite")).ShouldBeFalse();
    }

    [Fact]
    public void AGlassThatTheModelsLearnFromIsNoTransfer()
    {
        using var scratch = new Scratch();
        string configuration = Write(scratch);
        File.Copy(scratch.File("b.extxyz"), scratch.File("d.extxyz"), overwrite: true);
        Invocation.Run("evaluate", "--suite", configuration, "--out", scratch.File("suite"))
            .ShouldBeRefused("suite.transfer", "judges by a glass that the models learn from: d of 'other' is b");
        Directory.Exists(scratch.File("suite")).ShouldBeFalse();
    }

    [Fact]
    public void FlagsOfTheOtherEvaluationHaveNoPlaceBesideIt()
    {
        using var scratch = new Scratch();
        Invocation.Run("evaluate", "--suite", Write(scratch), "--out", scratch.File("suite"), "--model", "m.safetensors")
            .ShouldBeRefused("--model has no place beside --suite");
        Invocation.Run("evaluate", "--suite", scratch.File("suite.conf")).ShouldBeRefused("--out is not given");
    }

    private static Invocation Run(string configuration, string folder, params string[] more) =>
        Invocation.Run(["evaluate", "--suite", configuration, "--json", "--out", folder, "--threads", "1", .. more]);

    private static Dictionary<string, string>[] Rows(string folder)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "suite.csv"));
        string[] header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    private static string Write(Scratch scratch, double[]? strains = null)
    {
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            string path = Samples.SmallCrystal(scratch, $"{name}.extxyz");
            File.WriteAllText(path, File.ReadAllText(path).Replace("pbc=", $"glass={name} pbc=", StringComparison.Ordinal));
            LabelUseTests.Write(
                scratch, path, definition: new LabelDefinition { Strains = strains ?? [0.02, 0.04] });
        }

        return scratch.Write("suite.conf", """
            architecture {
              node-width = 4, edge-width = 6, heads = 1, head-width = 4, layers = 1, cutoff = 4.0
              gaussian { start = 0, step = 0.7, count = 6, sigma = 0.7 }, embedding = [4], readout = [4]
            }
            train {
              data = [
                { structure = a.extxyz, labels = a.labels.csv }, { structure = b.extxyz, labels = b.labels.csv }
                { structure = c.extxyz, labels = c.labels.csv }
              ]
              split { train = [a, b], validation = [], test = [c] }
              epochs = 2, seed = 5
            }
            suite {
              ensemble = 2, bootstrap = 20, fractions = [0.1, 0.2]
              transfer = [ { name = other, glasses = [ { structure = d.extxyz, labels = d.labels.csv } ] } ]
              scan { layers = [1, 2], training-glasses = [1], classifiers = [0.25] }
            }
            """);
    }
}
