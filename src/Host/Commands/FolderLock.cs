using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>Held while a command works in its folder, so that a second one does not write the same files. The system releases it when its holder dies.</summary>
internal static class FolderLock
{
    private const string Name = ".lock";
    private const string Expected = "to wait for its end, or --out with another folder";

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <returns>What releases it; the file stays.</returns>
    /// <exception cref="InputException">Another process holds it.</exception>
    public static IDisposable Take(string folder) =>
        Open(Path.Combine(folder, Name), FileOptions.None, "another process works in this folder", folder);

    /// <summary>Takes a lock in an existing folder whose file goes when it is released.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is the matter where another process holds it.</param>
    /// <param name="subject">The file or folder that the message names.</param>
    /// <exception cref="InputException">Another process holds it.</exception>
    public static IDisposable TakeFile(string path, string problem, string subject) => Open(path, FileOptions.DeleteOnClose, problem, subject);

    private static FileStream Open(string path, FileOptions options, string problem, string subject)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options);
        }
        catch (Exception held) when (held is UnauthorizedAccessException || (held is IOException and not (DirectoryNotFoundException or FileNotFoundException)))
        {
            throw new InputException(problem, file: subject, expected: Expected, inner: held);
        }
    }
}
