using Microsoft.Win32.SafeHandles;

namespace Glasswright.Kernels.Devices;

/// <summary>A context, released once.</summary>
internal sealed class ContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Takes the handle over.</summary>
    public ContextHandle(nint handle)
        : this() => SetHandle(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OpenCl.clReleaseContext(handle) == 0;
}

/// <summary>A command queue, released once.</summary>
internal sealed class QueueHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Takes the handle over.</summary>
    public QueueHandle(nint handle)
        : this() => SetHandle(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OpenCl.clReleaseCommandQueue(handle) == 0;
}

/// <summary>A memory object, released once.</summary>
internal sealed class MemoryHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Takes the handle over.</summary>
    public MemoryHandle(nint handle)
        : this() => SetHandle(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OpenCl.clReleaseMemObject(handle) == 0;
}

/// <summary>A program, released once.</summary>
internal sealed class ProgramHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Takes the handle over.</summary>
    public ProgramHandle(nint handle)
        : this() => SetHandle(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OpenCl.clReleaseProgram(handle) == 0;
}

/// <summary>A kernel, released once.</summary>
internal sealed class KernelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>Takes the handle over.</summary>
    public KernelHandle(nint handle)
        : this() => SetHandle(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => OpenCl.clReleaseKernel(handle) == 0;
}
