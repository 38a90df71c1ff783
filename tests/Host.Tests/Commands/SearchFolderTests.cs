namespace Glasswright.Host.Tests.Commands;

/// <summary>What <c>search</c> leaves alone, and what it warns of before it begins.</summary>
public sealed class SearchFolderTests
{
    [Theory]
    [InlineData("config.conf")]
    [InlineData("log.txt")]
    [InlineData("log.jsonl")]
    public void AFileThatIsNoRunsIsNotWrittenOver(string name)
    {
        using var scratch = new Scratch();
        string configuration = SearchVerbTests.Write(scratch);
        Directory.CreateDirectory(scratch.File("own"));
        scratch.Write("own/" + name, "mine");
        Invocation.Run("search", configuration, "--out", scratch.File("own")).ExitCode.ShouldBe(2);
        File.ReadAllText(scratch.File("own/" + name)).ShouldBe("mine");
        Directory.GetFileSystemEntries(scratch.File("own")).Length.ShouldBe(1);
    }

    [Fact]
    public void ALadderThatHasNoRoundIsWarnedOf()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run("search", SearchVerbTests.Write(scratch), "--out", scratch.File("run"), "-D", "replicas=2", "-D", "tempering.scales=[1, 2]", "-D", "tempering.every=12");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("the rungs never exchange");
    }
}
