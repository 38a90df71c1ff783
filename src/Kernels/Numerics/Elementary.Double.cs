using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Kernels.Numerics;

/// <content>Double precision, four lanes.</content>
internal static partial class Elementary
{
    // 1.5·2⁵²: adding it rounds to the nearest integer, which then stands in the low bits. A conversion instruction for
    // 64-bit integers exists only in AVX-512.
    private const double RoundDouble = 6755399441055744.0;
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts: the first has 32 bits, so its product with an exponent is exact.
    private const double Ln2High = 0.6931471803691238;
    private const double Ln2Low = 1.9082149292705877e-10;

    // The bits of √½: mantissas are taken from [√½, √2).
    private const ulong RootHalfBits = 0x3FE6A09E667F3BCD;
    private const ulong MantissaMask = 0x000FFFFFFFFFFFFF;

    /// <summary>eˣ: x = n ln 2 + r, |r| ≤ ½ ln 2; eʳ = 1 + r + r² q(r), scaled by 2ⁿ in two steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        // Beyond these bounds the result is 0 or ∞ and stays so. NaN fails both comparisons and goes through.
        Vector256<double> low = Vector256.Create(-750.0);
        Vector256<double> high = Vector256.Create(720.0);
        x = Vector256.ConditionalSelect(Vector256.LessThan(x, low), low, x);
        x = Vector256.ConditionalSelect(Vector256.GreaterThan(x, high), high, x);

        Vector256<double> round = Vector256.Create(RoundDouble);
        Vector256<double> n = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2E), round) - round;
        Vector256<double> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), r);

        // Even and odd powers apart: half the latency of Horner's chain.
        Vector256<double> r2 = r * r;
        Vector256<double> even = Vector256.Create(2.763089837121422e-07);
        even = Vector256.FusedMultiplyAdd(even, r2, Vector256.Create(2.480149105236167e-05));
        even = Vector256.FusedMultiplyAdd(even, r2, Vector256.Create(0.0013888888945905494));
        even = Vector256.FusedMultiplyAdd(even, r2, Vector256.Create(0.04166666666651978));
        even = Vector256.FusedMultiplyAdd(even, r2, Vector256.Create(0.5000000000000012));
        Vector256<double> odd = Vector256.Create(2.502004949769581e-08);
        odd = Vector256.FusedMultiplyAdd(odd, r2, Vector256.Create(2.7557521687132954e-06));
        odd = Vector256.FusedMultiplyAdd(odd, r2, Vector256.Create(0.0001984126958118522));
        odd = Vector256.FusedMultiplyAdd(odd, r2, Vector256.Create(0.008333333333458662));
        odd = Vector256.FusedMultiplyAdd(odd, r2, Vector256.Create(0.16666666666666471));
        Vector256<double> q = Vector256.FusedMultiplyAdd(odd, r, even);
        Vector256<double> p = Vector256<double>.One + Vector256.FusedMultiplyAdd(r2, q, r);

        // 2ⁿ = 2ʰ·2ⁿ⁻ʰ with h near n/2: both factors are normal numbers, so only the last product can round.
        Vector256<double> half = Vector256.FusedMultiplyAdd(n, Vector256.Create(0.5), round);
        Vector256<double> rest = (n - (half - round)) + round;
        return p * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>ln x: x = 2ᵏ·m, m in [√½, √2); ln m from <see cref="LogCore(Vector256{double}, Vector256{double}, Vector256{double})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<double> subnormal = Vector256.LessThan(x, Vector256.Create(2.2250738585072014e-308));
        Vector256<double> scaled = Vector256.ConditionalSelect(subnormal, x * Vector256.Create(18014398509481984.0), x);
        Vector256<double> shift = Vector256.BitwiseAnd(subnormal, Vector256.Create(-54.0));
        Vector256<double> m = SplitExponent(scaled, out Vector256<double> k);
        Vector256<double> ln = LogCore(k + shift, m - Vector256<double>.One, Vector256<double>.Zero);
        return SelectLogSpecials(x, ln);
    }

    /// <summary>
    /// ln(1 + x): u = 1 + x rounded, and c = (1 + x) - u, what the rounding lost, enters as c/u in first order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log1p(Vector256<double> x)
    {
        Vector256<double> one = Vector256<double>.One;
        Vector256<double> u = one + x;
        Vector256<double> c = Vector256.ConditionalSelect(
            Vector256.GreaterThan(Vector256.Abs(x), one), one - (u - x), x - (u - one));
        Vector256<double> m = SplitExponent(u, out Vector256<double> k);
        Vector256<double> ln = LogCore(k, m - one, c / u);
        ln = Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<double>.Zero), x, ln);
        return SelectLogSpecials(u, ln);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ): nothing overflows and nothing cancels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Softplus(Vector256<double> x)
    {
        Vector256<double> t = Exp(Vector256.BitwiseOr(x, Vector256.Create(-0.0)));
        Vector256<double> u = Vector256<double>.One + t;
        Vector256<double> c = t - (u - Vector256<double>.One);
        Vector256<double> m = SplitExponent(u, out Vector256<double> k);

        // Where c = t the sum 1 + t is 1, and t itself, subnormal or not, is the logarithm. A NaN has only t, its own bits.
        Vector256<double> ln = LogCore(k, m - Vector256<double>.One, c / u);
        ln = Vector256.ConditionalSelect(Vector256.GreaterThan(u, Vector256<double>.One), ln, t);
        return Vector256.BitwiseAnd(x, Vector256.GreaterThan(x, Vector256<double>.Zero)) + ln;
    }

    /// <summary>1 / (1 + e⁻ˣ), as e⁻ˡˣˡ / (1 + e⁻ˡˣˡ) where x is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x) =>
        SigmoidOf(Exp(Vector256.BitwiseOr(x, Vector256.Create(-0.0))), x);

    /// <summary>2ⁿ for the integer n that stands in the low bits of n + 1.5·2⁵², -1023 &lt; n &lt; 1024.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<double> rounded) =>
        Vector256.ShiftLeft(rounded.AsUInt64() + Vector256.Create(1023UL), 52).AsDouble();

    /// <summary>x = 2ᵏ·m with m in [√½, √2); x positive, normal and finite, else the result has no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> SplitExponent(Vector256<double> x, out Vector256<double> k)
    {
        Vector256<ulong> offset = x.AsUInt64() - Vector256.Create(RootHalfBits);
        Vector256<ulong> biased = Vector256.ShiftRightLogical(offset + Vector256.Create(1024UL << 52), 52);

        // A 12-bit integer in the low bits of 2⁵² is 2⁵² plus that integer.
        k = Vector256.BitwiseOr(biased, Vector256.Create(0x4330000000000000UL)).AsDouble()
            - Vector256.Create(4503599627370496.0 + 1024.0);
        Vector256<ulong> mantissa = Vector256.BitwiseAnd(offset, Vector256.Create(MantissaMask));
        return (mantissa + Vector256.Create(RootHalfBits)).AsDouble();
    }

    /// <summary>
    /// k ln 2 + ln(1 + f) + c: with s = f/(2 + f), ln(1 + f) = 2 artanh s = f - (h - s (h + s² g(s²))), h = f²/2. The large
    /// term f is added last and exactly, so small f keep their relative accuracy.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LogCore(Vector256<double> k, Vector256<double> f, Vector256<double> c)
    {
        Vector256<double> s = f / (Vector256.Create(2.0) + f);
        Vector256<double> z = s * s;
        Vector256<double> z2 = z * z;
        Vector256<double> even = Vector256.Create(0.14797364625128856);
        even = Vector256.FusedMultiplyAdd(even, z2, Vector256.Create(0.18183571060022388));
        even = Vector256.FusedMultiplyAdd(even, z2, Vector256.Create(0.28571428744062033));
        even = Vector256.FusedMultiplyAdd(even, z2, Vector256.Create(0.6666666666666736));
        Vector256<double> odd = Vector256.Create(0.1531389563910479);
        odd = Vector256.FusedMultiplyAdd(odd, z2, Vector256.Create(0.22222198426119397));
        odd = Vector256.FusedMultiplyAdd(odd, z2, Vector256.Create(0.39999999999405483));
        Vector256<double> g = Vector256.FusedMultiplyAdd(odd, z, even);
        Vector256<double> h = Vector256.Create(0.5) * f * f;
        Vector256<double> small = Vector256.FusedMultiplyAdd(k, Vector256.Create(Ln2Low), c);
        small = Vector256.FusedMultiplyAdd(s, Vector256.FusedMultiplyAdd(z, g, h), small);
        return Vector256.FusedMultiplyAdd(k, Vector256.Create(Ln2High), f - (h - small));
    }
}
