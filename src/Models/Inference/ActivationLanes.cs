using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>An activation over eight lanes; a struct, so that a loop is compiled for each and calls nothing.</summary>
internal interface IActivationLanes
{
    /// <summary>act(x), lane by lane.</summary>
    static abstract Vector256<float> Apply(Vector256<float> x);
}

/// <summary>ln(1 + eˣ).</summary>
internal readonly struct SoftplusLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => Elementary.Softplus(x);
}

/// <summary>1/(1 + e⁻ˣ).</summary>
internal readonly struct SigmoidLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => Elementary.Sigmoid(x);
}

/// <summary>max(0, x).</summary>
internal readonly struct ReluLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) =>
        Vector256.BitwiseAnd(x, Vector256.GreaterThan(x, Vector256<float>.Zero));
}

/// <summary>x for x ≥ 0, <see cref="Architecture.LeakySlope"/>·x below.</summary>
internal readonly struct LeakyReluLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => Vector256.ConditionalSelect(
        Vector256.LessThan(x, Vector256<float>.Zero), x * Vector256.Create((float)Architecture.LeakySlope), x);
}
