using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Glasswright.Kernels.Memory;

/// <summary>
/// A block of unmanaged memory at a 64-byte boundary, zeroed when made, that grows on demand and never shrinks. It belongs to
/// one owner; the pointer is valid until the next <see cref="EnsureCapacity"/> or the owner's end.
/// </summary>
internal sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    private T* _pointer;

    /// <summary>Makes room for <paramref name="capacity"/> values.</summary>
    public AlignedBuffer(int capacity = 0) => EnsureCapacity(capacity);

    ~AlignedBuffer() => Free();

    /// <summary>The first value.</summary>
    public T* Pointer => _pointer;

    /// <summary>How many values there is room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>The first <paramref name="length"/> values.</summary>
    public Span<T> Span(int length) => new(_pointer, length);

    /// <summary>Grows the block to at least <paramref name="capacity"/> values, keeping what it holds; new room is zero.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= Capacity)
        {
            return;
        }

        int wanted = Math.Max(capacity, checked((int)Math.Min(int.MaxValue, (long)Capacity * 5 / 4)));
        nuint bytes = (nuint)wanted * (nuint)Unsafe.SizeOf<T>();
        T* grown = (T*)NativeMemory.AlignedAlloc(bytes + Alignment, Alignment);
        NativeMemory.Clear(grown, bytes + Alignment);
        if (_pointer != null)
        {
            Span(Capacity).CopyTo(new Span<T>(grown, wanted));
            NativeMemory.AlignedFree(_pointer);
        }

        _pointer = grown;
        Capacity = wanted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        Capacity = 0;
    }
}
