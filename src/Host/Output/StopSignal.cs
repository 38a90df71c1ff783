using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Glasswright.Host.Output;

/// <summary>
/// The wish of the user that a command ends: the first SIGINT or SIGTERM cancels <see cref="Token"/>, so that the command can
/// write what it has; a second Ctrl-C ends the process at once with exit code 130.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>Exit code of a process that the second Ctrl-C ended.</summary>
    public const int InterruptedExitCode = 130;

    /// <summary>
    /// A second SIGINT within this time is the same wish: a shell and a supervisor may both pass one Ctrl-C on.
    /// </summary>
    private static readonly TimeSpan EchoTime = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private long _firstAt; // under _lock; 0 until the first signal

    private StopSignal()
    {
    }

    /// <summary>Canceled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Takes over SIGINT and SIGTERM of this process until disposed.</summary>
    public static StopSignal Listen()
    {
        var signal = new StopSignal();
        signal._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal.Receive));
        signal._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal.Receive));
        return signal;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_firstAt != 0)
            {
                if (context.Signal == PosixSignal.SIGINT && Stopwatch.GetElapsedTime(_firstAt) > EchoTime)
                {
                    Environment.Exit(InterruptedExitCode);
                }

                return;
            }

            _firstAt = Stopwatch.GetTimestamp();
        }

        // Outside of the lock: what hangs on the token runs on this thread, and a second Ctrl-C must get through meanwhile.
        _source.Cancel();
    }
}
