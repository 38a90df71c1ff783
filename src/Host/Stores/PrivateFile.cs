using System.Text;

namespace Glasswright.Host.Stores;

/// <summary>
/// Writes files of a store's folder. They are never readable by others, not for a moment, and a link that stands in their place is
/// replaced, not followed: root may be writing into the folder of an ordinary user.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Creates a folder.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoWindows();
        }

        Directory.CreateDirectory(path, OwnerOnlyFolder);
    }

    /// <summary>Creates or replaces a file; a reader sees the old text or the new one.</summary>
    public static void Write(string path, string text)
    {
        if (OperatingSystem.IsWindows())
        {
            throw NoWindows();
        }

        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>As <see cref="Write"/>, and gives the file to an account; a file that holds the text already is left alone.</summary>
    public static void Update(string path, string text, ServerAccount account)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            Write(path, text);
            account.Give(path);
        }
    }

    private static PlatformNotSupportedException NoWindows() => new("A store's folder needs the rights of files that Unix has.");
}
