using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Tests.Network.Layers;

/// <summary>Eight lanes, a pair of eight and sixteen give the same bits, and the functions keep their stated errors.</summary>
public sealed unsafe class ColumnLanesTests
{
    private const int Count = 4096;

    [Fact]
    public void EveryWidthGivesTheSameBits()
    {
        float[] x = Arguments();
        foreach (int function in Enumerable.Range(0, 4))
        {
            uint[] narrow = Bits<Lanes8>(x, function);
            Bits<LanePair>(x, function).ShouldBe(narrow);
            Bits<Lanes16>(x, function).ShouldBe(narrow);
        }
    }

    [Fact]
    public void FunctionsKeepTheirErrors()
    {
        float[] x = Arguments();
        float[] exp = Values<Lanes8>(x, 0);
        float[] softplus = Values<Lanes8>(x, 1);
        float[] sigmoid = Values<Lanes8>(x, 2);
        for (int k = 0; k < Count; k++)
        {
            ((double)exp[k]).ShouldBe(Elementary.Exp(-Math.Abs((double)x[k])), 2.5e-7);
            double exact = Elementary.Softplus((double)x[k]);
            ((double)softplus[k]).ShouldBe(exact, 2.5e-7 * Math.Max(1, exact));
            ((double)sigmoid[k]).ShouldBe(Elementary.Sigmoid((double)x[k]), 3e-7);
        }
    }

    [Fact]
    public void NotANumberStaysOne()
    {
        float[] x = [.. Enumerable.Repeat(float.NaN, Count)];
        foreach (int function in Enumerable.Range(0, 4))
        {
            Values<Lanes8>(x, function).ShouldAllBe(value => float.IsNaN(value));
        }
    }

    [Fact]
    public void NumbersOfHeadsReachTheirColumnsInRowsOfEightAndInLongerOnes()
    {
        float[] row = [.. Enumerable.Range(0, 24).Select(k => k + 0.5f)];
        int[] near = [.. Enumerable.Range(0, 16).Select(k => k * 5 % 8)];
        int[] far = [.. Enumerable.Range(0, 16).Select(k => k * 7 % 24)];
        Select<LanePair>(row, near, true).ShouldBe(near.Select(k => row[k]));
        Select<Lanes16>(row, near, true).ShouldBe(near.Select(k => row[k]));
        Select<LanePair>(row, far, false).ShouldBe(far.Select(k => row[k]));
        Select<Lanes16>(row, far, false).ShouldBe(far.Select(k => row[k]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1000, 0.01)]
    [InlineData(-50, 3)]
    public void MomentsOfAStripAreThoseInDouble(double mean, double spread)
    {
        const int Rows = 60;
        float[] x = [.. Enumerable.Range(0, Rows * 16).Select(k => (float)(mean + (spread * ((k * 7919 % 1009 / 504.5) - 1))))];
        CheckMoments<Lanes8>(x, Rows);
        CheckMoments<LanePair>(x, Rows);
        CheckMoments<Lanes16>(x, Rows);
    }

    private static void CheckMoments<TLanes>(float[] x, int rows)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        double[] sums = new double[32];
        fixed (float* at = x)
        {
            fixed (double* to = sums)
            {
                MomentSums<TLanes> moments = new(TLanes.Load(at));
                for (int row = 0; row < rows; row++)
                {
                    moments.Add(TLanes.Load(at + (row * 16)));
                }

                moments.AddTo(to, 16, rows);
            }
        }

        for (int c = 0; c < TLanes.Count; c++)
        {
            double[] column = [.. Enumerable.Range(0, rows).Select(row => (double)x[(row * 16) + c])];
            double mean = column.Average();
            double variance = column.Average(value => (value - mean) * (value - mean));
            double found = sums[c] / rows;
            found.ShouldBe(mean, 1e-6 * Math.Sqrt(variance));

            // About the pivot: the mean, a hundred thousand times the spread in one case, costs no more than double's rounding of its square.
            ((sums[16 + c] / rows) - (found * found)).ShouldBe(variance, (2e-6 * variance) + (1e-15 * mean * mean));
        }
    }

    private static float[] Select<TLanes>(float[] row, int[] indices, bool oneVector)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        float[] result = new float[16];
        fixed (float* from = row, to = result)
        {
            fixed (int* at = indices)
            {
                TLanes.Select(from, at, oneVector).Store(to);
            }
        }

        return result;
    }

    private static uint[] Bits<TLanes>(float[] x, int function)
        where TLanes : struct, IColumnLanes<TLanes> => Array.ConvertAll(Values<TLanes>(x, function), BitConverter.SingleToUInt32Bits);

    private static float[] Values<TLanes>(float[] x, int function)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        float[] result = new float[x.Length];
        fixed (float* from = x, to = result)
        {
            for (int k = 0; k < x.Length; k += TLanes.Count)
            {
                var value = TLanes.Load(from + k);
                TLanes zero = TLanes.Create(0);
                TLanes y = function switch
                {
                    0 => ColumnFunctions.Exp(TLanes.WherePositive(value, zero - value, value)),
                    1 => ColumnFunctions.Softplus(value),
                    2 => ColumnFunctions.Sigmoid(value),
                    _ => ReluActivation.Value(value),
                };
                y.Store(to + k);
            }
        }

        return result;
    }

    private static float[] Arguments() =>
        [.. Enumerable.Range(0, Count).Select(k => (float)(((k * 7919 % Count) - (Count / 2)) * 0.05))];
}
