using Glasswright.Host.Board;

namespace Glasswright.Host.Tests.Board;

/// <summary>A curve in one line.</summary>
public sealed class SparklineTests
{
    [Fact]
    public void EachColumnShowsTheValueThatHeldAtItsRightEdge()
    {
        // 0 from trial 0 on, 7 from trial 40 on, 3 from trial 60 on; columns end at 20, 40, 60, 80.
        Sparkline.Draw([0, 40, 60], [0, 7, 3], 80, 4, blocks: true).ShouldBe("▁█▄▄");
        Sparkline.Draw([0, 40, 60], [0, 7, 3], 80, 4, blocks: false).ShouldBe("_#==");
    }

    [Fact]
    public void TheLastColumnIsThePresentAndTheRangeIsThatOfWhatIsShown()
    {
        Sparkline.Draw([0, 99], [5, 6], 100, 3, blocks: true).ShouldBe("▁▁█");
        Sparkline.Draw([0, 1, 2, 60], [0, -100, -2, -1], 100, 3, blocks: true).ShouldBe("█▁▁");
    }

    [Fact]
    public void WhatWasGainedWithinTheFirstColumnIsSeen()
    {
        Sparkline.Draw([0, 1, 8], [1.3, 0.8, 0.7], 200, 8, blocks: true).ShouldBe("█▁▁▁▁▁▁▁");
        Sparkline.Draw([0, 1], [3, 2], 10, 1, blocks: true).ShouldBe("▁", "one column is the present");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void AFlatCurveIsALineAtTheBottomAndNoCurveIsBlank(int width)
    {
        Sparkline.Draw([3], [-1.5], 50, width, blocks: true).ShouldBe(new string('▁', width));
        Sparkline.Draw([], [], 50, width, blocks: true).ShouldBe(new string(' ', width));
    }
}
