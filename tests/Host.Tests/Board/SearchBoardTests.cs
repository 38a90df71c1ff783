using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Host.Board;
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

        error.ShouldNotMatch("\u001b\\[[0-9;]*m");
        string[] left = Shown(error);
        left.ShouldBe([$"run {left[0].Split(' ')[1]} in {scratch.File("run")}: 16 atoms, 12 trials, 1 replicas, 2 samplers"]);
        output.ShouldNotContain('\u001b');
        output.ShouldContain("outcome");
    }

    [Fact]
    public void EachDrawingTakesThePlaceOfTheOneBefore()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(TextWriter.Null, error, isInteractive: true, columns: () => 80, screen: () => new Screen(80, 24));
        var time = new ManualTime();
        var settings = new SearchSettings { Trials = 100, Decider = new DeciderSettings { Kind = DeciderKind.Energy }, Targets = [Target.Energy()] };
        using (var board = new SearchBoard(terminal, settings, time))
        {
            board.Draw();
            error.ToString().ShouldBeEmpty();
            Tell(board, 40, 1, -3);
            Tell(board, 40, 1, -3);
            terminal.Pinned.WriteLine("warning: something");
            time.Advance(TimeSpan.FromSeconds(10));
            Tell(board, 60, 2, -4);
            Shown(error.ToString()).ShouldBe(
                ["warning: something", "all at 60", "replica 0  60/100 trials  2/s  3.3 % accepted  20 s left", "  energy    -4.0000 ███████████████▁  "]);
        }

        Shown(error.ToString()).ShouldBe(["warning: something"]);

        static void Tell(SearchBoard board, long trials, long accepted, double energy)
        {
            var chain = new ChainProgress(trials, accepted, 0, accepted, energy, 0, TargetReport.Empty, 0, 0) { Objectives = [energy] };
            board.Show(new SearchProgress(SearchStage.Running, trials, 100, 0, [chain], default), () => $"all at {trials}");
            board.Draw();
        }
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
