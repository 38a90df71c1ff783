using System.Globalization;
using System.Runtime.CompilerServices;

namespace Glasswright.Kernels.Devices;

/// <summary>Memory of a device: values of one type that kernels read and write, zero at first.</summary>
internal sealed unsafe class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly DeviceQueue _queue;
    private readonly MemoryHandle _memory;

    /// <summary>Takes room for <paramref name="length"/> values.</summary>
    /// <exception cref="DeviceException">The device has not so much memory.</exception>
    public DeviceBuffer(DeviceQueue queue, long length)
    {
        _queue = queue;
        Length = length;
        long bytes = checked(Math.Max(length, 1) * Unsafe.SizeOf<T>());
        int status;
        nint memory = OpenCl.clCreateBuffer(queue.Context, OpenCl.MemReadWrite, (nuint)bytes, null, &status);
        DeviceException.Check(
            status, nameof(OpenCl.clCreateBuffer), status == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes of {queue.Device.Memory} on {queue.Device.Name}"));
        _memory = new MemoryHandle(memory);
        byte zero = 0;
        DeviceException.Check(
            OpenCl.clEnqueueFillBuffer(queue.Queue, memory, &zero, 1, 0, (nuint)bytes, 0, null, null), nameof(OpenCl.clEnqueueFillBuffer));
    }

    /// <summary>Number of values.</summary>
    public long Length { get; }

    /// <summary>OpenCL's name of it.</summary>
    public nint Handle => _memory.DangerousGetHandle();

    /// <summary>Copies values to the device, from <paramref name="at"/> on; the host's memory is free again on return.</summary>
    public void Write(ReadOnlySpan<T> values, long at = 0)
    {
        Require(at, values.Length);
        fixed (T* from = values)
        {
            DeviceException.Check(
                OpenCl.clEnqueueWriteBuffer(_queue.Queue, Handle, OpenCl.True, Bytes(at), Bytes(values.Length), from, 0, null, null),
                nameof(OpenCl.clEnqueueWriteBuffer));
        }
    }

    /// <summary>Waits for all that was enqueued and copies values to the host.</summary>
    public void Read(Span<T> values, long at = 0)
    {
        Require(at, values.Length);
        fixed (T* to = values)
        {
            DeviceException.Check(
                OpenCl.clEnqueueReadBuffer(_queue.Queue, Handle, OpenCl.True, Bytes(at), Bytes(values.Length), to, 0, null, null),
                nameof(OpenCl.clEnqueueReadBuffer));
        }
    }

    /// <summary>Enqueues a copy of values of this buffer to another.</summary>
    public void CopyTo(DeviceBuffer<T> other, long from, long to, long count)
    {
        Require(from, count);
        other.Require(to, count);
        DeviceException.Check(
            OpenCl.clEnqueueCopyBuffer(_queue.Queue, Handle, other.Handle, Bytes(from), Bytes(to), Bytes(count), 0, null, null),
            nameof(OpenCl.clEnqueueCopyBuffer));
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static nuint Bytes(long values) => (nuint)(values * Unsafe.SizeOf<T>());

    private void Require(long at, long count)
    {
        if (at < 0 || at + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(at), $"{count} values from {at} on do not lie within {Length}.");
        }
    }
}
