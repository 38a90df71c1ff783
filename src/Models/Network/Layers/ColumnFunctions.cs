using System.Runtime.CompilerServices;
using static Glasswright.Models.Inference.ExponentialLanes;

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
    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Softplus<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        TLanes t = OfMinusMagnitude(x);
        TLanes q = TLanes.Create(Q7);
        q = TLanes.Fused(q, t, TLanes.Create(Q6));
        q = TLanes.Fused(q, t, TLanes.Create(Q5));
        q = TLanes.Fused(q, t, TLanes.Create(Q4));
        q = TLanes.Fused(q, t, TLanes.Create(Q3));
        q = TLanes.Fused(q, t, TLanes.Create(Q2));
        q = TLanes.Fused(q, t, TLanes.Create(Q1));
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
        TLanes p = TLanes.Create(P5);
        p = TLanes.Fused(p, f, TLanes.Create(P4));
        p = TLanes.Fused(p, f, TLanes.Create(P3));
        p = TLanes.Fused(p, f, TLanes.Create(P2));
        p = TLanes.Fused(p, f, TLanes.Create(P1));
        p = TLanes.Fused(p, f, TLanes.Create(1));
        return TLanes.AddExponent(p, rounded);
    }
}
