using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Σ a and Σ a·b of some columns over a strip of rows: single precision within the strip, the strips of a block in double.
/// Squares are summed about a pivot, the strip's first row, so that a mean far from zero does not cancel the variance away:
/// Σ x = Σ d + n·p, Σ x² = Σ d² + 2p·Σ d + n·p² with d = x - p, the right sides in double.
/// </summary>
internal unsafe struct MomentSums<TLanes>
    where TLanes : struct, IColumnLanes<TLanes>
{
    private readonly TLanes _pivot;
    private TLanes _first;
    private TLanes _second;

    /// <summary>Sums of numbers x about <paramref name="pivot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MomentSums(TLanes pivot)
    {
        _pivot = pivot;
    }

    /// <summary>Adds one row's x and x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TLanes x)
    {
        TLanes d = x - _pivot;
        _first += d;
        _second = TLanes.Fused(d, d, _second);
    }

    /// <summary>Adds one row's a and a·b; the pivot must be zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TLanes a, TLanes b)
    {
        _first += a;
        _second = TLanes.Fused(a, b, _second);
    }

    /// <summary>Adds the strip to the block's sums, the second ones <paramref name="distance"/> further on.</summary>
    /// <param name="sums">The block's sums of these columns.</param>
    /// <param name="distance">Where the second sums begin.</param>
    /// <param name="rows">Rows that were added.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    public readonly void AddTo(double* sums, int distance, int rows)
    {
        // Stored here and added elsewhere: with its address taken the struct would not stay in registers while rows are added.
        StripSums strip;
        float* at = (float*)&strip;
        _pivot.Store(at);
        _first.Store(at + TLanes.Count);
        _second.Store(at + (2 * TLanes.Count));
        StripSums.AddTo(at, TLanes.Count, sums, distance, rows);
    }
}

/// <summary>Pivots, Σ d and Σ d² of up to sixteen columns of a strip, in single precision.</summary>
internal unsafe struct StripSums
{
    private const int Capacity = 48;
    private fixed float _values[Capacity];

    /// <summary>Adds the sums of a strip, [3, columns], to those of its block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddTo(float* strip, int columns, double* sums, int distance, int rows)
    {
        var n = Vector256.Create((double)rows);
        for (int k = 0; k < columns; k += 4)
        {
            Vector256<double> p = Widen(strip + k);
            Vector256<double> s = Widen(strip + columns + k);
            Vector256<double> q = Widen(strip + (2 * columns) + k);
            Vector256<double> np = n * p;
            q = Vector256.FusedMultiplyAdd(p, s + s + np, q);
            (Vector256.Load(sums + k) + (s + np)).Store(sums + k);
            (Vector256.Load(sums + distance + k) + q).Store(sums + distance + k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Widen(float* at) => Vector256.WidenLower(Vector128.Load(at).ToVector256());
}
