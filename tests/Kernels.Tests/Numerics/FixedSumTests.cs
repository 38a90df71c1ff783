using Glasswright.Kernels.Numerics;

namespace Glasswright.Kernels.Tests.Numerics;

/// <summary>The written order of <see cref="FixedSum"/>, repeated here lane by lane in scalars, for every length 0 … 256.</summary>
public sealed class FixedSumTests
{
    public static TheoryData<int> Offsets => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Offsets))]
    public void SumsHaveTheBitsOfTheWrittenOrder(int offset)
    {
        (double[] x, double[] y) = Values(260);
        for (int length = 0; length <= 256; length++)
        {
            ReadOnlySpan<double> xs = x.AsSpan(offset, length);
            ReadOnlySpan<double> ys = y.AsSpan(offset, length);
            Bits(FixedSum.Sum(xs)).ShouldBe(Bits(Written(xs, (lane, value, _) => lane + value, ys)));
            Bits(FixedSum.Dot(xs, ys)).ShouldBe(Bits(Written(xs, (lane, a, b) => double.FusedMultiplyAdd(a, b, lane), ys)));
            Bits(FixedSum.SumOfSquares(xs))
                .ShouldBe(Bits(Written(xs, (lane, a, _) => double.FusedMultiplyAdd(a, a, lane), ys)));
        }
    }

    [Fact]
    public void AnotherOrderWouldHaveOtherBits()
    {
        // Else the test above could not tell the written order from a plain loop.
        (double[] x, _) = Values(256);
        double plain = 0.0;
        foreach (double value in x)
        {
            plain += value;
        }

        Bits(FixedSum.Sum(x)).ShouldNotBe(Bits(plain));
        FixedSum.Sum(x).ShouldBe(plain, 1e-10);
    }

    [Fact]
    public void MaxAbsIsTheLargestMagnitudeOfAnyLength()
    {
        (double[] x, _) = Values(256);
        for (int length = 0; length <= 256; length++)
        {
            FixedSum.MaxAbs(x.AsSpan(0, length)).ShouldBe(length == 0 ? 0.0 : x.Take(length).Max(Math.Abs));
        }
    }

    [Fact]
    public void NaNAnywhereIsSeen()
    {
        for (int place = 0; place < 37; place++)
        {
            double[] x = new double[37];
            x[(place + 5) % 37] = double.NegativeInfinity;
            FixedSum.MaxAbs(x).ShouldBe(double.PositiveInfinity);
            x[place] = double.NaN;
            FixedSum.MaxAbs(x).ShouldBe(double.NaN);
            FixedSum.Sum(x).ShouldBe(double.NaN);
            FixedSum.SumOfSquares(x).ShouldBe(double.NaN);
        }
    }

    [Fact]
    public void UpdatesAreOneFusedMultiplyAddAnElement()
    {
        (double[] x, double[] y) = Values(256);
        for (int length = 0; length <= 256; length++)
        {
            double[] added = [.. y.Take(length)];
            FixedSum.AddScaled(added, 0.37, x.AsSpan(0, length));
            double[] scaled = [.. y.Take(length)];
            FixedSum.ScaleAdd(scaled, 0.37, x.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                Bits(added[i]).ShouldBe(Bits(double.FusedMultiplyAdd(0.37, x[i], y[i])));
                Bits(scaled[i]).ShouldBe(Bits(double.FusedMultiplyAdd(0.37, y[i], x[i])));
            }
        }
    }

    [Fact]
    public void SpansOfDifferentLengthAreRefused()
    {
        Should.Throw<ArgumentException>(() => FixedSum.Dot(new double[8], new double[9]));
        Should.Throw<ArgumentException>(() => FixedSum.AddScaled(new double[8], 1.0, new double[9]));
        Should.Throw<ArgumentException>(() => FixedSum.ScaleAdd(new double[8], 1.0, new double[9]));
    }

    [Fact]
    public void NothingIsAllocated()
    {
        (double[] x, double[] y) = Values(255);
        double sum = FixedSum.Dot(x, y) + FixedSum.Sum(x) + FixedSum.MaxAbs(x);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += FixedSum.Dot(x, y) + FixedSum.Sum(x) + FixedSum.MaxAbs(x);
        FixedSum.AddScaled(y, 0.5, x);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        double.IsFinite(sum).ShouldBeTrue();
    }

    private static double Written(ReadOnlySpan<double> x, Func<double, double, double, double> add, ReadOnlySpan<double> y)
    {
        double[] a = new double[FixedSum.Lanes];
        for (int i = 0; i < x.Length + (-x.Length & 7); i++)
        {
            a[i % 8] = i < x.Length ? add(a[i % 8], x[i], y[i]) : add(a[i % 8], 0.0, 0.0);
        }

        return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
    }

    private static (double[] X, double[] Y) Values(int count)
    {
        var random = new System.Random(11);
        double[] x = [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(6)))];
        double[] y = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        return (x, y);
    }

    private static long Bits(double x) => BitConverter.DoubleToInt64Bits(x);
}
