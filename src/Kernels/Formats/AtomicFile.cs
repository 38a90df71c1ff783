using System.Runtime.InteropServices;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Writes a file so that a reader sees either the old content or the whole new one, whatever happens in between: the
/// bytes go to a temporary file in the same folder, are forced to the disk, and take the name by a rename. The folder is
/// forced too (on Unix), so the rename survives a power cut.
/// </summary>
internal static partial class AtomicFile
{
    private const int OpenReadOnly = 0;

    // statx(2): the kernel's own layout, the same on every architecture.
    private const int CurrentFolder = -100, StatxType = 1, StatxBytes = 256, StatxModeAt = 28;
    private const int TypeMask = 0xF000, RegularType = 0x8000, FolderType = 0x4000;

    /// <summary>
    /// Replaces or creates <paramref name="path"/> with what <paramref name="write"/> puts into the stream. If that fails,
    /// the temporary file is removed, the old file stays as it was, and the failure goes on to the caller.
    /// </summary>
    /// <param name="path">The file; a symbolic link is followed to the file that it names.</param>
    /// <param name="write">Fills the stream; it need not flush it.</param>
    /// <exception cref="InputException">
    /// The folder does not exist or may not be written, or the path is a folder, a device or a pipe.
    /// </exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = ResolveTarget(path);
        string folder = Path.GetDirectoryName(target)!;
        RequireReplaceable(path);
        if (Directory.Exists(target))
        {
            throw new InputException("is a folder", file: path, expected: "the name of a file to write");
        }

        if (!Directory.Exists(folder))
        {
            throw new InputException("the folder to write into does not exist", file: path, expected: "an existing folder", found: folder);
        }

        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (UnauthorizedAccessException denied)
        {
            File.Delete(temporary);
            throw new InputException("may not be written", file: path, expected: "a folder and file with write permission", inner: denied);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        // Order matters: the entry of the folder can be forced only once the rename has made it.
        SyncFolder(folder);
    }

    /// <summary>
    /// Requires that <see cref="Write"/> would not put a file in the place of a device, pipe or socket: whoever names one wants
    /// the bytes to go through it, which a rename cannot do.
    /// </summary>
    /// <exception cref="InputException">It would.</exception>
    public static void RequireReplaceable(string path)
    {
        if (OperatingSystem.IsLinux() && TypeOf(ResolveTarget(path)) is not (null or RegularType or FolderType))
        {
            throw new InputException("is a device or a pipe", file: path, expected: "the name of a file to write");
        }
    }

    /// <summary>The type bits of what lies at a path; null if that is nothing, or cannot be told.</summary>
    private static int? TypeOf(string path)
    {
        Span<byte> status = stackalloc byte[StatxBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, StatxType, status) == 0
                ? System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(status[StatxModeAt..]) & TypeMask
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return null;
        }
    }

    private static string ResolveTarget(string path)
    {
        string full = Path.GetFullPath(path);
        FileSystemInfo? link = new FileInfo(full).LinkTarget is null ? null : File.ResolveLinkTarget(full, returnFinalTarget: true);
        return link?.FullName ?? full;
    }

    /// <summary>Forces a folder's entries to the disk. Some file systems refuse that; the file's bytes are safe there all the same.</summary>
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, OpenReadOnly);
        if (descriptor >= 0)
        {
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, int mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
