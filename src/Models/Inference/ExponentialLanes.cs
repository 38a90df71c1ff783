using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Inference;

/// <summary>
/// Softplus and the softmax's exponential for the inside of the network: errors small against 1 instead of against the result, so
/// two thirds of the multiplications of <see cref="Kernels.Numerics.Elementary"/> do. Same law: only + - ×, fused multiply-add,
/// selection and integer operations on the bits.
/// </summary>
/// <remarks>
/// e⁻ᵃ = 2ⁿ·2ᶠ with n + f = -a·log₂e, |f| ≤ ½; 2ᶠ by a polynomial of degree 5 (1.0e-7 relative), 2ⁿ added to the bits of
/// the exponent. a is cut at 86, where e⁻ᵃ is 4.5e-38. ln(1 + t) = t q(t), q of degree 7 with q(0) = 1 (6.6e-8 absolute, 6.5e-7
/// relative). Least-squares fits, coefficients rounded one after the other as in <c>docs/design/elementary-coefficients.py</c>.
/// Stated errors: softplus 2.5e-7·max(1, |result|); exponential 2.5e-7 absolute, 4e-6 relative down to a = 86. NaN gives NaN.
/// </remarks>
internal static class ExponentialLanes
{
    // 1.5·2²³: adding it rounds to an integer, which then stands in the low bits.
    internal const float Round = 12582912f;
    internal const float Log2E = 1.442695f;
    internal const float Largest = 86;
    private const uint LargestBits = 0x42AC0000; // the same

    // 2ᶠ = 1 + p₁f + … + p₅f⁵.
    internal const float P1 = 0.693147242f;
    internal const float P2 = 0.24022235f;
    internal const float P3 = 0.0555027314f;
    internal const float P4 = 0.00967185851f;
    internal const float P5 = 0.0013417399f;

    // ln(1 + t) = t (1 + q₁t + … + q₇t⁷).
    internal const float Q1 = -0.499959856f;
    internal const float Q2 = 0.332511306f;
    internal const float Q3 = -0.243574291f;
    internal const float Q4 = 0.173755795f;
    internal const float Q5 = -0.102565445f;
    internal const float Q6 = 0.0405493975f;
    internal const float Q7 = -0.00756979082f;

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ): 16 multiplications or comparisons, 8 others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x)
    {
        Vector256<float> t = OfMinusMagnitude(x);
        Vector256<float> q = Vector256.Create(Q7);
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q6));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q5));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q4));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q3));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q2));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256.Create(Q1));
        q = Vector256.FusedMultiplyAdd(q, t, Vector256<float>.One);

        return Vector256.FusedMultiplyAdd(t, q, Positive(x));
    }

    /// <summary>Softplus of four vectors in place: step by step side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Softplus(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d)
    {
        Vector256<float> ta = a, tb = b, tc = c, td = d;
        OfMinusMagnitude(ref ta, ref tb, ref tc, ref td);
        Vector256<float> k = Vector256.Create(Q7), qa = k, qb = k, qc = k, qd = k;
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q6));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q5));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q4));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q3));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q2));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256.Create(Q1));
        Step(ref qa, ref qb, ref qc, ref qd, ta, tb, tc, td, Vector256<float>.One);
        a = Vector256.FusedMultiplyAdd(ta, qa, Positive(a));
        b = Vector256.FusedMultiplyAdd(tb, qb, Positive(b));
        c = Vector256.FusedMultiplyAdd(tc, qc, Positive(c));
        d = Vector256.FusedMultiplyAdd(td, qd, Positive(d));
    }

    /// <summary>eˣ for x ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) => OfMinusMagnitude(x) + (x - x);

    /// <summary>max(x, 0). A NaN is not below zero and passes; the exponential has forgotten it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Positive(Vector256<float> x) =>
        Vector256.AndNot(x, Vector256.LessThan(x, Vector256<float>.Zero));

    /// <summary>p ← p x + k, four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        ref Vector256<float> pa, ref Vector256<float> pb, ref Vector256<float> pc, ref Vector256<float> pd,
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, Vector256<float> k)
    {
        pa = Vector256.FusedMultiplyAdd(pa, a, k);
        pb = Vector256.FusedMultiplyAdd(pb, b, k);
        pc = Vector256.FusedMultiplyAdd(pc, c, k);
        pd = Vector256.FusedMultiplyAdd(pd, d, k);
    }

    /// <summary>e⁻ˡˣˡ; of a NaN e⁻⁸⁶.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> OfMinusMagnitude(Vector256<float> x)
    {
        Vector256<float> a = Magnitude(x);
        Vector256<float> scale = Vector256.Create(-Log2E);
        Vector256<float> rounded = Vector256.FusedMultiplyAdd(a, scale, Vector256.Create(Round));
        Vector256<float> f = Vector256.FusedMultiplyAdd(a, scale, Vector256.Create(Round) - rounded);
        Vector256<float> p = Vector256.Create(P5);
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(P4));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(P3));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(P2));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(P1));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256<float>.One);
        return AddExponent(p, rounded);
    }

    /// <summary>e⁻ˡˣˡ of four vectors in place, the bits of the one above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OfMinusMagnitude(
        ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d)
    {
        a = Magnitude(a);
        b = Magnitude(b);
        c = Magnitude(c);
        d = Magnitude(d);
        Vector256<float> scale = Vector256.Create(-Log2E), round = Vector256.Create(Round);
        Vector256<float> ra = Vector256.FusedMultiplyAdd(a, scale, round);
        Vector256<float> rb = Vector256.FusedMultiplyAdd(b, scale, round);
        Vector256<float> rc = Vector256.FusedMultiplyAdd(c, scale, round);
        Vector256<float> rd = Vector256.FusedMultiplyAdd(d, scale, round);
        a = Vector256.FusedMultiplyAdd(a, scale, round - ra);
        b = Vector256.FusedMultiplyAdd(b, scale, round - rb);
        c = Vector256.FusedMultiplyAdd(c, scale, round - rc);
        d = Vector256.FusedMultiplyAdd(d, scale, round - rd);
        Vector256<float> k = Vector256.Create(P5), pa = k, pb = k, pc = k, pd = k;
        Step(ref pa, ref pb, ref pc, ref pd, a, b, c, d, Vector256.Create(P4));
        Step(ref pa, ref pb, ref pc, ref pd, a, b, c, d, Vector256.Create(P3));
        Step(ref pa, ref pb, ref pc, ref pd, a, b, c, d, Vector256.Create(P2));
        Step(ref pa, ref pb, ref pc, ref pd, a, b, c, d, Vector256.Create(P1));
        Step(ref pa, ref pb, ref pc, ref pd, a, b, c, d, Vector256<float>.One);
        a = AddExponent(pa, ra);
        b = AddExponent(pb, rb);
        c = AddExponent(pc, rc);
        d = AddExponent(pd, rd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Magnitude(Vector256<float> x) => Vector256.Min(
        Vector256.BitwiseAnd(x.AsUInt32(), Vector256.Create(0x7FFFFFFFU)), Vector256.Create(LargestBits)).AsSingle();

    /// <summary>p·2ⁿ with n in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddExponent(Vector256<float> p, Vector256<float> rounded) =>
        (p.AsUInt32() + Vector256.ShiftLeft(rounded.AsUInt32(), 23)).AsSingle();
}
