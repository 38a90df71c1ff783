using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Commands;

/// <summary>Checks where results are to go before the work that makes them.</summary>
internal static class OutputFile
{
    /// <summary>Requires that a file of this name can be written; leaves nothing behind.</summary>
    /// <exception cref="InputException">It is a folder, a device or a pipe; its folder is missing or not writable.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException("is a folder", file: path, expected: "the name of a file to write");
        }

        AtomicFile.RequireReplaceable(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new InputException("the folder to write into does not exist", file: path, expected: "an existing folder", found: folder);
        }

        Probe(folder, path);
    }

    /// <summary>Requires an extension out of a list, and that the file can be written.</summary>
    /// <exception cref="InputException">It has another extension, or cannot be written.</exception>
    public static void RequireWritable(string path, params string[] extensions)
    {
        string extension = Path.GetExtension(path);
        if (!extensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
        {
            throw new InputException(
                "the extension does not tell what to write",
                file: path,
                expected: string.Join(" or ", extensions),
                found: extension.Length > 0 ? $"'{extension}'" : "no extension",
                nearest: extension.Length > 1 ? NearestName.Find(extension, extensions) : null);
        }

        RequireWritable(path);
    }

    /// <summary>Requires that a folder exists or can be made, and can be written into; makes nothing.</summary>
    /// <exception cref="InputException">It is a file, or its nearest existing parent is not writable.</exception>
    public static void RequireWritableFolder(string path)
    {
        string full = Path.GetFullPath(path);
        for (string? folder = full; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
            {
                throw new InputException("is a file", file: path, expected: "a folder to write into", found: folder);
            }

            if (Directory.Exists(folder))
            {
                Probe(folder, path);
                return;
            }
        }
    }

    private static void Probe(string folder, string path)
    {
        try
        {
            string name = Path.Combine(folder, $".glasswright-{Guid.NewGuid():N}.probe");
            using var probe = new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            throw new InputException("may not be written", file: path, expected: "a folder with write permission", found: folder, inner: denied);
        }
    }
}
