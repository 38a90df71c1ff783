using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Glasswright.Kernels.Forces;

/// <summary>Moves between memory and lanes. None of them rounds, so every path gives the same bits.</summary>
internal static unsafe class Lanes
{
    /// <summary>For every mask of four lanes the lanes that are set, in order, then lane 0.</summary>
    private static ReadOnlySpan<int> SetLanes =>
    [
        0, 0, 0, 0, /**/ 0, 0, 0, 0, /**/ 1, 0, 0, 0, /**/ 0, 1, 0, 0,
        2, 0, 0, 0, /**/ 0, 2, 0, 0, /**/ 1, 2, 0, 0, /**/ 0, 1, 2, 0,
        3, 0, 0, 0, /**/ 0, 3, 0, 0, /**/ 1, 3, 0, 0, /**/ 0, 1, 3, 0,
        2, 3, 0, 0, /**/ 0, 2, 3, 0, /**/ 1, 2, 3, 0, /**/ 0, 1, 2, 3,
    ];

    /// <summary>(a0, b0, a2, b2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> UnpackLow(Vector256<double> a, Vector256<double> b) =>
        Avx.IsSupported
            ? Avx.UnpackLow(a, b)
            : Vector256.Create(a.GetElement(0), b.GetElement(0), a.GetElement(2), b.GetElement(2));

    /// <summary>(a1, b1, a3, b3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> UnpackHigh(Vector256<double> a, Vector256<double> b) =>
        Avx.IsSupported
            ? Avx.UnpackHigh(a, b)
            : Vector256.Create(a.GetElement(1), b.GetElement(1), a.GetElement(3), b.GetElement(3));

    /// <summary>(a2, a3, b2, b3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> UpperHalves(Vector256<double> a, Vector256<double> b) =>
        Avx.IsSupported ? Avx.Permute2x128(a, b, 0x31) : Vector256.Create(a.GetUpper(), b.GetUpper());

    /// <summary>Whole numbers within the range of int, as int.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector256<double> whole) =>
        Avx.IsSupported
            ? Avx.ConvertToVector128Int32WithTruncation(whole)
            : Vector128.Create(
                (int)whole.GetElement(0), (int)whole.GetElement(1), (int)whole.GetElement(2), (int)whole.GetElement(3));

    /// <summary>The columns x, y, z, w of four rows of four doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(
        double* r0, double* r1, double* r2, double* r3,
        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w)
    {
        // Halves are put together as they are loaded, which costs no shuffle.
        Vector256<double> a = Vector256.Create(Vector128.Load(r0), Vector128.Load(r2));
        Vector256<double> b = Vector256.Create(Vector128.Load(r1), Vector128.Load(r3));
        Vector256<double> c = Vector256.Create(Vector128.Load(r0 + 2), Vector128.Load(r2 + 2));
        Vector256<double> d = Vector256.Create(Vector128.Load(r1 + 2), Vector128.Load(r3 + 2));
        x = UnpackLow(a, b);
        y = UnpackHigh(a, b);
        z = UnpackLow(c, d);
        w = UnpackHigh(c, d);
    }

    /// <summary>Asks the caches for four records and those behind them. A hint: it changes no bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(double* t0, double* t1, double* t2, double* t3, int width)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(t0);
            Sse.Prefetch0(t0 + width);
            Sse.Prefetch0(t1);
            Sse.Prefetch0(t1 + width);
            Sse.Prefetch0(t2);
            Sse.Prefetch0(t2 + width);
            Sse.Prefetch0(t3);
            Sse.Prefetch0(t3 + width);
        }
    }

    /// <summary>Rows (x y z w) of four atoms to columns x, y, z, w of four lanes, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        Vector256<double> r0, Vector256<double> r1, Vector256<double> r2, Vector256<double> r3,
        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w)
    {
        Vector256<double> a = Vector256.Create(r0.GetLower(), r2.GetLower());
        Vector256<double> b = Vector256.Create(r1.GetLower(), r3.GetLower());
        Vector256<double> c = UpperHalves(r0, r2);
        Vector256<double> d = UpperHalves(r1, r3);
        x = UnpackLow(a, b);
        y = UnpackHigh(a, b);
        z = UnpackLow(c, d);
        w = UnpackHigh(c, d);
    }

    /// <summary>
    /// Writes the lanes that <paramref name="mask"/> names, one after another; what lies behind them, up to four values in all, is
    /// overwritten too. Returns how many lanes were named.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Compress(uint mask, Vector128<int> values, int* to)
    {
        if (Avx2.IsSupported)
        {
            Vector128<int> set = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(SetLanes), 4 * mask);
            Avx.PermuteVar(values.AsSingle(), set).AsInt32().Store(to);
            return (int)Popcnt.PopCount(mask);
        }

        int count = 0;
        for (int lane = 0; lane < 4; lane++)
        {
            if ((mask & (1u << lane)) != 0)
            {
                to[count++] = values.GetElement(lane);
            }
        }

        return count;
    }

    /// <summary>The sum of eight lanes in one written order: ((l0+l4)+(l2+l6)) + ((l1+l5)+(l3+l7)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> low, Vector256<double> high) => Sum(low + high);
    /// <summary>The sum of four lanes in one written order: (l0+l2) + (l1+l3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> four)
    {
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>(Σx, Σy, Σz, 0), each (l0+l2) + (l1+l3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector256<double> x, Vector256<double> y, Vector256<double> z)
    {
        Vector128<double> x2 = x.GetLower() + x.GetUpper();
        Vector128<double> y2 = y.GetLower() + y.GetUpper();
        Vector128<double> z2 = z.GetLower() + z.GetUpper();
        Vector128<double> xy = Vector128.Create(x2.GetElement(0), y2.GetElement(0)) + Vector128.Create(x2.GetElement(1), y2.GetElement(1));
        return Vector256.Create(xy, Vector128.CreateScalar(z2.GetElement(0) + z2.GetElement(1)));
    }
}
