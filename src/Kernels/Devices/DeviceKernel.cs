using System.Runtime.CompilerServices;

namespace Glasswright.Kernels.Devices;

/// <summary>One kernel with its arguments. They stay until they are set anew, so that a launch in a loop sets only what changed.</summary>
internal sealed unsafe class DeviceKernel(DeviceQueue queue, string name, KernelHandle kernel) : IDisposable
{
    private nint Handle => kernel.DangerousGetHandle();

    /// <summary>Gives a buffer to the next argument from <paramref name="index"/>.</summary>
    public DeviceKernel Set<T>(int index, DeviceBuffer<T> buffer)
        where T : unmanaged
    {
        nint memory = buffer.Handle;
        DeviceException.Check(OpenCl.clSetKernelArg(Handle, (uint)index, (nuint)nint.Size, &memory), nameof(OpenCl.clSetKernelArg), name);
        return this;
    }

    /// <summary>Gives a number to an argument.</summary>
    public DeviceKernel Set<T>(int index, T value)
        where T : unmanaged
    {
        DeviceException.Check(OpenCl.clSetKernelArg(Handle, (uint)index, (nuint)Unsafe.SizeOf<T>(), &value), nameof(OpenCl.clSetKernelArg), name);
        return this;
    }

    /// <summary>Gives an argument room for so many values in a group's local memory.</summary>
    public DeviceKernel SetLocal<T>(int index, int length)
        where T : unmanaged
    {
        DeviceException.Check(OpenCl.clSetKernelArg(Handle, (uint)index, (nuint)(length * Unsafe.SizeOf<T>()), null), nameof(OpenCl.clSetKernelArg), name);
        return this;
    }

    /// <summary>Enqueues groups × columns work-groups of <paramref name="group"/> work-items, without waiting.</summary>
    /// <param name="group">Work-items of a group, along the first direction.</param>
    /// <param name="groups">Groups along the first direction.</param>
    /// <param name="columns">Groups along the second.</param>
    public void Enqueue(int group, int groups, int columns = 1)
    {
        nuint* global = stackalloc nuint[2];
        nuint* local = stackalloc nuint[2];
        (global[0], global[1]) = ((nuint)group * (nuint)groups, (nuint)columns);
        (local[0], local[1]) = ((nuint)group, 1);
        DeviceException.Check(
            OpenCl.clEnqueueNDRangeKernel(queue.Queue, Handle, 2, null, global, local, 0, null, null), nameof(OpenCl.clEnqueueNDRangeKernel), name);
    }

    /// <inheritdoc/>
    public void Dispose() => kernel.Dispose();
}
