using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Kernels.Numerics;

/// <content>Single precision, eight lanes: what the network's inference runs on.</content>
internal static partial class Elementary
{
    // 1.5·2²³, see RoundDouble.
    private const float RoundSingle = 12582912f;
    private const float Log2ESingle = 1.442695f;

    // The first part has 13 bits, so its product with an exponent is exact.
    private const float Ln2HighSingle = 0.693115234375f;
    private const float Ln2LowSingle = 3.1946183e-05f;

    private const uint RootHalfBitsSingle = 0x3F3504F3;
    private const uint MantissaMaskSingle = 0x007FFFFF;

    /// <summary>eˣ: x = n ln 2 + r, |r| ≤ ½ ln 2; eʳ = 1 + r + r² q(r), scaled by 2ⁿ in two steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> low = Vector256.Create(-105f);
        Vector256<float> high = Vector256.Create(90f);
        x = Vector256.ConditionalSelect(Vector256.LessThan(x, low), low, x);
        x = Vector256.ConditionalSelect(Vector256.GreaterThan(x, high), high, x);
        Vector256<float> p = ExpMantissa(x, out Vector256<float> rounded);

        // 2ⁿ = 2ʰ·2ⁿ⁻ʰ with h near n/2: both factors are normal numbers, so only the last product can round.
        Vector256<float> round = Vector256.Create(RoundSingle);
        Vector256<float> n = rounded - round;
        Vector256<float> half = Vector256.FusedMultiplyAdd(n, Vector256.Create(0.5f), round);
        Vector256<float> rest = (n - (half - round)) + round;
        return p * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>ln x: x = 2ᵏ·m, m in [√½, √2), by the formula of the double one with a shorter polynomial.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x)
    {
        Vector256<float> subnormal = Vector256.LessThan(x, Vector256.Create(1.17549435e-38f));
        Vector256<float> scaled = Vector256.ConditionalSelect(subnormal, x * Vector256.Create(33554432f), x);
        Vector256<float> shift = Vector256.BitwiseAnd(subnormal, Vector256.Create(-25f));

        Vector256<uint> offset = scaled.AsUInt32() - Vector256.Create(RootHalfBitsSingle);
        Vector256<uint> biased = Vector256.ShiftRightLogical(offset + Vector256.Create(128U << 23), 23);
        Vector256<float> k = Vector256.BitwiseOr(biased, Vector256.Create(0x4B000000U)).AsSingle()
            - Vector256.Create(8388608f + 128f);
        k += shift;
        Vector256<uint> mantissa = Vector256.BitwiseAnd(offset, Vector256.Create(MantissaMaskSingle));
        Vector256<float> f = (mantissa + Vector256.Create(RootHalfBitsSingle)).AsSingle() - Vector256<float>.One;

        Vector256<float> s = f / (Vector256.Create(2f) + f);
        Vector256<float> z = s * s;
        Vector256<float> g = Vector256.Create(0.29870573f);
        g = Vector256.FusedMultiplyAdd(g, z, Vector256.Create(0.3997759f));
        g = Vector256.FusedMultiplyAdd(g, z, Vector256.Create(0.66666776f));
        Vector256<float> h = Vector256.Create(0.5f) * f * f;
        Vector256<float> small = k * Vector256.Create(Ln2LowSingle);
        small = Vector256.FusedMultiplyAdd(s, Vector256.FusedMultiplyAdd(z, g, h), small);
        Vector256<float> ln = Vector256.FusedMultiplyAdd(k, Vector256.Create(Ln2HighSingle), f - (h - small));
        return SelectLogSpecials(x, ln);
    }

    /// <summary>
    /// ln(1 + eˣ) = max(x, 0) + ln(1 + t), t = e⁻ˡˣˡ in [0, 1]; ln(1 + t) = t + t² l(t) by one polynomial: no
    /// logarithm, no division, no branch, 30 operations. Below x = -87.68 the result is 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x) => Log1pUnit(ExpNegativeAbs(x), x);

    /// <summary>
    /// 1 / (1 + e⁻ˣ), as e⁻ˡˣˡ / (1 + e⁻ˡˣˡ) where x is negative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => SigmoidOf(ExpNegativeAbs(x), x);

    /// <summary>Softplus and its derivative from one exponential; the same bits as the two functions give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x, out Vector256<float> derivative)
    {
        Vector256<float> t = ExpNegativeAbs(x);
        derivative = SigmoidOf(t, x);
        return Log1pUnit(t, x);
    }

    /// <summary>eʳ in [√½, √2] of x = n ln 2 + r; <paramref name="rounded"/> is n + 1.5·2²³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ExpMantissa(Vector256<float> x, out Vector256<float> rounded)
    {
        Vector256<float> round = Vector256.Create(RoundSingle);
        rounded = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2ESingle), round);
        Vector256<float> n = rounded - round;
        Vector256<float> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2HighSingle), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2LowSingle), r);
        Vector256<float> q = Vector256.Create(0.0013745304f);
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.008368945f));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.04166965f));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.16666518f));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.49999988f));
        return Vector256<float>.One + Vector256.FusedMultiplyAdd(r * r, q, r);
    }

    /// <summary>e⁻ˡˣˡ; results below 2⁻¹²⁶·√½ are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ExpNegativeAbs(Vector256<float> x)
    {
        // At -88.02 n is -127, whose power of two has the bits of zero.
        Vector256<float> low = Vector256.Create(-88.02f);
        Vector256<float> a = Vector256.BitwiseOr(x, Vector256.Create(-0f));
        a = Vector256.ConditionalSelect(Vector256.LessThan(a, low), low, a);
        Vector256<float> p = ExpMantissa(a, out Vector256<float> rounded);
        return p * PowerOfTwo(rounded);
    }

    /// <summary>max(x, 0) + ln(1 + t) for t in [0, 1]. A NaN enters by t alone, so its bits do not depend on an order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Log1pUnit(Vector256<float> t, Vector256<float> x)
    {
        Vector256<float> l = Vector256.Create(-0.0032268476f);
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(0.019789271f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(-0.056879718f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(0.10600581f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(-0.15307912f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(0.19678871f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(-0.24955375f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(0.33330205f));
        l = Vector256.FusedMultiplyAdd(l, t, Vector256.Create(-0.49999923f));

        // t + t² l rather than t (1 + t l): one operation more, but the rounding of the bracket would cost 0.3 ulp.
        Vector256<float> positive = Vector256.BitwiseAnd(x, Vector256.GreaterThan(x, Vector256<float>.Zero));
        return positive + Vector256.FusedMultiplyAdd(l, t * t, t);
    }

    /// <summary>2ⁿ for the integer n in the low bits of n + 1.5·2²³, -127 &lt; n &lt; 128; 0 for n = -127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<float> rounded) =>
        Vector256.ShiftLeft(rounded.AsUInt32() + Vector256.Create(127U), 23).AsSingle();
}
