using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Glasswright.Kernels.Forces;

/// <summary>Moves between memory and lanes. None of them rounds, so every path gives the same bits.</summary>
internal static unsafe class Lanes
{
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

    /// <summary>Two doubles from <paramref name="low"/> and two from <paramref name="high"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LoadHalves(double* low, double* high) =>
        Vector256.Create(Vector128.Load(low), Vector128.Load(high));

    /// <summary>Whole numbers within the range of int, as int.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector256<double> whole) =>
        Avx.IsSupported
            ? Avx.ConvertToVector128Int32WithTruncation(whole)
            : Vector128.Create(
                (int)whole.GetElement(0), (int)whole.GetElement(1), (int)whole.GetElement(2), (int)whole.GetElement(3));

    /// <summary>Rows (x y z w) of four atoms to columns x, y, z, w of four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        Vector256<double> r0, Vector256<double> r1, Vector256<double> r2, Vector256<double> r3,
        out Vector256<double> x, out Vector256<double> y, out Vector256<double> z, out Vector256<double> w)
    {
        Vector256<double> a = Vector256.Create(r0.GetLower(), r2.GetLower());
        Vector256<double> b = Vector256.Create(r1.GetLower(), r3.GetLower());
        Vector256<double> c = Vector256.Create(r0.GetUpper(), r2.GetUpper());
        Vector256<double> d = Vector256.Create(r1.GetUpper(), r3.GetUpper());
        x = UnpackLow(a, b);
        y = UnpackHigh(a, b);
        z = UnpackLow(c, d);
        w = UnpackHigh(c, d);
    }

    /// <summary>The sum of eight lanes in one written order: ((l0+l4)+(l2+l6)) + ((l1+l5)+(l3+l7)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> low, Vector256<double> high)
    {
        Vector256<double> four = low + high;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }
}
