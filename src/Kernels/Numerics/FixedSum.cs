using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Kernels.Numerics;

/// <summary>
/// Sums over spans of doubles in one written order: element k goes to lane k mod 8, each lane sums in rising order, and the lanes
/// join as ((l0+l4)+(l2+l6)) + ((l1+l5)+(l3+l7)). The same bits on every machine, with or without vector instructions.
/// </summary>
internal static class FixedSum
{
    private const int Lanes = 8;
    private const int Half = 4;

    /// <summary>Σ x_k.</summary>
    public static double Sum(ReadOnlySpan<double> x)
    {
        ref double px = ref MemoryMarshal.GetReference(x);
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        int k = 0;
        for (; k <= x.Length - Lanes; k += Lanes)
        {
            low += Vector256.LoadUnsafe(ref px, (nuint)k);
            high += Vector256.LoadUnsafe(ref px, (nuint)(k + Half));
        }

        if (k < x.Length)
        {
            low += Tail(x, k);
            high += Tail(x, k + Half);
        }

        return Join(low, high);
    }

    /// <summary>Σ x_k y_k, each product fused into its lane's sum.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        RequireSameLength(x.Length, y.Length);
        ref double px = ref MemoryMarshal.GetReference(x);
        ref double py = ref MemoryMarshal.GetReference(y);
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        int k = 0;
        for (; k <= x.Length - Lanes; k += Lanes)
        {
            low = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref px, (nuint)k), Vector256.LoadUnsafe(ref py, (nuint)k), low);
            high = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref px, (nuint)(k + Half)), Vector256.LoadUnsafe(ref py, (nuint)(k + Half)), high);
        }

        if (k < x.Length)
        {
            low = Vector256.FusedMultiplyAdd(Tail(x, k), Tail(y, k), low);
            high = Vector256.FusedMultiplyAdd(Tail(x, k + Half), Tail(y, k + Half), high);
        }

        return Join(low, high);
    }

    /// <summary>Σ x_k².</summary>
    public static double SumOfSquares(ReadOnlySpan<double> x) => Dot(x, x);

    /// <summary>max |x_k|; NaN if any is NaN, 0 for none.</summary>
    public static double MaxAbs(ReadOnlySpan<double> x)
    {
        double largest = 0;
        foreach (double value in x)
        {
            double size = Math.Abs(value);
            if (!(size <= largest))
            {
                largest = size;
                if (double.IsNaN(size))
                {
                    return size;
                }
            }
        }

        return largest;
    }

    /// <summary>y_k ← y_k + a x_k, fused.</summary>
    public static void AddScaled(Span<double> y, double a, ReadOnlySpan<double> x)
    {
        RequireSameLength(x.Length, y.Length);
        ref double px = ref MemoryMarshal.GetReference(x);
        ref double py = ref MemoryMarshal.GetReference(y);
        Vector256<double> factor = Vector256.Create(a);
        int k = 0;
        for (; k <= x.Length - Half; k += Half)
        {
            Vector256.FusedMultiplyAdd(factor, Vector256.LoadUnsafe(ref px, (nuint)k), Vector256.LoadUnsafe(ref py, (nuint)k))
                .StoreUnsafe(ref py, (nuint)k);
        }

        for (; k < x.Length; k++)
        {
            y[k] = double.FusedMultiplyAdd(a, x[k], y[k]);
        }
    }

    /// <summary>p_k ← g_k + b p_k, fused.</summary>
    public static void ScaleAdd(Span<double> p, double b, ReadOnlySpan<double> g)
    {
        RequireSameLength(g.Length, p.Length);
        ref double pg = ref MemoryMarshal.GetReference(g);
        ref double pp = ref MemoryMarshal.GetReference(p);
        Vector256<double> factor = Vector256.Create(b);
        int k = 0;
        for (; k <= p.Length - Half; k += Half)
        {
            Vector256.FusedMultiplyAdd(factor, Vector256.LoadUnsafe(ref pp, (nuint)k), Vector256.LoadUnsafe(ref pg, (nuint)k))
                .StoreUnsafe(ref pp, (nuint)k);
        }

        for (; k < p.Length; k++)
        {
            p[k] = double.FusedMultiplyAdd(b, p[k], g[k]);
        }
    }

    private static Vector256<double> Tail(ReadOnlySpan<double> x, int start)
    {
        Span<double> padded = stackalloc double[Half];
        padded.Clear();
        if (start < x.Length)
        {
            x.Slice(start, Math.Min(Half, x.Length - start)).CopyTo(padded);
        }

        return Vector256.Create<double>(padded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Join(Vector256<double> low, Vector256<double> high)
    {
        Vector256<double> four = low + high;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    private static void RequireSameLength(int first, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"Spans of {first} and {second} values do not match.");
        }
    }
}
