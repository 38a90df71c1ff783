namespace Glasswright.Host.Tests.Commands;

/// <summary><c>search</c> with a composition that varies, on a crystal of 16 atoms.</summary>
public sealed class CompositionSearchTests
{
    private const string Transmutations = "search.proposal.transmutation.fraction=0.7";
    private const string SemiGrand = "search.composition={ kind = semi-grand, chemical-potential { Cu = 0, Zr = -3 } }";

    [Fact]
    public void NumbersOfAtomsStandInRowsReportAndFilesAndCiteSaysHow()
    {
        using var scratch = new Scratch();
        string folder = scratch.File("run");

        Invocation run = SearchVerbTests.Search(
            SearchVerbTests.Write(scratch), "--out", folder, "-D", Transmutations, "-D", SemiGrand, "-D", "search.decider.temperature=20000");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("targets_start").GetProperty("n_Cu").GetInt32().ShouldBe(8);
        int copper = run.Json.GetProperty("targets_end").GetProperty("n_Cu").GetInt32();
        (copper + run.Json.GetProperty("targets_end").GetProperty("n_Zr").GetInt32()).ShouldBe(16);
        string[] lines = File.ReadAllLines(Path.Combine(folder, "chain-0.csv"));
        lines[0].ShouldEndWith(",n_Cu,n_Zr");
        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(','))];
        rows.ShouldContain(row => row[2] == row[3]);
        if (rows.LastOrDefault(row => row[1] == "1") is { } last)
        {
            last[17].ShouldBe($"{copper}");
        }

        File.ReadLines(Path.Combine(folder, "final.extxyz")).Count(line => line.StartsWith("Cu ", StringComparison.Ordinal)).ShouldBe(copper);
        Invocation cited = Invocation.Run("cite", folder);
        cited.ExitCode.ShouldBe(0, cited.Error);
        cited.Output.ShouldContain("10.1080/00268978800100743");
        cited.Output.ShouldContain("energy with W of the composition");
        Invocation again = Invocation.Run("search", "--json", "--resume", folder);
        again.ExitCode.ShouldBe(0, again.Error);
        File.ReadAllLines(Path.Combine(folder, "chain-0.csv")).ShouldBe(lines);
    }

    [Theory]
    [InlineData("search.composition={ kind = semi-grand, chemical-potential { Cu = 0, Zt = -3 } }", "chemical-potential names a species", "did you mean Zr?")]
    [InlineData("search.composition={ kind = semi-grand, chemical-potential { Cu = 0 } }", "does not name every species", "no Zr")]
    [InlineData("search.composition={ kind = variance-constrained, target { Al = 0.5 }, kappa = 1 }", "search.composition.target", "Al")]
    [InlineData("search.composition.kind=off", "search.proposal.transmutation.fraction", "nothing says what a composition costs")]
    public void AMistakeIsOneLineBeforeAnythingIsWritten(string composition, string part, string other)
    {
        using var scratch = new Scratch();
        Invocation.Run("search", SearchVerbTests.Write(scratch), "--out", scratch.File("run"), "-D", Transmutations, "-D", composition)
            .ShouldBeRefused(part, other);
        scratch.ShouldHoldOnly("search.conf", "small.extxyz");
    }
}
