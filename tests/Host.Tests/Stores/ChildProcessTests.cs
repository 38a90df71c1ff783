using Glasswright.Host.Stores;

namespace Glasswright.Host.Tests.Stores;

/// <summary>Running other programs.</summary>
public sealed class ChildProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void OutputErrorInputAndExitCodeAreTaken()
    {
        ChildResult result = ChildProcess.Run(["sh", "-c", "cat; pwd; echo bad >&2; exit 3"], "/", Patience, "in\n");

        result.ShouldBe(new ChildResult("sh", 3, "in\n/\n", "bad\n"));
        Should.Throw<IOException>(() => result.RequireSuccess()).Message.ShouldBe("sh failed: bad");
    }

    [Fact]
    public void ProgramThatOverrunsItsTimeIsKilledWithItsChildren()
    {
        using var scratch = new Commands.Scratch();
        string pid = scratch.File("pid");

        Should.Throw<IOException>(() => ChildProcess.Run(["sh", "-c", "sleep 600 & echo $! > pid; wait"], scratch.Folder, TimeSpan.FromSeconds(1)))
            .Message.ShouldBe("sh did not end within 1 s and was killed");

        // A zombie is dead too: nobody may be there to bury it.
        string status = $"/proc/{File.ReadAllText(pid).Trim()}/stat";
        SpinWait.SpinUntil(() => !File.Exists(status) || File.ReadAllText(status).Contains(") Z "), Patience).ShouldBeTrue();
    }

    [Fact]
    public void ProgramIsKilledWhenTheUserStops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Should.Throw<OperationCanceledException>(() => ChildProcess.Run(["sleep", "600"], null, Patience, stop: stop.Token));
    }

    [Fact]
    public void AbsentProgramIsAFailureInAFewWords() =>
        Should.Throw<IOException>(() => ChildProcess.Run(["/nowhere/initdb"], null, Patience)).Message.ShouldStartWith("initdb cannot be started:");

    [Theory]
    [InlineData("LOG:  starting\nFATAL:  no space\nLOG:  shut down\n", "FATAL:  no space")]
    [InlineData("first\nlast\n", "last")]
    [InlineData("", null)]
    public void MostTellingLineIsFound(string text, string? line) => ChildResult.MostTelling(text).ShouldBe(line);
}
