using Glasswright.Models.Network.Layers;

namespace Glasswright.Models.Tests.Network.Layers;

public sealed unsafe class MatrixKernelsTests
{
    [Fact]
    public void ProductIsOneChainPerElementForEverySizeAndBothOrientations()
    {
        for (int rows = 0; rows <= 19; rows++)
        {
            foreach (int columns in new[] { 8, 16, 24, 32, 40, 48, 56, 64, 80, 240 })
            {
                foreach (int inner in new[] { 0, 1, 5, 40 })
                {
                    Check(rows, inner, columns, transposed: false);
                    Check(rows, inner, columns, transposed: true);
                }
            }
        }
    }

    private static void Check(int rows, int inner, int columns, bool transposed)
    {
        float[] a = Numbers((rows * inner) + 1, 3);
        float[] b = Numbers((inner * columns) + 8, 5);
        float[] c = Numbers((rows * columns) + 8, 7);
        float[] expected = [.. c];
        (int row, int step) = transposed ? (1, rows) : (inner, 1);
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

        fixed (float* aAt = a, bAt = b, cAt = c)
        {
            MatrixKernels.MultiplyAdd(aAt, row, step, bAt, columns, cAt, columns, rows, inner, columns);
        }

        c.ShouldBe(expected, $"{rows} x {inner} x {columns}, transposed {transposed}");
    }

    private static float[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(k => ((((k + seed) * 7919) % 1009) - 504) / 311f)];
}
