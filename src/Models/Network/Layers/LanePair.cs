using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Sixteen lanes in two vectors of eight: a whole cache line of each row, and two chains of operations that do not wait for
/// each other.
/// </summary>
internal readonly unsafe struct LanePair(Lanes8 low, Lanes8 high) : IColumnLanes<LanePair>
{
    private readonly Lanes8 _low = low;
    private readonly Lanes8 _high = high;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair Load(float* at) => new(Lanes8.Load(at), Lanes8.Load(at + 8));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair Create(float value) => new(Lanes8.Create(value), Lanes8.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair Select(float* row, int* indices, bool oneVector) =>
        new(Lanes8.Select(row, indices, oneVector), Lanes8.Select(row, indices + 8, oneVector));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair operator +(LanePair a, LanePair b) => new(a._low + b._low, a._high + b._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair operator -(LanePair a, LanePair b) => new(a._low - b._low, a._high - b._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair operator *(LanePair a, LanePair b) => new(a._low * b._low, a._high * b._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair operator /(LanePair a, LanePair b) => new(a._low / b._low, a._high / b._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair Fused(LanePair a, LanePair b, LanePair c) =>
        new(Lanes8.Fused(a._low, b._low, c._low), Lanes8.Fused(a._high, b._high, c._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair WhereNegative(LanePair x, LanePair yes, LanePair no) =>
        new(Lanes8.WhereNegative(x._low, yes._low, no._low), Lanes8.WhereNegative(x._high, yes._high, no._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair WherePositive(LanePair x, LanePair yes, LanePair no) =>
        new(Lanes8.WherePositive(x._low, yes._low, no._low), Lanes8.WherePositive(x._high, yes._high, no._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair Magnitude(LanePair x, float largest) =>
        new(Lanes8.Magnitude(x._low, largest), Lanes8.Magnitude(x._high, largest));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair AddExponent(LanePair p, LanePair rounded) =>
        new(Lanes8.AddExponent(p._low, rounded._low), Lanes8.AddExponent(p._high, rounded._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* at)
    {
        _low.Store(at);
        _high.Store(at + 8);
    }
}
