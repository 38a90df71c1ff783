using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>Held while a command works in its folder, so that a second one does not write the same files. The system releases it when its holder dies.</summary>
internal static class FolderLock
{
    private const string Name = ".lock";

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <returns>What releases it; the file stays.</returns>
    /// <exception cref="InputException">Another process holds it.</exception>
    public static IDisposable Take(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception held) when (held is UnauthorizedAccessException || (held is IOException and not (DirectoryNotFoundException or FileNotFoundException)))
        {
            throw new InputException("another process works in this folder", file: folder, expected: "to wait for its end, or --out with another folder", inner: held);
        }
    }
}
