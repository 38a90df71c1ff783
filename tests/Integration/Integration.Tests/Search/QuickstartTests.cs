using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Search;

/// <summary>What a newcomer types first, and what the shipped model claims of itself.</summary>
public sealed class QuickstartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-quickstart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ShortenedQuickstartAcceptsSwapsAndLowersThePredictedMean()
    {
        JsonElement result = Answer(
            "search", Path.Combine(Repository.Root, "config", "quickstart.conf"), "--json", "--out", Path.Combine(_folder, "run"),
            "-D", "search.trials=125", "-D", "search.calibrate.pilot=50");

        result.GetProperty("outcome").GetString().ShouldBe("finished");
        result.GetProperty("accepted").GetInt64().ShouldBeGreaterThan(0);
        double start = result.GetProperty("targets_start").GetProperty("mean").GetDouble();
        double end = result.GetProperty("targets_end").GetProperty("mean").GetDouble();
        (end - start).ShouldBeLessThan(-0.1);
    }

    /// <summary>data/models/README.md: Pearson 0.521 on glass 1008, which neither training nor validation saw.</summary>
    [Fact]
    public void ShippedModelScoresOnTheUnseenGlassWhatItsCardSays()
    {
        const string Glass = "cu50zr50-864-1008";
        JsonElement result = Answer(
            "evaluate", "--json", "--model", Repository.Data("models", "cu50zr50.safetensors"), "--species", "Cu,Zr",
            "--structure", Repository.Data("glasses", "training", Glass + ".data"),
            "--labels", Repository.Data("labels", Glass + ".labels.csv"));

        result.GetProperty("pearson").GetDouble().ShouldBe(0.521, 0.001);
    }

    private static JsonElement Answer(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(arguments, new Terminal(output, error)).ShouldBe(0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement;
    }
}
