using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Glasswright.Models.Network.Layers;

/// <summary>Σ a and Σ a·b of eight columns in double; a product of two singles is exact there.</summary>
internal unsafe struct MomentSums
{
    private Vector512<double> _first;
    private Vector512<double> _second;

    /// <summary>Adds one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector256<float> a, Vector256<float> b)
    {
        Vector512<double> first = Widen(a);
        _first += first;
        _second = Vector512.FusedMultiplyAdd(first, Widen(b), _second);
    }

    /// <summary>Writes the first sums at <paramref name="sums"/>, the second <paramref name="distance"/> further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(double* sums, int distance)
    {
        _first.Store(sums);
        _second.Store(sums + distance);
    }

    // One instruction on a machine with vectors of 512 bits, two conversions elsewhere; exact on both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(Vector256<float> a) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(a)
        : Vector512.Create(Vector256.WidenLower(a), Vector256.WidenUpper(a));
}
