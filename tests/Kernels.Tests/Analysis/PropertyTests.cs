using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;

namespace Glasswright.Kernels.Tests.Analysis;

/// <summary>Shells around a pair, slices of a property and distributions.</summary>
public sealed class PropertyTests
{
    [Fact]
    public void ShellsOfASimpleCubicCrystalHoldTheSitesSoManyStepsAway()
    {
        AtomicStructure crystal = Lattices.SimpleCubic(12);
        int[] shells = new NeighborShells(crystal, 3).Around([100], 4);
        foreach ((int shell, int count) in ((int, int)[])[(0, 1), (1, 6), (2, 18), (3, 38), (4, 66), (5, crystal.Count - 129)])
        {
            shells.Count(s => s == shell).ShouldBe(count);
        }
    }

    [Fact]
    public void AnAtomIsInTheShellOfTheNearerOfTwoCenters()
    {
        AtomicStructure glass = ReferenceData.Glass("cu50zr50-864.data");
        var shells = new NeighborShells(glass, 3.9);
        int[] a = shells.Around([5], 4), b = shells.Around([600], 4);
        shells.Around([5, 600], 4).ShouldBe([.. a.Zip(b, Math.Min)]);
    }

    [Fact]
    public void SlicesOfAConstantAreThatConstantAndCoverTheCell()
    {
        AtomicStructure glass = ReferenceData.Dump("triclinic.dump").Structure;
        var slices = new PropertySlices(glass.Cell, 2);
        slices.Thickness.ShouldBe(3, 0.3);
        double[] values = [.. Enumerable.Repeat(-1.5, glass.Count)];
        SlicePoint[] points = slices.Interpolate(glass, values);
        points.Length.ShouldBe(slices.Count * slices.Rows * slices.Columns);
        points.ShouldAllBe(point => double.IsNaN(point.Value) || Math.Abs(point.Value + 1.5) < 1e-12);
        points.Count(point => double.IsNaN(point.Value)).ShouldBeLessThan(points.Length / 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void WrappingAnAtomChangesNoSlice(int axis)
    {
        AtomicStructure glass = ReferenceData.Dump("triclinic.dump").Structure, moved = glass.Clone();
        for (int i = 0; i < moved.Count; i++)
        {
            moved.SetPosition(i, moved.Position(i) + moved.Cell.Translation((i % 3) - 1, i % 2, -(i % 4)));
        }

        double[] values = [.. Enumerable.Range(0, glass.Count).Select(i => (double)(i % 17))];
        var slices = new PropertySlices(glass.Cell, axis);
        SlicePoint[] a = slices.Interpolate(glass, values), b = slices.Interpolate(moved, values);
        for (int p = 0; p < a.Length; p++)
        {
            b[p].Value.ShouldBe(a[p].Value, 1e-6);
        }
    }

    [Fact]
    public void APointHasTheWeightedMeanOfTheAtomsOfItsSliceOverAllImages()
    {
        // Written out once more, without folding: every image of every atom, projected along the normal.
        AtomicStructure structure = SmallCells.Random(25, 9, 4);
        double[] values = [.. Enumerable.Range(0, structure.Count).Select(i => (double)i)];
        var slices = new PropertySlices(structure.Cell, 2, thickness: 3, spacing: 1);
        Matrix3 h = structure.Cell.Vectors;
        var normal = new Vector3(0, 0, 1);
        foreach (SlicePoint point in slices.Interpolate(structure, values))
        {
            double weights = 0, sum = 0;
            for (int i = 0; i < structure.Count; i++)
            {
                for (int n = 0; n < 125; n++)
                {
                    Vector3 away = structure.Position(i) + structure.Cell.Translation((n % 5) - 2, (n / 5 % 5) - 2, (n / 25) - 2) - point.Position;
                    double along = Vector3.Dot(normal, away), square = (away.X * away.X) + (away.Y * away.Y);
                    if (along >= -slices.Thickness / 2 && along < slices.Thickness / 2 && square <= 36)
                    {
                        weights += Math.Exp(-square / 4.5);
                        sum += values[i] * Math.Exp(-square / 4.5);
                    }
                }
            }

            point.Value.ShouldBe(sum / weights, 1e-9);
        }
    }

    [Fact]
    public void AHistogramCountsEveryFiniteChosenValueOnce()
    {
        double[] values = [1, 2, 2, 3, double.NaN, 5];
        var histogram = Histogram.Of(values, i => i != 5, 4);
        histogram.Low.ShouldBe(1);
        histogram.Width.ShouldBe(1);
        histogram.Counts.ToArray().ShouldBe([1, 2, 1, 0]);
        histogram.Mean.ShouldBe(2);
        histogram.Deviation.ShouldBe(Math.Sqrt(2.0 / 3), 1e-12);
        Histogram.Of([double.NaN], _ => true, 3).Mean.ShouldBe(double.NaN);
    }
}
