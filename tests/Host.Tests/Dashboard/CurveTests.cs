using Glasswright.Host.Dashboard;
using Glasswright.Host.Reports;

namespace Glasswright.Host.Tests.Dashboard;

/// <summary>Long chains in bounded memory, and what travels to a page.</summary>
public sealed class CurveTests
{
    private const int Most = 100;

    [Theory]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(20_000)]
    public void ALongCurveKeepsItsEndsItsExtremesAndOnlyPointsThatWereThere(int count)
    {
        var curve = new Curve(Most);
        double[] all = [.. Enumerable.Range(0, count).Select(Value)];
        for (int i = 0; i < count; i++)
        {
            curve.Add(i, all[i]);
        }

        double[] x = curve.X(), y = curve.Y();
        x.Length.ShouldBeInRange(Math.Min(count, Most / 3), Most);
        x.ShouldBeInOrder();
        (x[0], x[^1]).ShouldBe((0, count - 1));
        (y.Min(), y.Max()).ShouldBe((all.Min(), all.Max()));
        y.ShouldBe(x.Select(place => all[(int)place]));
        if (count <= Most)
        {
            y.ShouldBe(all, "nothing is left out without need");
        }
    }

    [Fact]
    public void WhatIsNotFiniteIsLeftOut()
    {
        var curve = new Curve(Most);
        curve.Add(0, double.NaN);
        curve.Count.ShouldBe(0);
        curve.X(5).ShouldBeEmpty();
        curve.Add(1, 2);
        curve.X(5).ShouldBe([1, 5]);
        curve.YHeld().ShouldBe([2, 2]);
    }

    [Fact]
    public void WindowsOfAcceptanceLoseNoTrialHoweverMany()
    {
        var windows = new AcceptanceWindows();
        const int Trials = 12_345;
        int accepted = 0;
        for (int i = 0; i < Trials; i++)
        {
            bool yes = Value(i) > 0.3;
            accepted += yes ? 1 : 0;
            windows.Add(yes);
        }

        double[] edges = windows.Edges(), shares = windows.Shares();
        edges.Length.ShouldBeInRange(40, 81);
        edges[^1].ShouldBe(Trials);
        double counted = 0;
        for (int w = 0; w + 1 < edges.Length; w++)
        {
            counted += shares[w] / 100 * (edges[w + 1] - edges[w]);
        }

        counted.ShouldBe(accepted, 1e-6);
    }

    [Fact]
    public void AChangeHasTheNewPointsOnlyAndMakesTheLaterFigure()
    {
        Figure earlier = Draw([1, 2, 3, 4], [5, 6, 7, 7]), later = Draw([1, 2, 3, 5, 6], [5, 6, 7, 8, 8]);

        FigureChange change = FigureChange.Between(later, earlier).ShouldNotBeNull();

        SeriesChange points = change.Series!.Single();
        points.Keep.ShouldBe(3);
        double[] made = [.. earlier.Series[0].X[..points.Keep], .. points.X];
        made.ShouldBe(later.Series[0].X);
        points.Y.ShouldBe([8, 8]);
        FigureChange.Between(later, later).ShouldBeNull();
        FigureChange.Between(later with { Caption = "other" }, earlier).ShouldNotBeNull().Whole.ShouldNotBeNull();
    }

    // Without a pattern, in [0, 1) but for one high and one low value.
    private static double Value(int i) => i == 777 ? 9 : i == 1234 ? -9 : i * 0.618033988749895 % 1;

    private static Figure Draw(double[] x, double[] y) => new()
    {
        Id = "f",
        Title = "A figure",
        Caption = "Of points.",
        X = new Axis("x"),
        Y = new Axis("y"),
        Series = [new Series("s", Mark.Steps, x, y)],
    };
}
