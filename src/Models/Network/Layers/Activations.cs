using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network.Layers;

/// <summary>An activation and its derivative, eight lanes at a time, and in double; kernels take it as a type, so nothing is virtual.</summary>
internal interface IActivation
{
    /// <summary>act(x).</summary>
    static abstract Vector256<float> Value(Vector256<float> x);

    /// <summary>act'(x).</summary>
    static abstract Vector256<float> Slope(Vector256<float> x);

    /// <summary>act(x) in double.</summary>
    static abstract double Value(double x);

    /// <summary>act'(x) in double.</summary>
    static abstract double Slope(double x);
}

/// <summary>ln(1 + eˣ), slope 1/(1 + e⁻ˣ).</summary>
internal readonly struct SoftplusActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Value(Vector256<float> x) => Elementary.Softplus(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> x) => Elementary.Sigmoid(x);

    /// <inheritdoc/>
    public static double Value(double x) => Elementary.Softplus(x);

    /// <inheritdoc/>
    public static double Slope(double x) => Elementary.Sigmoid(x);
}

/// <summary>s = 1/(1 + e⁻ˣ), slope s (1 - s).</summary>
internal readonly struct SigmoidActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Value(Vector256<float> x) => Elementary.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> x)
    {
        Vector256<float> s = Elementary.Sigmoid(x);
        return s * (Vector256<float>.One - s);
    }

    /// <inheritdoc/>
    public static double Value(double x) => Elementary.Sigmoid(x);

    /// <inheritdoc/>
    public static double Slope(double x) => Value(x) * (1 - Value(x));
}

/// <summary>max(0, x), slope 0 at and below 0.</summary>
internal readonly struct ReluActivation : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Value(Vector256<float> x) =>
        Vector256.AndNot(x, Vector256.LessThan(x, Vector256<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> x) =>
        Vector256.GreaterThan(x, Vector256<float>.Zero) & Vector256<float>.One;

    /// <inheritdoc/>
    public static double Value(double x) => x < 0 ? 0 : x;

    /// <inheritdoc/>
    public static double Slope(double x) => x > 0 ? 1 : 0;
}

/// <summary>x above 0, x/100 below.</summary>
internal readonly struct LeakyReluActivation : IActivation
{
    private const float Leak = (float)Architecture.LeakySlope;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Value(Vector256<float> x) => x * Slope(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> x) => Vector256.ConditionalSelect(
        Vector256.GreaterThan(x, Vector256<float>.Zero), Vector256<float>.One, Vector256.Create(Leak));

    /// <inheritdoc/>
    public static double Value(double x) => x * Slope(x);

    /// <inheritdoc/>
    public static double Slope(double x) => x > 0 ? 1 : Architecture.LeakySlope;
}
