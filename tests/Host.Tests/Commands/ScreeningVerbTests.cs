using System.Text.Json;

namespace Glasswright.Host.Tests.Commands;

/// <summary>What a search with <c>search.screening</c> tells, on the crystal of <see cref="SearchVerbTests"/>.</summary>
public sealed class ScreeningVerbTests
{
    [Fact]
    public void ScreeningTellsWhatItRejectedAndWhatThatCost()
    {
        using var scratch = new Scratch();
        string[] early =
        [
            "-D", "search.screening=early-reject", "-D", "search.screening-force-tolerance=0.05", "-D", "search.screening-margin=0.5",
            "-D", "search.screening-audit=1", "-D", "search.trials=30",
        ];
        Invocation run = SearchVerbTests.Search(SearchVerbTests.Write(scratch), ["--out", scratch.File("run"), .. early]);

        run.ExitCode.ShouldBe(0, run.Error);
        JsonElement screening = run.Json.GetProperty("screening");
        screening.GetProperty("mode").GetString().ShouldBe("EarlyReject");
        long screened = screening.GetProperty("screened").GetInt64();
        screened.ShouldBeGreaterThan(0);
        screening.GetProperty("audited").GetInt64().ShouldBe(screened);
        JsonElement lost = screening.GetProperty("lost_acceptances");
        lost.GetProperty("share").GetDouble().ShouldBeInRange(lost.GetProperty("low_95").GetDouble(), lost.GetProperty("high_95").GetDouble());
        File.ReadLines(scratch.File("run/chain-0.csv")).Count(row => row.Contains(",Screened,", StringComparison.Ordinal)).ShouldBe((int)screened);
        JsonElement written = JsonDocument.Parse(File.ReadAllText(scratch.File("run/run.json"))).RootElement.GetProperty("screening");
        JsonElement.DeepEquals(written, screening).ShouldBeTrue();

        Invocation again = Invocation.Run("search", "--resume", scratch.File("run"));
        again.Output.ShouldContain("trials rejected by their estimate");
        again.Output.ShouldContain("lost of what the full rule accepts");
    }
}
