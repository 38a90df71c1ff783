using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// The tiles of <see cref="MatrixKernels"/> on vectors of sixteen lanes: six rows by up to four vectors, of whose 32 registers
/// 24 hold sums. Where the columns of a panel are not a whole number of vectors, the last one begins earlier and makes some
/// elements a second time, to the same bits.
/// </summary>
internal static unsafe class WideTiles
{
    private const int Lanes = 16;
    private const int PanelColumns = 4 * Lanes;

    /// <summary>C += A·B for the first columns, as many as wide vectors serve; returns their number.</summary>
    public static int MultiplyAdd(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns)
    {
        int column = 0;
        while (columns - column >= Lanes)
        {
            int width = Math.Min(PanelColumns, columns - column);
            int vectors = (width + Lanes - 1) / Lanes;
            nint last = width - Lanes;
            int row = 0;
            for (; row + 6 <= rows; row += 6)
            {
                float* aTile = a + (row * aRow);
                float* cTile = c + (row * cRow) + column;
                if (vectors == 4)
                {
                    Tile6x4(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner, last);
                }
                else if (vectors == 3)
                {
                    Tile6x3(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner, last);
                }
                else
                {
                    Tile6x2(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner, last);
                }
            }

            RestTiles.MultiplyAdd<Lanes16>(
                a + (row * aRow), aRow, aStep, b + column, bRow, c + (row * cRow) + column, cRow, rows - row, inner, width);
            column += width;
        }

        return column;
    }

    /// <summary>6 rows and 4 vectors, the last of them from column <paramref name="last"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x4(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, nint last)
    {
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow, c5 = c4 + cRow;
        Vector512<float> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 16), s02 = Vector512.Load(c + 32), s03 = Vector512.Load(c + last);
        Vector512<float> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + 16), s12 = Vector512.Load(c1 + 32), s13 = Vector512.Load(c1 + last);
        Vector512<float> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + 16), s22 = Vector512.Load(c2 + 32), s23 = Vector512.Load(c2 + last);
        Vector512<float> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + 16), s32 = Vector512.Load(c3 + 32), s33 = Vector512.Load(c3 + last);
        Vector512<float> s40 = Vector512.Load(c4), s41 = Vector512.Load(c4 + 16), s42 = Vector512.Load(c4 + 32), s43 = Vector512.Load(c4 + last);
        Vector512<float> s50 = Vector512.Load(c5), s51 = Vector512.Load(c5 + 16), s52 = Vector512.Load(c5 + 32), s53 = Vector512.Load(c5 + last);
        nint a2 = 2 * aRow, a3 = 3 * aRow, a4 = 4 * aRow, a5 = 5 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), b2 = Vector512.Load(b + 32), b3 = Vector512.Load(b + last);
            var x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(x, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(x, b3, s03);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(x, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(x, b3, s13);
            x = Vector512.Create(*(a + a2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(x, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(x, b3, s23);
            x = Vector512.Create(*(a + a3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(x, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(x, b3, s33);
            x = Vector512.Create(*(a + a4));
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            s42 = Vector512.FusedMultiplyAdd(x, b2, s42);
            s43 = Vector512.FusedMultiplyAdd(x, b3, s43);
            x = Vector512.Create(*(a + a5));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            s52 = Vector512.FusedMultiplyAdd(x, b2, s52);
            s53 = Vector512.FusedMultiplyAdd(x, b3, s53);
            a += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 16);
        s02.Store(c + 32);
        s03.Store(c + last);
        s10.Store(c1);
        s11.Store(c1 + 16);
        s12.Store(c1 + 32);
        s13.Store(c1 + last);
        s20.Store(c2);
        s21.Store(c2 + 16);
        s22.Store(c2 + 32);
        s23.Store(c2 + last);
        s30.Store(c3);
        s31.Store(c3 + 16);
        s32.Store(c3 + 32);
        s33.Store(c3 + last);
        s40.Store(c4);
        s41.Store(c4 + 16);
        s42.Store(c4 + 32);
        s43.Store(c4 + last);
        s50.Store(c5);
        s51.Store(c5 + 16);
        s52.Store(c5 + 32);
        s53.Store(c5 + last);
    }

    /// <summary>6 rows and 3 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x3(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, nint last)
    {
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow, c5 = c4 + cRow;
        Vector512<float> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 16), s02 = Vector512.Load(c + last);
        Vector512<float> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + 16), s12 = Vector512.Load(c1 + last);
        Vector512<float> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + 16), s22 = Vector512.Load(c2 + last);
        Vector512<float> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + 16), s32 = Vector512.Load(c3 + last);
        Vector512<float> s40 = Vector512.Load(c4), s41 = Vector512.Load(c4 + 16), s42 = Vector512.Load(c4 + last);
        Vector512<float> s50 = Vector512.Load(c5), s51 = Vector512.Load(c5 + 16), s52 = Vector512.Load(c5 + last);
        nint a2 = 2 * aRow, a3 = 3 * aRow, a4 = 4 * aRow, a5 = 5 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), b2 = Vector512.Load(b + last);
            var x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(x, b2, s02);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(x, b2, s12);
            x = Vector512.Create(*(a + a2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(x, b2, s22);
            x = Vector512.Create(*(a + a3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(x, b2, s32);
            x = Vector512.Create(*(a + a4));
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            s42 = Vector512.FusedMultiplyAdd(x, b2, s42);
            x = Vector512.Create(*(a + a5));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            s52 = Vector512.FusedMultiplyAdd(x, b2, s52);
            a += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 16);
        s02.Store(c + last);
        s10.Store(c1);
        s11.Store(c1 + 16);
        s12.Store(c1 + last);
        s20.Store(c2);
        s21.Store(c2 + 16);
        s22.Store(c2 + last);
        s30.Store(c3);
        s31.Store(c3 + 16);
        s32.Store(c3 + last);
        s40.Store(c4);
        s41.Store(c4 + 16);
        s42.Store(c4 + last);
        s50.Store(c5);
        s51.Store(c5 + 16);
        s52.Store(c5 + last);
    }

    /// <summary>6 rows and 2 vectors; both the same where a panel has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x2(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, nint last)
    {
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow, c5 = c4 + cRow;
        Vector512<float> s00 = Vector512.Load(c), s01 = Vector512.Load(c + last);
        Vector512<float> s10 = Vector512.Load(c1), s11 = Vector512.Load(c1 + last);
        Vector512<float> s20 = Vector512.Load(c2), s21 = Vector512.Load(c2 + last);
        Vector512<float> s30 = Vector512.Load(c3), s31 = Vector512.Load(c3 + last);
        Vector512<float> s40 = Vector512.Load(c4), s41 = Vector512.Load(c4 + last);
        Vector512<float> s50 = Vector512.Load(c5), s51 = Vector512.Load(c5 + last);
        nint a2 = 2 * aRow, a3 = 3 * aRow, a4 = 4 * aRow, a5 = 5 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + last);
            var x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(*(a + a2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(*(a + a3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            x = Vector512.Create(*(a + a4));
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            x = Vector512.Create(*(a + a5));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            a += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + last);
        s10.Store(c1);
        s11.Store(c1 + last);
        s20.Store(c2);
        s21.Store(c2 + last);
        s30.Store(c3);
        s31.Store(c3 + last);
        s40.Store(c4);
        s41.Store(c4 + last);
        s50.Store(c5);
        s51.Store(c5 + last);
    }
}
