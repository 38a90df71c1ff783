using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Kernels.Numerics;

/// <summary>
/// Sums over spans of doubles in one written order, and the two vector updates of a minimizer.
/// </summary>
/// <remarks>
/// Element i belongs to logical lane i mod 8. Each lane is summed from +0 in rising order of i; a last incomplete group of
/// eight is completed with zeros, which are added like numbers. The eight lanes a₀…a₇ are then added as
/// ((a₀+a₄)+(a₂+a₆)) + ((a₁+a₅)+(a₃+a₇)). Products enter by one fused multiply-add each. The order depends on the length
/// alone: not on the instruction set, the alignment or the number of threads. The relative error of a sum of n terms of one
/// sign is below (n/8 + 4)·2⁻⁵³. NaN and ∞ come through.
/// </remarks>
internal static class FixedSum
{
    /// <summary>Number of logical lanes: the order of every sum is that of eight running sums.</summary>
    public const int Lanes = 8;

    private const int Half = 4;

    /// <summary>Σ xᵢ.</summary>
    public static double Sum(ReadOnlySpan<double> x)
    {
        Vector256<double> low = Vector256<double>.Zero;
        Vector256<double> high = Vector256<double>.Zero;
        ref double start = ref MemoryMarshal.GetReference(x);
        int whole = x.Length & -Lanes;
        for (int i = 0; i < whole; i += Lanes)
        {
            low += Vector256.LoadUnsafe(ref start, (nuint)i);
            high += Vector256.LoadUnsafe(ref start, (nuint)(i + Half));
        }

        if (whole < x.Length)
        {
            LoadPadded(x[whole..], out Vector256<double> tailLow, out Vector256<double> tailHigh);
            low += tailLow;
            high += tailHigh;
        }

        return AddLanes(low, high);
    }

    /// <summary>Σ xᵢ yᵢ.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        RequireSameLength(x.Length, y.Length);
        Vector256<double> low = Vector256<double>.Zero;
        Vector256<double> high = Vector256<double>.Zero;
        ref double startX = ref MemoryMarshal.GetReference(x);
        ref double startY = ref MemoryMarshal.GetReference(y);
        int whole = x.Length & -Lanes;
        for (int i = 0; i < whole; i += Lanes)
        {
            low = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref startX, (nuint)i), Vector256.LoadUnsafe(ref startY, (nuint)i), low);
            high = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref startX, (nuint)(i + Half)), Vector256.LoadUnsafe(ref startY, (nuint)(i + Half)), high);
        }

        if (whole < x.Length)
        {
            LoadPadded(x[whole..], out Vector256<double> xLow, out Vector256<double> xHigh);
            LoadPadded(y[whole..], out Vector256<double> yLow, out Vector256<double> yHigh);
            low = Vector256.FusedMultiplyAdd(xLow, yLow, low);
            high = Vector256.FusedMultiplyAdd(xHigh, yHigh, high);
        }

        return AddLanes(low, high);
    }

    /// <summary>Σ xᵢ²; the same bits as <c>Dot(x, x)</c>.</summary>
    public static double SumOfSquares(ReadOnlySpan<double> x) => Dot(x, x);

    /// <summary>max |xᵢ|; 0 of an empty span, NaN if any element is NaN.</summary>
    public static double MaxAbs(ReadOnlySpan<double> x)
    {
        // Without their sign, doubles order as their bits do, and NaN stands above ∞: an integer maximum keeps it.
        const long Magnitude = long.MaxValue;
        Vector256<long> mask = Vector256.Create(Magnitude);
        Vector256<long> largest = Vector256<long>.Zero;
        ref double start = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i <= x.Length - Half; i += Half)
        {
            Vector256<long> bits = Vector256.LoadUnsafe(ref start, (nuint)i).AsInt64() & mask;
            largest = Vector256.ConditionalSelect(Vector256.GreaterThan(bits, largest), bits, largest);
        }

        long result = 0;
        for (int lane = 0; lane < Half; lane++)
        {
            result = Math.Max(result, largest.GetElement(lane));
        }

        for (; i < x.Length; i++)
        {
            result = Math.Max(result, BitConverter.DoubleToInt64Bits(x[i]) & Magnitude);
        }

        return BitConverter.Int64BitsToDouble(result);
    }

    /// <summary>y ← y + a x, one fused multiply-add an element.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void AddScaled(Span<double> y, double a, ReadOnlySpan<double> x) => MultiplyAdd(a, x, y, y);

    /// <summary>p ← g + β p, the new search direction of conjugate gradient; one fused multiply-add an element.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void ScaleAdd(Span<double> p, double beta, ReadOnlySpan<double> g) => MultiplyAdd(beta, p, g, p);

    /// <summary>The eight lanes of two running sums, added in the order that the remarks of this class write out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AddLanes(Vector256<double> low, Vector256<double> high)
    {
        Vector256<double> four = low + high;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>result ← a x + y; the result may be one of the two.</summary>
    private static void MultiplyAdd(double a, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        RequireSameLength(x.Length, y.Length);
        Vector256<double> factor = Vector256.Create(a);
        ref double startX = ref MemoryMarshal.GetReference(x);
        ref double startY = ref MemoryMarshal.GetReference(y);
        ref double startResult = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i <= x.Length - Half; i += Half)
        {
            Vector256.FusedMultiplyAdd(
                factor,
                Vector256.LoadUnsafe(ref startX, (nuint)i),
                Vector256.LoadUnsafe(ref startY, (nuint)i)).StoreUnsafe(ref startResult, (nuint)i);
        }

        for (; i < x.Length; i++)
        {
            result[i] = double.FusedMultiplyAdd(a, x[i], y[i]);
        }
    }

    private static void LoadPadded(ReadOnlySpan<double> tail, out Vector256<double> low, out Vector256<double> high)
    {
        Span<double> padded = stackalloc double[Lanes];
        padded.Clear();
        tail.CopyTo(padded);
        low = Vector256.Create<double>(padded);
        high = Vector256.Create<double>(padded[Half..]);
    }

    private static void RequireSameLength(int first, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"The spans differ in length: {first} and {second}.");
        }
    }
}
