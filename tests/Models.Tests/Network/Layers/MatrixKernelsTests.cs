using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Tests.Network.Layers;

public sealed unsafe class MatrixKernelsTests
{
    [Fact]
    public void ProductIsOneChainPerElementForEverySizeAndBothOrientations()
    {
        for (int rows = 0; rows <= 19; rows++)
        {
            foreach (int columns in new[] { 8, 16, 24, 32, 40, 48, 56, 64, 72, 128 })
            {
                foreach (int inner in new[] { 0, 1, 5, 21 })
                {
                    Check(rows, inner, columns, transposed: false);
                    Check(rows, inner, columns, transposed: true);
                }
            }
        }
    }

    [Fact]
    public void LastRowsAreTheSameChainsForEveryWidthOfLanes()
    {
        foreach (int columns in new[] { 16, 24, 40, 56, 64 })
        {
            CheckRest<Lanes8>(3, 7, columns);
            CheckRest<LanePair>(3, 7, columns);
            CheckRest<Lanes16>(3, 7, columns);
        }
    }

    private static void CheckRest<TLanes>(int rows, int inner, int columns)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        float[] a = Numbers(rows * inner, 3);
        float[] b = Numbers(inner * columns, 5);
        float[] c = Numbers(rows * columns, 7);
        float[] expected = Product(a, inner, 1, b, c, rows, inner, columns);
        fixed (float* aAt = a, bAt = b, cAt = c)
        {
            RestTiles.MultiplyAdd<TLanes>(aAt, inner, 1, bAt, columns, cAt, columns, rows, inner, columns);
        }

        c.ShouldBe(expected, $"{rows} x {inner} x {columns}, {TLanes.Count} lanes");
    }

    private static void Check(int rows, int inner, int columns, bool transposed)
    {
        float[] a = Numbers((rows * inner) + 1, 3);
        float[] b = Numbers((inner * columns) + 8, 5);
        float[] c = Numbers((rows * columns) + 8, 7);
        (int row, int step) = transposed ? (1, rows) : (inner, 1);
        float[] expected = Product(a, row, step, b, c, rows, inner, columns);
        fixed (float* aAt = a, bAt = b, cAt = c)
        {
            MatrixKernels.MultiplyAdd(aAt, row, step, bAt, columns, cAt, columns, rows, inner, columns);
        }

        c.ShouldBe(expected, $"{rows} x {inner} x {columns}, transposed {transposed}");
    }

    private static float[] Product(float[] a, int row, int step, float[] b, float[] c, int rows, int inner, int columns)
    {
        float[] expected = [.. c];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int p = 0; p < inner; p++)
                {
                    int at = (i * columns) + j;
                    expected[at] = float.FusedMultiplyAdd(a[(i * row) + (p * step)], b[(p * columns) + j], expected[at]);
                }
            }
        }

        return expected;
    }

    private static float[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(k => ((((k + seed) * 7919) % 1009) - 504) / 311f)];
}
