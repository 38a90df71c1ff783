using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>Σ a and Σ a·b of eight columns in double; a product of two singles is exact there.</summary>
internal unsafe struct MomentSums
{
    private Vector256<double> _lowFirst;
    private Vector256<double> _highFirst;
    private Vector256<double> _lowSecond;
    private Vector256<double> _highSecond;

    /// <summary>Adds one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector256<float> a, Vector256<float> b)
    {
        (Vector256<double> aLow, Vector256<double> aHigh) = Vector256.Widen(a);
        (Vector256<double> bLow, Vector256<double> bHigh) = Vector256.Widen(b);
        _lowFirst += aLow;
        _highFirst += aHigh;
        _lowSecond = Vector256.FusedMultiplyAdd(aLow, bLow, _lowSecond);
        _highSecond = Vector256.FusedMultiplyAdd(aHigh, bHigh, _highSecond);
    }

    /// <summary>Writes the first sums at <paramref name="sums"/>, the second <paramref name="distance"/> further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(double* sums, int distance)
    {
        _lowFirst.Store(sums);
        _highFirst.Store(sums + 4);
        _lowSecond.Store(sums + distance);
        _highSecond.Store(sums + distance + 4);
    }
}
