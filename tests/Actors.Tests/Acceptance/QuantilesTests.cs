using Glasswright.Actors.Acceptance;

namespace Glasswright.Actors.Tests.Acceptance;

public class QuantilesTests
{
    // By hand from q(N - 1) in [1, 2, 4, 8]: positions 0.3, 0.75, 1.5, 2.25, 2.7.
    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.10, 1.3)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.50, 3.0)]
    [InlineData(0.75, 5.0)]
    [InlineData(0.90, 6.8)]
    [InlineData(1.0, 8.0)]
    public void LieOnTheLineBetweenOrderStatistics(double q, double expected) =>
        Quantiles.OfSorted([1, 2, 4, 8], q).ShouldBe(expected, 1e-14);

    [Fact]
    public void OfOneValueAreThatValue() => Quantiles.OfSorted([3.5], 0.9).ShouldBe(3.5);

    [Fact]
    public void OfNothingAreNotANumber() => double.IsNaN(Quantiles.OfSorted([], 0.5)).ShouldBeTrue();
}
