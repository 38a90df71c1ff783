using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Exponential, softplus and sigmoid for the inside of training, over any number of lanes: the formulas of
/// <see cref="Inference.ExponentialLanes"/>, and the sigmoid from the same exponential.
/// </summary>
/// <remarks>
/// e⁻ᵃ = 2ⁿ·2ᶠ with n + f = -a·log₂e, |f| ≤ ½; a is cut at 86. ln(1 + t) = t q(t). Errors are small against 1, not against
/// the result: exponential 2.5e-7 absolute, softplus 2.5e-7·max(1, |result|), sigmoid 3e-7 absolute.
/// </remarks>
internal static class ColumnFunctions
{
    // 1.5·2²³: adding it rounds to an integer, which then stands in the low bits.
    private const float Round = 12582912f;
    private const float Log2E = 1.442695f;
    private const float Largest = 86;

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Softplus<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        TLanes t = OfMinusMagnitude(x);
        TLanes q = TLanes.Create(-0.00756979082f);
        q = TLanes.Fused(q, t, TLanes.Create(0.0405493975f));
        q = TLanes.Fused(q, t, TLanes.Create(-0.102565445f));
        q = TLanes.Fused(q, t, TLanes.Create(0.173755795f));
        q = TLanes.Fused(q, t, TLanes.Create(-0.243574291f));
        q = TLanes.Fused(q, t, TLanes.Create(0.332511306f));
        q = TLanes.Fused(q, t, TLanes.Create(-0.499959856f));
        q = TLanes.Fused(q, t, TLanes.Create(1));
        return TLanes.Fused(t, q, TLanes.WhereNegative(x, TLanes.Create(0), x));
    }

    /// <summary>1/(1 + e⁻ˣ) = r or, where x &lt; 0, e⁻ˡˣˡ r with r = 1/(1 + e⁻ˡˣˡ); of a NaN the NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        // x - x is zero, or the NaN of a NaN or an infinity, which the exponential has forgotten.
        TLanes t = OfMinusMagnitude(x);
        TLanes one = TLanes.Create(1);
        return (TLanes.WhereNegative(x, t, one) + (x - x)) / (one + t);
    }

    /// <summary>eˣ for x ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => OfMinusMagnitude(x) + (x - x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes OfMinusMagnitude<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        TLanes a = TLanes.Magnitude(x, Largest);
        TLanes scale = TLanes.Create(-Log2E);
        TLanes round = TLanes.Create(Round);
        TLanes rounded = TLanes.Fused(a, scale, round);
        TLanes f = TLanes.Fused(a, scale, round - rounded);
        TLanes p = TLanes.Create(0.0013417399f);
        p = TLanes.Fused(p, f, TLanes.Create(0.00967185851f));
        p = TLanes.Fused(p, f, TLanes.Create(0.0555027314f));
        p = TLanes.Fused(p, f, TLanes.Create(0.24022235f));
        p = TLanes.Fused(p, f, TLanes.Create(0.693147242f));
        p = TLanes.Fused(p, f, TLanes.Create(1));
        return TLanes.AddExponent(p, rounded);
    }
}
