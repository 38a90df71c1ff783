using Glasswright.Host.Output;

namespace Glasswright.Host.Tests.Output;

/// <summary>The line of progress on standard error.</summary>
public sealed class ProgressLineTests
{
    [Fact]
    public void RateAndTimeLeftNeedASecondOfWork()
    {
        ProgressLine.Compose(1, 10, 1, "trials", TimeSpan.FromMilliseconds(2)).ShouldBe("10.0 % of 10 trials");
        ProgressLine.Compose(2, 10, 2, "trials", TimeSpan.FromSeconds(4)).ShouldBe("20.0 % of 10 trials, 30/min, 16 s left");
    }

    [Fact]
    public void LineNeverReachesTheEdgeOfTheTerminal()
    {
        using var error = new StringWriter();
        int columns = 12;
        var line = new ProgressLine(new Terminal(TextWriter.Null, error, isInteractive: true, columns: () => columns));
        line.Show(1, 2, 1, "trials of a long name");
        error.ToString().ShouldBe("\r50.0 % of 2");

        // A window that was made narrower meanwhile is not wiped beyond its edge either.
        columns = 6;
        line.End();
        error.ToString().ShouldBe("\r50.0 % of 2\r     \r");
    }

    [Fact]
    public void UnknownWidthCutsNothing()
    {
        using var error = new StringWriter();
        new ProgressLine(new Terminal(TextWriter.Null, error, isInteractive: true, columns: () => 0)).Show(1, 2, 1, "trials");
        error.ToString().ShouldBe("\r50.0 % of 2 trials");
    }
}
