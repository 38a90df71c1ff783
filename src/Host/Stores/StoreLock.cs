using System.Diagnostics;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>
/// Held while a server is started or stopped: of two that do so at once the second finds what the first has done. The system releases
/// it when its holder dies.
/// </summary>
internal static class StoreLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the lock.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="patience">How long to wait.</param>
    /// <returns>What releases it.</returns>
    /// <exception cref="InputException">The folder belongs to another user.</exception>
    /// <exception cref="IOException">Somebody holds it for longer.</exception>
    public static IDisposable Take(StoreFolder folder, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException denied)
            {
                throw new InputException("may not be written", file: folder.Lock, expected: "to be run by the user that made the store", inner: denied);
            }
            catch (IOException held) when (held is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (Stopwatch.GetElapsedTime(start) > patience)
                {
                    throw new IOException(FormattableString.Invariant(
                        $"another process has been starting or stopping the server of {folder.Root} for {patience.TotalSeconds:G4} s"), held);
                }

                Thread.Sleep(Pause);
            }
        }
    }
}
