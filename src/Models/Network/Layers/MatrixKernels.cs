using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Small dense products in single precision. Every element of the result is one chain of fused multiply-adds over the inner
/// index in rising order, started at what stood there: the tiling and the vector width are not seen in the bits.
/// </summary>
/// <remarks>
/// <see cref="Inference.PanelMatrix"/> gives the same sums by a tile of its own: its weights do not change, so they are packed once
/// into panels, and six rows at a time hide the latency that four leave; training's operands change with every step and may be transposed.
/// </remarks>
internal static unsafe class MatrixKernels
{
    /// <summary>Lanes of a vector; widths of rows are padded to a multiple of it.</summary>
    public const int Lanes = 8;

    /// <summary>A width rounded up to whole vectors.</summary>
    public static int Padded(int width) => (width + Lanes - 1) & ~(Lanes - 1);

    /// <summary>
    /// C[i, j] += Σ_p A(i, p)·B[p, j] for i &lt; rows, p &lt; inner, j &lt; columns (a multiple of 8), with A(i, p) =
    /// a[i·aRow + p·aStep], so that A may be read as it lies or transposed.
    /// </summary>
    public static void MultiplyAdd(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns)
    {
        int column = Vector512.IsHardwareAccelerated
            ? WideTiles.MultiplyAdd(a, aRow, aStep, b, bRow, c, cRow, rows, inner, columns)
            : 0;
        int whole = rows & ~3;
        int firstNarrow = column;
        while (column < columns)
        {
            // Panels of three vectors keep twelve sums in registers; four vectors go as two and two.
            int vectors = ((columns - column) / Lanes) switch { 1 => 1, 2 or 4 => 2, _ => 3 };
            for (int row = 0; row < whole; row += 4)
            {
                float* aTile = a + (row * aRow);
                float* cTile = c + (row * cRow) + column;
                if (vectors == 3)
                {
                    Tile4x3(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
                else if (vectors == 2)
                {
                    Tile4x2(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
                else if (row + 8 <= whole)
                {
                    Tile8x1(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                    row += 4;
                }
                else
                {
                    Tile4x1(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
            }

            column += vectors * Lanes;
        }

        if (firstNarrow < columns)
        {
            RestTiles.MultiplyAdd<Lanes8>(
                a + (whole * aRow), aRow, aStep, b + firstNarrow, bRow, c + (whole * cRow) + firstNarrow, cRow, rows - whole, inner,
                columns - firstNarrow);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x3(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        float* c1 = c + cRow;
        float* c2 = c1 + cRow;
        float* c3 = c2 + cRow;
        Vector256<float> s00 = Vector256.Load(c), s01 = Vector256.Load(c + 8), s02 = Vector256.Load(c + 16);
        Vector256<float> s10 = Vector256.Load(c1), s11 = Vector256.Load(c1 + 8), s12 = Vector256.Load(c1 + 16);
        Vector256<float> s20 = Vector256.Load(c2), s21 = Vector256.Load(c2 + 8), s22 = Vector256.Load(c2 + 16);
        Vector256<float> s30 = Vector256.Load(c3), s31 = Vector256.Load(c3 + 8), s32 = Vector256.Load(c3 + 16);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), b2 = Vector256.Load(b + 16);
            Vector256<float> x = Vector256.Create(*a);
            s00 = Vector256.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(x, b1, s01);
            s02 = Vector256.FusedMultiplyAdd(x, b2, s02);
            x = Vector256.Create(*(a + aRow));
            s10 = Vector256.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(x, b1, s11);
            s12 = Vector256.FusedMultiplyAdd(x, b2, s12);
            x = Vector256.Create(*(a + aRow2));
            s20 = Vector256.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(x, b1, s21);
            s22 = Vector256.FusedMultiplyAdd(x, b2, s22);
            x = Vector256.Create(*(a + aRow3));
            s30 = Vector256.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(x, b1, s31);
            s32 = Vector256.FusedMultiplyAdd(x, b2, s32);
            a += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 8);
        s02.Store(c + 16);
        s10.Store(c1);
        s11.Store(c1 + 8);
        s12.Store(c1 + 16);
        s20.Store(c2);
        s21.Store(c2 + 8);
        s22.Store(c2 + 16);
        s30.Store(c3);
        s31.Store(c3 + 8);
        s32.Store(c3 + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        float* c1 = c + cRow;
        float* c2 = c1 + cRow;
        float* c3 = c2 + cRow;
        Vector256<float> s00 = Vector256.Load(c), s01 = Vector256.Load(c + 8);
        Vector256<float> s10 = Vector256.Load(c1), s11 = Vector256.Load(c1 + 8);
        Vector256<float> s20 = Vector256.Load(c2), s21 = Vector256.Load(c2 + 8);
        Vector256<float> s30 = Vector256.Load(c3), s31 = Vector256.Load(c3 + 8);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8);
            Vector256<float> x = Vector256.Create(*a);
            s00 = Vector256.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(x, b1, s01);
            x = Vector256.Create(*(a + aRow));
            s10 = Vector256.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(x, b1, s11);
            x = Vector256.Create(*(a + aRow2));
            s20 = Vector256.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(x, b1, s21);
            x = Vector256.Create(*(a + aRow3));
            s30 = Vector256.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(x, b1, s31);
            a += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 8);
        s10.Store(c1);
        s11.Store(c1 + 8);
        s20.Store(c2);
        s21.Store(c2 + 8);
        s30.Store(c3);
        s31.Store(c3 + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        float* c1 = c + cRow;
        float* c2 = c1 + cRow;
        float* c3 = c2 + cRow;
        Vector256<float> s0 = Vector256.Load(c), s1 = Vector256.Load(c1);
        Vector256<float> s2 = Vector256.Load(c2), s3 = Vector256.Load(c3);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            s0 = Vector256.FusedMultiplyAdd(Vector256.Create(*a), b0, s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow)), b0, s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow2)), b0, s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow3)), b0, s3);
            a += aStep;
            b += bRow;
        }

        s0.Store(c);
        s1.Store(c1);
        s2.Store(c2);
        s3.Store(c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x1(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        float* d = c + (4 * cRow);
        nint cRow2 = 2 * cRow, cRow3 = 3 * cRow;
        Vector256<float> s0 = Vector256.Load(c), s1 = Vector256.Load(c + cRow);
        Vector256<float> s2 = Vector256.Load(c + cRow2), s3 = Vector256.Load(c + cRow3);
        Vector256<float> s4 = Vector256.Load(d), s5 = Vector256.Load(d + cRow);
        Vector256<float> s6 = Vector256.Load(d + cRow2), s7 = Vector256.Load(d + cRow3);
        float* e = a + (4 * aRow);
        nint aRow2 = 2 * aRow, aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            s0 = Vector256.FusedMultiplyAdd(Vector256.Create(*a), b0, s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow)), b0, s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow2)), b0, s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Create(*(a + aRow3)), b0, s3);
            s4 = Vector256.FusedMultiplyAdd(Vector256.Create(*e), b0, s4);
            s5 = Vector256.FusedMultiplyAdd(Vector256.Create(*(e + aRow)), b0, s5);
            s6 = Vector256.FusedMultiplyAdd(Vector256.Create(*(e + aRow2)), b0, s6);
            s7 = Vector256.FusedMultiplyAdd(Vector256.Create(*(e + aRow3)), b0, s7);
            a += aStep;
            e += aStep;
            b += bRow;
        }

        s0.Store(c);
        s1.Store(c + cRow);
        s2.Store(c + cRow2);
        s3.Store(c + cRow3);
        s4.Store(d);
        s5.Store(d + cRow);
        s6.Store(d + cRow2);
        s7.Store(d + cRow3);
    }
}
