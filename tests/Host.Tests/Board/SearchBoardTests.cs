using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;

namespace Glasswright.Host.Tests.Board;

/// <summary>The board of a search from its first line to its last.</summary>
public sealed class SearchBoardTests
{
    [Fact]
    public void PinnedLinesStayBelowWhatIsWritten()
    {
        using var error = new StringWriter { NewLine = "\n" };
        int columns = 10;
        var pinned = new PinnedLines(error, () => columns);

        pinned.WriteLine("before");
        pinned.Show([new PinnedLine("one", 3), new PinnedLine("two", 3)]);
        pinned.WriteLine("between");

        // Two columns hold three characters on two lines.
        columns = 2;
        pinned.Show([new PinnedLine("three", 5)]);
        pinned.Show([]);
        pinned.WriteLine("after");

        error.ToString().ShouldBe(
            "before\none\ntwo\n\u001b[2A\r\u001b[0Jbetween\none\ntwo\n\u001b[4A\r\u001b[0Jthree\n\u001b[3A\r\u001b[0Jafter\n");
    }

    [Fact]
    public void ASearchOnAScreenLeavesNothingOfItsBoardBehind()
    {
        using var scratch = new Scratch();
        (string output, string error) = Search(scratch, "--out", scratch.File("run"));

        error.ShouldContain("replica 0  ");
        error.ShouldContain("energy");
        error.ShouldNotMatch("\u001b\\[[0-9;]*m");
        string[] left = Shown(error);
        left.ShouldBe([$"run {left[0].Split(' ')[1]} in {scratch.File("run")}: 16 atoms, 12 trials, 1 replicas, 2 samplers"]);
        output.ShouldNotContain('\u001b');
        output.ShouldContain("outcome");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhereProgramsReadOrNobodyLooksThereIsNoBoard(bool looks)
    {
        using var scratch = new Scratch();
        string[] json = looks ? ["--json"] : [];
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: looks, stop: CancellationToken.None, columns: () => 80, screen: () => new Screen(80, 24));
        CommandLine.Run(["search", SearchVerbTests.Write(scratch), "--out", scratch.File("run"), .. json], terminal).ShouldBe(0, error.ToString());
        error.ToString().ShouldNotContain('\u001b');
        error.ToString().ShouldNotContain("replica 0  ");
    }

    /// <summary>The plain lines of before, byte for byte: those that no clock decides.</summary>
    [Fact]
    public void PlainLinesAreThoseOfBefore()
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run("search", SearchVerbTests.Write(scratch), "--out", scratch.File("run"), "--threads", "1");
        run.Error.ShouldNotContain('\u001b');
        string[] lines = run.Error.Split('\n');
        lines[0].ShouldEndWith(": 16 atoms, 12 trials, 1 replicas, 1 samplers");
        lines[1].ShouldStartWith("0.0 % of 12 trials, 0 accepted, energy ");
        lines[1].ShouldEndWith(" eV");
        lines[^1].ShouldBeEmpty();
    }

    private static (string Output, string Error) Search(Scratch scratch, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: true, stop: CancellationToken.None, columns: () => 80, screen: () => new Screen(80, 24));
        CommandLine.Run(["search", SearchVerbTests.Write(scratch), "--threads", "2", .. arguments], terminal).ShouldBe(0, error.ToString());
        return (output.ToString(), error.ToString());
    }

    /// <summary>What a terminal shows in the end.</summary>
    private static string[] Shown(string written)
    {
        var lines = new List<string>();
        foreach (string part in written.Split('\u001b'))
        {
            string text = part;
            if (part.StartsWith('[') && part.IndexOf("A\r", StringComparison.Ordinal) is var up and > 0)
            {
                lines.RemoveRange(lines.Count - int.Parse(part.AsSpan(1, up - 1)), int.Parse(part.AsSpan(1, up - 1)));
                text = part[(up + 2)..];
            }
            else if (part.StartsWith("[0J", StringComparison.Ordinal))
            {
                text = part[3..];
            }

            lines.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return [.. lines];
    }
}
