using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Some columns of a row side by side. A kernel written over this type runs on 8 or 16 lanes; every operation acts lane by
/// lane and rounds as IEEE 754 says, so the width leaves no trace in the bits.
/// </summary>
internal unsafe interface IColumnLanes<TSelf>
    where TSelf : struct, IColumnLanes<TSelf>
{
    /// <summary>Number of lanes, a multiple of 8.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> numbers.</summary>
    static abstract TSelf Load(float* at);

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Create(float value);

    /// <summary>row[indices[k]] for lane k; <paramref name="oneVector"/> where the row has eight numbers.</summary>
    static abstract TSelf Select(float* row, int* indices, bool oneVector);

    /// <summary>Sum.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Difference.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Product.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>Quotient.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf Fused(TSelf a, TSelf b, TSelf c);

    /// <summary>x &lt; 0 ? yes : no; a NaN is not below zero.</summary>
    static abstract TSelf WhereNegative(TSelf x, TSelf yes, TSelf no);

    /// <summary>x &gt; 0 ? yes : no; a NaN is not above zero.</summary>
    static abstract TSelf WherePositive(TSelf x, TSelf yes, TSelf no);

    /// <summary>|x|, at most <paramref name="largest"/>, compared as integers: a NaN gives <paramref name="largest"/>.</summary>
    static abstract TSelf Magnitude(TSelf x, float largest);

    /// <summary>p·2ⁿ with n in the low bits of <paramref name="rounded"/>, added to the bits of the exponent.</summary>
    static abstract TSelf AddExponent(TSelf p, TSelf rounded);

    /// <summary>Writes <see cref="Count"/> numbers.</summary>
    void Store(float* at);
}

/// <summary>Eight lanes in one vector.</summary>
internal readonly unsafe struct Lanes8(Vector256<float> value) : IColumnLanes<Lanes8>
{
    private readonly Vector256<float> _value = value;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* at) => new(Vector256.Load(at));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Create(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Select(float* row, int* indices, bool oneVector) => new(oneVector
        ? Vector256.ShuffleNative(Vector256.Load(row), Vector256.Load(indices))
        : Far(row, indices));

    /// <summary>row[indices[k]] for lane k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Far(float* row, int* indices) => Vector256.Create(
        row[indices[0]], row[indices[1]], row[indices[2]], row[indices[3]],
        row[indices[4]], row[indices[5]], row[indices[6]], row[indices[7]]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Fused(Lanes8 a, Lanes8 b, Lanes8 c) => new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WhereNegative(Lanes8 x, Lanes8 yes, Lanes8 no) => new(
        Vector256.ConditionalSelect(Vector256.LessThan(x._value, Vector256<float>.Zero), yes._value, no._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WherePositive(Lanes8 x, Lanes8 yes, Lanes8 no) => new(
        Vector256.ConditionalSelect(Vector256.GreaterThan(x._value, Vector256<float>.Zero), yes._value, no._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Magnitude(Lanes8 x, float largest) => new(Vector256.Min(
        Vector256.BitwiseAnd(x._value.AsUInt32(), Vector256.Create(0x7FFFFFFFU)), Vector256.Create(largest).AsUInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AddExponent(Lanes8 p, Lanes8 rounded) => new(
        (p._value.AsUInt32() + Vector256.ShiftLeft(rounded._value.AsUInt32(), 23)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* at) => _value.Store(at);
}

/// <summary>Sixteen lanes in one vector, where the machine has such vectors.</summary>
internal readonly unsafe struct Lanes16(Vector512<float> value) : IColumnLanes<Lanes16>
{
    private readonly Vector512<float> _value = value;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* at) => new(Vector512.Load(at));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Create(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Select(float* row, int* indices, bool oneVector)
    {
        if (oneVector)
        {
            var numbers = Vector256.Load(row);
            return new(Vector512.ShuffleNative(Vector512.Create(numbers, numbers), Vector512.Load(indices)));
        }

        // No call: it would drive every sum of the loop around it from its register.
        return new(Vector512.Create(Lanes8.Far(row, indices), Lanes8.Far(row, indices + 8)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Fused(Lanes16 a, Lanes16 b, Lanes16 c) =>
        new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WhereNegative(Lanes16 x, Lanes16 yes, Lanes16 no) => new(
        Vector512.ConditionalSelect(Vector512.LessThan(x._value, Vector512<float>.Zero), yes._value, no._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WherePositive(Lanes16 x, Lanes16 yes, Lanes16 no) => new(
        Vector512.ConditionalSelect(Vector512.GreaterThan(x._value, Vector512<float>.Zero), yes._value, no._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Magnitude(Lanes16 x, float largest) => new(Vector512.Min(
        Vector512.BitwiseAnd(x._value.AsUInt32(), Vector512.Create(0x7FFFFFFFU)), Vector512.Create(largest).AsUInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AddExponent(Lanes16 p, Lanes16 rounded) => new(
        (p._value.AsUInt32() + Vector512.ShiftLeft(rounded._value.AsUInt32(), 23)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* at) => _value.Store(at);
}
