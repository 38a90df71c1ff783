namespace Glasswright.Kernels.Devices;

/// <summary>
/// A context on one device with one in-order queue: what is enqueued first is done first. Belongs to one thread. Buffers, programs and
/// kernels made of it must go before it.
/// </summary>
internal sealed unsafe class DeviceQueue : IDisposable
{
    private readonly ContextHandle _context;
    private readonly QueueHandle _queue;

    /// <summary>Opens the device.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public DeviceQueue(ComputeDevice device)
    {
        Device = device;
        nint handle = device.Handle;
        int status;
        nint context = OpenCl.clCreateContext(null, 1, &handle, 0, 0, &status);
        DeviceException.Check(status, nameof(OpenCl.clCreateContext), device.Name);
        _context = new ContextHandle(context);
        nint queue = OpenCl.clCreateCommandQueue(context, handle, 0, &status);
        if (status != 0)
        {
            _context.Dispose();
        }

        DeviceException.Check(status, nameof(OpenCl.clCreateCommandQueue), device.Name);
        _queue = new QueueHandle(queue);
    }

    /// <summary>The device.</summary>
    public ComputeDevice Device { get; }

    /// <summary>OpenCL's context.</summary>
    public nint Context => _context.DangerousGetHandle();

    /// <summary>OpenCL's queue.</summary>
    public nint Queue => _queue.DangerousGetHandle();

    /// <summary>Hands what is enqueued to the device, without waiting.</summary>
    public void Flush() => DeviceException.Check(OpenCl.clFlush(Queue), nameof(OpenCl.clFlush));

    /// <summary>Waits until all that was enqueued is done.</summary>
    public void Finish() => DeviceException.Check(OpenCl.clFinish(Queue), nameof(OpenCl.clFinish));

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _context.Dispose();
    }
}
