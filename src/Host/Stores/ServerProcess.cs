using System.Globalization;

namespace Glasswright.Host.Stores;

/// <summary>
/// The server's process as the operating system knows it. Its number stands in <c>data/postmaster.pid</c>; a server that was killed
/// leaves the file behind, and the number may belong to another program by now.
/// </summary>
internal static class ServerProcess
{
    private const string Name = "postgres";

    /// <summary>Where the server notes its number.</summary>
    public static string PidFile(StoreFolder folder) => Path.Combine(folder.Data, "postmaster.pid");

    /// <summary>The number of the running server; null where there is none.</summary>
    public static int? Find(StoreFolder folder) => Noted(folder) is { } number && Serves(number, folder, whereUnknown: true) ? number : null;

    /// <summary>The number that the file holds, of a living server or a dead one.</summary>
    public static int? Noted(StoreFolder folder)
    {
        try
        {
            return int.TryParse(File.ReadLines(PidFile(folder)).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether some process, a zombie too, has a number.</summary>
    public static bool Exists(int number) => Directory.Exists($"/proc/{number}");

    /// <summary>The processes that a dead server left and that still work in its data folder.</summary>
    public static IReadOnlyList<int> Orphans(StoreFolder folder) =>
    [
        .. from path in Directory.EnumerateDirectories("/proc")
           let number = int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0
           where number > 0 && Serves(number, folder, whereUnknown: false)
           select number,
    ];

    // The server's processes are called postgres and work in the data folder. Root may be forbidden to see the latter of another user
    // (in a container); the name decides then, for the one process that the file notes. A zombie has no folder: it serves nobody.
    private static bool Serves(int number, StoreFolder folder, bool whereUnknown)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{number}/stat");
            int open = status.IndexOf('(', StringComparison.Ordinal), close = status.LastIndexOf(')');
            if (status[(open + 1)..close] != Name || status[close + 2] is 'Z' or 'X')
            {
                return false;
            }

            string? works = new FileInfo($"/proc/{number}/cwd").LinkTarget;
            return works is null ? whereUnknown : works == RealPath(folder.Data);
        }
        catch (UnauthorizedAccessException)
        {
            return whereUnknown;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // As the kernel tells it: links in any part of the path followed.
    private static string RealPath(string path)
    {
        string real = "/";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true) is { } target ? RealPath(target.FullName) : next;
        }

        return real;
    }
}
