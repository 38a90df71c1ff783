using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// The product of <see cref="MatrixKernels"/> by vectors of 16, for machines that have them: the same chain of fused multiply-adds for
/// every element, so the same bits. Eight rows and three vectors keep 24 sums in 32 registers and ask for 11 loads to 24 products.
/// </summary>
internal static unsafe class WideTiles
{
    /// <summary>Rows of a tile; fewer are left to the narrow tiles.</summary>
    public const int Rows = 8;

    private const int Lanes = 16;

    /// <summary>As <see cref="MatrixKernels.MultiplyAdd"/>, over as many columns as fill whole vectors of 16; returns how many.</summary>
    public static int MultiplyAdd(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns)
    {
        int whole = columns - (columns % Lanes);
        int column = 0;
        while (column < whole)
        {
            // Four vectors go as two and two.
            int vectors = ((whole - column) / Lanes) switch { 1 => 1, 2 or 4 => 2, _ => 3 };
            for (int row = 0; row < rows; row += Rows)
            {
                if (row + Rows > rows)
                {
                    Rest(a + (row * aRow), aRow, aStep, b + column, bRow, c + (row * cRow) + column, cRow, rows - row, inner, vectors);
                    break;
                }

                float* aTile = a + (row * aRow);
                float* cTile = c + (row * cRow) + column;
                if (vectors == 3)
                {
                    Tile8x3(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
                else if (vectors == 2)
                {
                    Tile8x2(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
                else
                {
                    Tile8x1(aTile, aRow, aStep, b + column, bRow, cTile, cRow, inner);
                }
            }

            column += vectors * Lanes;
        }

        return whole;
    }

    /// <summary>Fewer rows than a tile has.</summary>
    private static void Rest(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int vectors)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                float* cAt = c + (row * cRow) + (vector * Lanes);
                float* aAt = a + (row * aRow);
                float* bAt = b + (vector * Lanes);
                Vector512<float> sum = Vector512.Load(cAt);
                for (int p = 0; p < inner; p++)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(*aAt), Vector512.Load(bAt), sum);
                    aAt += aStep;
                    bAt += bRow;
                }

                sum.Store(cAt);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x3(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        Vector512<float> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 16), s02 = Vector512.Load(c + 32);
        Vector512<float> s10 = Vector512.Load(c + cRow), s11 = Vector512.Load(c + cRow + 16), s12 = Vector512.Load(c + cRow + 32);
        Vector512<float> s20 = Vector512.Load(c + (2 * cRow)), s21 = Vector512.Load(c + (2 * cRow) + 16), s22 = Vector512.Load(c + (2 * cRow) + 32);
        Vector512<float> s30 = Vector512.Load(c + (3 * cRow)), s31 = Vector512.Load(c + (3 * cRow) + 16), s32 = Vector512.Load(c + (3 * cRow) + 32);
        Vector512<float> s40 = Vector512.Load(c + (4 * cRow)), s41 = Vector512.Load(c + (4 * cRow) + 16), s42 = Vector512.Load(c + (4 * cRow) + 32);
        Vector512<float> s50 = Vector512.Load(c + (5 * cRow)), s51 = Vector512.Load(c + (5 * cRow) + 16), s52 = Vector512.Load(c + (5 * cRow) + 32);
        Vector512<float> s60 = Vector512.Load(c + (6 * cRow)), s61 = Vector512.Load(c + (6 * cRow) + 16), s62 = Vector512.Load(c + (6 * cRow) + 32);
        Vector512<float> s70 = Vector512.Load(c + (7 * cRow)), s71 = Vector512.Load(c + (7 * cRow) + 16), s72 = Vector512.Load(c + (7 * cRow) + 32);
        float* a4 = a + (4 * aRow);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), b2 = Vector512.Load(b + 32);
            Vector512<float> x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(x, b2, s02);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(x, b2, s12);
            x = Vector512.Create(*(a + aRow2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(x, b2, s22);
            x = Vector512.Create(*(a + aRow3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(x, b2, s32);
            x = Vector512.Create(*a4);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            s42 = Vector512.FusedMultiplyAdd(x, b2, s42);
            x = Vector512.Create(*(a4 + aRow));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            s52 = Vector512.FusedMultiplyAdd(x, b2, s52);
            x = Vector512.Create(*(a4 + aRow2));
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
            s62 = Vector512.FusedMultiplyAdd(x, b2, s62);
            x = Vector512.Create(*(a4 + aRow3));
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
            s72 = Vector512.FusedMultiplyAdd(x, b2, s72);
            a += aStep;
            a4 += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 16);
        s02.Store(c + 32);
        s10.Store(c + cRow);
        s11.Store(c + cRow + 16);
        s12.Store(c + cRow + 32);
        s20.Store(c + (2 * cRow));
        s21.Store(c + (2 * cRow) + 16);
        s22.Store(c + (2 * cRow) + 32);
        s30.Store(c + (3 * cRow));
        s31.Store(c + (3 * cRow) + 16);
        s32.Store(c + (3 * cRow) + 32);
        s40.Store(c + (4 * cRow));
        s41.Store(c + (4 * cRow) + 16);
        s42.Store(c + (4 * cRow) + 32);
        s50.Store(c + (5 * cRow));
        s51.Store(c + (5 * cRow) + 16);
        s52.Store(c + (5 * cRow) + 32);
        s60.Store(c + (6 * cRow));
        s61.Store(c + (6 * cRow) + 16);
        s62.Store(c + (6 * cRow) + 32);
        s70.Store(c + (7 * cRow));
        s71.Store(c + (7 * cRow) + 16);
        s72.Store(c + (7 * cRow) + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x2(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        Vector512<float> s00 = Vector512.Load(c), s01 = Vector512.Load(c + 16);
        Vector512<float> s10 = Vector512.Load(c + cRow), s11 = Vector512.Load(c + cRow + 16);
        Vector512<float> s20 = Vector512.Load(c + (2 * cRow)), s21 = Vector512.Load(c + (2 * cRow) + 16);
        Vector512<float> s30 = Vector512.Load(c + (3 * cRow)), s31 = Vector512.Load(c + (3 * cRow) + 16);
        Vector512<float> s40 = Vector512.Load(c + (4 * cRow)), s41 = Vector512.Load(c + (4 * cRow) + 16);
        Vector512<float> s50 = Vector512.Load(c + (5 * cRow)), s51 = Vector512.Load(c + (5 * cRow) + 16);
        Vector512<float> s60 = Vector512.Load(c + (6 * cRow)), s61 = Vector512.Load(c + (6 * cRow) + 16);
        Vector512<float> s70 = Vector512.Load(c + (7 * cRow)), s71 = Vector512.Load(c + (7 * cRow) + 16);
        float* a4 = a + (4 * aRow);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16);
            Vector512<float> x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(*(a + aRow2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(*(a + aRow3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            x = Vector512.Create(*a4);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            x = Vector512.Create(*(a4 + aRow));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            x = Vector512.Create(*(a4 + aRow2));
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
            x = Vector512.Create(*(a4 + aRow3));
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
            a += aStep;
            a4 += aStep;
            b += bRow;
        }

        s00.Store(c);
        s01.Store(c + 16);
        s10.Store(c + cRow);
        s11.Store(c + cRow + 16);
        s20.Store(c + (2 * cRow));
        s21.Store(c + (2 * cRow) + 16);
        s30.Store(c + (3 * cRow));
        s31.Store(c + (3 * cRow) + 16);
        s40.Store(c + (4 * cRow));
        s41.Store(c + (4 * cRow) + 16);
        s50.Store(c + (5 * cRow));
        s51.Store(c + (5 * cRow) + 16);
        s60.Store(c + (6 * cRow));
        s61.Store(c + (6 * cRow) + 16);
        s70.Store(c + (7 * cRow));
        s71.Store(c + (7 * cRow) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x1(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner)
    {
        Vector512<float> s00 = Vector512.Load(c);
        Vector512<float> s10 = Vector512.Load(c + cRow);
        Vector512<float> s20 = Vector512.Load(c + (2 * cRow));
        Vector512<float> s30 = Vector512.Load(c + (3 * cRow));
        Vector512<float> s40 = Vector512.Load(c + (4 * cRow));
        Vector512<float> s50 = Vector512.Load(c + (5 * cRow));
        Vector512<float> s60 = Vector512.Load(c + (6 * cRow));
        Vector512<float> s70 = Vector512.Load(c + (7 * cRow));
        float* a4 = a + (4 * aRow);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        for (int p = 0; p < inner; p++)
        {
            Vector512<float> b0 = Vector512.Load(b);
            Vector512<float> x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            x = Vector512.Create(*(a + aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            x = Vector512.Create(*(a + aRow2));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            x = Vector512.Create(*(a + aRow3));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            x = Vector512.Create(*a4);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            x = Vector512.Create(*(a4 + aRow));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            x = Vector512.Create(*(a4 + aRow2));
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            x = Vector512.Create(*(a4 + aRow3));
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            a += aStep;
            a4 += aStep;
            b += bRow;
        }

        s00.Store(c);
        s10.Store(c + cRow);
        s20.Store(c + (2 * cRow));
        s30.Store(c + (3 * cRow));
        s40.Store(c + (4 * cRow));
        s50.Store(c + (5 * cRow));
        s60.Store(c + (6 * cRow));
        s70.Store(c + (7 * cRow));
    }
}
