using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// The tiles of <see cref="MatrixKernels"/> for the last rows, too few for a whole tile: two or one by four vectors, so that
/// enough chains run side by side. Vectors beyond the last column repeat the last one, to the same bits.
/// </summary>
internal static unsafe class RestTiles
{
    /// <summary>C += A·B for a few rows and at least as many columns as <typeparamref name="TLanes"/> has lanes.</summary>
    public static void MultiplyAdd<TLanes>(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        for (int column = 0; column < columns; column += 4 * TLanes.Count)
        {
            int last = Math.Max(0, columns - column - TLanes.Count);
            float* bAt = b + column;
            float* cAt = c + column;
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                Tile2x4<TLanes>(a + (row * aRow), aRow, aStep, bAt, bRow, cAt + (row * cRow), cRow, inner, last);
            }

            if (row < rows)
            {
                Tile1x4<TLanes>(a + (row * aRow), aStep, bAt, bRow, cAt + (row * cRow), inner, last);
            }
        }
    }

    private static void Tile2x4<TLanes>(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int inner, int last)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        float* d = c + cRow;
        (nint o1, nint o2, nint o3) = Offsets<TLanes>(last);
        TLanes s0 = TLanes.Load(c), s1 = TLanes.Load(c + o1), s2 = TLanes.Load(c + o2), s3 = TLanes.Load(c + o3);
        TLanes t0 = TLanes.Load(d), t1 = TLanes.Load(d + o1), t2 = TLanes.Load(d + o2), t3 = TLanes.Load(d + o3);
        for (int p = 0; p < inner; p++)
        {
            TLanes b0 = TLanes.Load(b), b1 = TLanes.Load(b + o1), b2 = TLanes.Load(b + o2), b3 = TLanes.Load(b + o3);
            var x = TLanes.Create(*a);
            s0 = TLanes.Fused(x, b0, s0);
            s1 = TLanes.Fused(x, b1, s1);
            s2 = TLanes.Fused(x, b2, s2);
            s3 = TLanes.Fused(x, b3, s3);
            x = TLanes.Create(*(a + aRow));
            t0 = TLanes.Fused(x, b0, t0);
            t1 = TLanes.Fused(x, b1, t1);
            t2 = TLanes.Fused(x, b2, t2);
            t3 = TLanes.Fused(x, b3, t3);
            a += aStep;
            b += bRow;
        }

        s0.Store(c);
        s1.Store(c + o1);
        s2.Store(c + o2);
        s3.Store(c + o3);
        t0.Store(d);
        t1.Store(d + o1);
        t2.Store(d + o2);
        t3.Store(d + o3);
    }

    private static void Tile1x4<TLanes>(float* a, nint aStep, float* b, nint bRow, float* c, int inner, int last)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        (nint o1, nint o2, nint o3) = Offsets<TLanes>(last);
        TLanes s0 = TLanes.Load(c), s1 = TLanes.Load(c + o1), s2 = TLanes.Load(c + o2), s3 = TLanes.Load(c + o3);
        for (int p = 0; p < inner; p++)
        {
            var x = TLanes.Create(*a);
            s0 = TLanes.Fused(x, TLanes.Load(b), s0);
            s1 = TLanes.Fused(x, TLanes.Load(b + o1), s1);
            s2 = TLanes.Fused(x, TLanes.Load(b + o2), s2);
            s3 = TLanes.Fused(x, TLanes.Load(b + o3), s3);
            a += aStep;
            b += bRow;
        }

        s0.Store(c);
        s1.Store(c + o1);
        s2.Store(c + o2);
        s3.Store(c + o3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (nint Second, nint Third, nint Fourth) Offsets<TLanes>(int last)
        where TLanes : struct, IColumnLanes<TLanes> =>
        (Math.Min(TLanes.Count, last), Math.Min(2 * TLanes.Count, last), Math.Min(3 * TLanes.Count, last));
}
