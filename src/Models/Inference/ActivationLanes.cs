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

    /// <summary>
    /// act of four vectors in place, to the same bits. A long chain of multiplications keeps the units busy only if several
    /// run side by side, and the processor looks too few operations ahead to find them.
    /// </summary>
    static abstract void Apply(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d);
}

/// <summary>ln(1 + eˣ) by <see cref="ExponentialLanes"/>.</summary>
internal readonly struct SoftplusLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => ExponentialLanes.Softplus(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d) =>
        ExponentialLanes.Softplus(ref a, ref b, ref c, ref d);
}

/// <summary>1/(1 + e⁻ˣ).</summary>
internal readonly struct SigmoidLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => Elementary.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d) =>
        (a, b, c, d) = (Apply(a), Apply(b), Apply(c), Apply(d));
}

/// <summary>max(0, x).</summary>
internal readonly struct ReluLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) =>
        Vector256.BitwiseAnd(x, Vector256.GreaterThan(x, Vector256<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d) =>
        (a, b, c, d) = (Apply(a), Apply(b), Apply(c), Apply(d));
}

/// <summary>x for x ≥ 0, <see cref="Architecture.LeakySlope"/>·x below.</summary>
internal readonly struct LeakyReluLanes : IActivationLanes
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> x) => Vector256.ConditionalSelect(
        Vector256.LessThan(x, Vector256<float>.Zero), x * Vector256.Create((float)Architecture.LeakySlope), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d) =>
        (a, b, c, d) = (Apply(a), Apply(b), Apply(c), Apply(d));
}
