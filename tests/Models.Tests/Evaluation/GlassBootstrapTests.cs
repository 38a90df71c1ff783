using Glasswright.Models.Evaluation;

namespace Glasswright.Models.Tests.Evaluation;

public class GlassBootstrapTests
{
    /// <summary>Two glasses have three multisets: (a, a), (a, b) twice as often, (b, b). The bounds are the r of the outer two.</summary>
    [Fact]
    public void BoundsAreThoseOfWholeGlasses()
    {
        (double[], double[]) a = ([1, 2, 3, 4], [1, 3, 2, 5]), b = ([101, 102, 103], [99, 97, 98]);
        double ofA = Correlation.Pearson(a.Item1, a.Item2), ofB = Correlation.Pearson(b.Item1, b.Item2);
        double both = Correlation.Pearson([.. a.Item1, .. b.Item1], [.. a.Item2, .. b.Item2]);
        (double low, double high) = GlassBootstrap.Pearson([a, b], 400, 3);
        low.ShouldBe(Math.Min(ofA, ofB), 1e-10);
        high.ShouldBe(both, 1e-10);
        ofB.ShouldBeLessThan(ofA);
        ofA.ShouldBeLessThan(both);
    }

    [Fact]
    public void OneGlassHasNoInterval() => GlassBootstrap.Pearson([([1, 2], [1, 2])], 10, 1).ShouldBe((double.NaN, double.NaN));

    [Fact]
    public void TheSameSeedGivesTheSameInterval()
    {
        Random random = new(2);
        (double[], double[])[] glasses =
            [.. Enumerable.Range(0, 5).Select(_ => (Draw(), Draw()))];
        GlassBootstrap.Pearson(glasses, 100, 7).ShouldBe(GlassBootstrap.Pearson(glasses, 100, 7));
        GlassBootstrap.Pearson(glasses, 100, 7).ShouldNotBe(GlassBootstrap.Pearson(glasses, 100, 8));

        double[] Draw() => [.. Enumerable.Range(0, 20).Select(_ => random.NextDouble())];
    }
}
