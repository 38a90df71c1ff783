using System.Runtime.CompilerServices;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network.Layers;

/// <summary>An activation and its derivative, over lanes and in double; kernels take it as a type, so nothing is virtual.</summary>
internal interface IActivation
{
    /// <summary>act(x).</summary>
    static abstract TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>;

    /// <summary>act'(x).</summary>
    static abstract TLanes Slope<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>;

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
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => ColumnFunctions.Softplus(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => ColumnFunctions.Sigmoid(x);

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
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => ColumnFunctions.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes>
    {
        TLanes s = ColumnFunctions.Sigmoid(x);
        return s * (TLanes.Create(1) - s);
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
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => TLanes.WhereNegative(x, TLanes.Create(0), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> =>
        TLanes.WherePositive(x, TLanes.Create(1), TLanes.Create(0));

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
    public static TLanes Value<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> => x * Slope(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Slope<TLanes>(TLanes x)
        where TLanes : struct, IColumnLanes<TLanes> =>
        TLanes.WherePositive(x, TLanes.Create(1), TLanes.Create(Leak));

    /// <inheritdoc/>
    public static double Value(double x) => x * Slope(x);

    /// <inheritdoc/>
    public static double Slope(double x) => x > 0 ? 1 : Architecture.LeakySlope;
}
