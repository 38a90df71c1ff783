using System.Runtime.CompilerServices;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// A block of numbers that never moves and starts on a cache line, so that kernels may keep its address. It grows and
/// never shrinks; growing loses the contents. The memory is the collector's (pinned heap): layers own dozens of these and
/// need no end of life.
/// </summary>
internal sealed unsafe class LayerBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private T[] _array = [];

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Number of elements there is room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>The first <paramref name="length"/> elements.</summary>
    public Span<T> Span(int length) => new(Pointer, length);

    /// <summary>Makes room for at least <paramref name="length"/> elements; new room holds zeros.</summary>
    /// <exception cref="OverflowException">The batch is too large for one buffer (2³¹ elements).</exception>
    public void Reserve(long length)
    {
        int wanted = checked((int)Math.Max(length, 1));
        if (wanted <= Capacity)
        {
            return;
        }

        // Batches of pieces, or of graphs with dropped edges, differ a little in size: what has grown once grows by an eighth more, so
        // that it does not leave an old block behind for each of them.
        wanted = Capacity == 0 ? wanted : (int)Math.Max(wanted, Math.Min((long)wanted + (wanted / 8), Array.MaxLength - Alignment));
        _array = [];
        _array = GC.AllocateArray<T>(wanted + (Alignment / sizeof(T)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref _array[0]);
        Pointer = (T*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
        Capacity = wanted;
    }

    /// <summary>Sets the first <paramref name="length"/> elements to zero.</summary>
    public void Clear(long length) => new Span<T>(Pointer, checked((int)length)).Clear();
}
