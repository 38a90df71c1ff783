using System.Runtime.ExceptionServices;

namespace Glasswright.Kernels.Devices;

/// <summary>What one thread wants of a <see cref="DeviceThread{TQuestion}"/>: one thing at a time. Reused by its thread.</summary>
internal abstract class DeviceQuestion : IDisposable
{
    private readonly SemaphoreSlim _answered = new(0);

    /// <summary>What went wrong on the device's thread.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called by the device's thread: the answer stands.</summary>
    public void Answer() => _answered.Release();

    /// <summary>Called by the thread that asked.</summary>
    /// <exception cref="InputException">What was asked cannot be done on this device.</exception>
    public void Wait()
    {
        _answered.Wait(CancellationToken.None);
        if (Failure is InputException input)
        {
            ExceptionDispatchInfo.Throw(input);
        }

        if (Failure is { } failure)
        {
            throw new InvalidOperationException($"The device failed: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the question holds.</summary>
    protected virtual void Dispose(bool disposing) => _answered.Dispose();
}
