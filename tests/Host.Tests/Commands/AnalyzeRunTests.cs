using System.Globalization;
using System.Text.Json;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>analyze RUN</c>: the chain as the store has it.</summary>
public sealed class AnalyzeRunTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void ChainHasARowForEveryVersionAndStepsOneForEveryAcceptance()
    {
        string model = Samples.SmallModel(_scratch);
        Search("-D", $"search.decider={{ kind = gnn, model = {JsonSerializer.Serialize(model)} }}", "-D", "search.targets=[ { kind = mean, C = 1 } ]", "-D", "search.C-scaling=none");

        Invocation analysis = Invocation.Run("analyze", _scratch.File("run"), "--json");

        analysis.ExitCode.ShouldBe(0, analysis.Error);
        string[][] accepted = [.. File.ReadLines(_scratch.File("run/chain-0.csv")).Skip(1).Select(row => row.Split(',')).Where(row => row[1] == "1")];
        accepted.ShouldNotBeEmpty();
        Dictionary<string, string>[] chain = CsvRows.Read(_scratch.File("run/analysis/chain.csv")), steps = CsvRows.Read(_scratch.File("run/analysis/steps.csv"));
        chain.Skip(1).Select(row => row["trial"]).ShouldBe(accepted.Select(row => row[0]));

        // A version is evaluated once more, in full: the last digit may differ from that of its trial.
        chain.Skip(1).Select(row => Number(row["energy_eV"])).ShouldBe(accepted.Select(row => Number(row[5])), 1e-9);
        steps.Select(row => row["trial"]).ShouldBe(accepted.Select(row => row[0]));

        // A step's mean change is that of the chain, and the groups share all atoms and the whole change.
        for (int k = 0; k < steps.Length; k++)
        {
            Number(steps[k]["mean_change"]).ShouldBe(Number(chain[k + 1]["mean_value"]) - Number(chain[k]["mean_value"]), 1e-9);
            steps[k]["changed"].ShouldBe("2");
            double sum = 0, atoms = 0;
            foreach ((string group, int g) in ((string[])["swapped", "shell_1", "shell_2", "shell_3", "shell_4", "farther"]).Select((group, g) => (group, g)))
            {
                double count = Number(steps[k][$"atoms_{group}"]), mean = count > 0 ? Number(steps[k][group]) : 0;
                atoms += count;
                sum += count * mean;
                steps[k]["class"][g].ShouldBe(mean > 0 ? '+' : mean < 0 ? '-' : '0');
            }

            atoms.ShouldBe(16);
            (sum / 16).ShouldBe(Number(steps[k]["mean_change"]), 1e-9);
        }

        JsonElement json = analysis.Json;
        json.GetProperty("chain").GetProperty("accepted").GetInt64().ShouldBe(accepted.Length);
        json.GetProperty("chain").GetProperty("classes").EnumerateObject().Sum(one => one.Value.GetDouble()).ShouldBe(accepted.Length);
        json.GetProperty("structures").TryGetProperty("start", out _).ShouldBeTrue();
        json.GetProperty("structures").TryGetProperty("final", out _).ShouldBeTrue();
    }

    [Fact]
    public void AChainOfEnergiesIsClassifiedByEnergiesAndOtherFoldersAreFilledToo()
    {
        Search();

        Invocation analysis = Invocation.Run("analyze", _scratch.File("run"), "--out", _scratch.File("elsewhere"));

        analysis.ExitCode.ShouldBe(0, analysis.Error);
        Directory.Exists(_scratch.File("run/analysis")).ShouldBeFalse();
        Dictionary<string, string>[] chain = CsvRows.Read(_scratch.File("elsewhere/chain.csv"));
        foreach (Dictionary<string, string> step in CsvRows.Read(_scratch.File("elsewhere/steps.csv")))
        {
            int version = int.Parse(step["version"], CultureInfo.InvariantCulture);
            (16 * Number(step["mean_change"])).ShouldBe(Number(chain[version]["energy_eV"]) - Number(chain[version - 1]["energy_eV"]), 1e-6);
        }

        Invocation.Run("analyze", _scratch.File("run"), "--replica", "3").ShouldBeRefused("the run has no replica 3", "--replica 0 to 0");
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private void Search(params string[] settings)
    {
        Invocation search = Invocation.Run(["search", SearchVerbTests.Write(_scratch), "--threads", "1", "--out", _scratch.File("run"), .. settings]);
        search.ExitCode.ShouldBe(0, search.Error);
    }
}
