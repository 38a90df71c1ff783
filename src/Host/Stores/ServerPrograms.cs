using System.Globalization;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>Where PostgreSQL's programs lie on this machine.</summary>
/// <param name="Folder">The folder that holds all of them.</param>
/// <param name="Version">As <c>postgres --version</c> tells it, such as 15.8.</param>
internal sealed record ServerPrograms(string Folder, string Version)
{
    /// <summary>Where Debian and Ubuntu put them, a folder for each major version.</summary>
    public const string DebianFolder = "/usr/lib/postgresql";

    private static readonly string[] Names = ["initdb", "pg_ctl", "postgres"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes a data folder.</summary>
    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Starts and stops a server.</summary>
    public string Control => Path.Combine(Folder, "pg_ctl");

    /// <summary>The server.</summary>
    public string Server => Path.Combine(Folder, "postgres");

    /// <summary>The part of the version that a data folder belongs to.</summary>
    public string Major => Version.Split('.')[0];

    /// <summary>
    /// Finds the programs: in the folder that the user names, else in a folder of PATH, else in the newest of Debian's folders.
    /// </summary>
    /// <param name="named">The folder of <c>--binaries</c>; null for none.</param>
    /// <param name="major">The major version that a data folder was made by; null where any will do.</param>
    /// <exception cref="InputException">There are none, or none of that version.</exception>
    public static ServerPrograms Find(string? named, string? major = null)
    {
        IEnumerable<string> folders = named is not null
            ? [Path.GetFullPath(named)]
            : Candidates(Environment.GetEnvironmentVariable("PATH") ?? "", DebianFolder);
        string? otherVersion = null;
        foreach (string folder in folders.Where(HoldsAll))
        {
            ServerPrograms programs = Ask(folder);
            if (major is null || programs.Major == major)
            {
                return programs;
            }

            otherVersion ??= $"{programs.Version} in {folder}";
        }

        if (otherVersion is not null)
        {
            throw new InputException(
                "the store was made by another version of PostgreSQL",
                expected: $"PostgreSQL {major} (Debian package postgresql-{major}), or --binaries DIR with its programs",
                found: otherVersion);
        }

        throw new InputException(
            "PostgreSQL's programs are not found",
            file: named,
            expected: named is not null ? "a folder with initdb, pg_ctl and postgres" : $"initdb, pg_ctl and postgres in one folder of PATH, in {DebianFolder}/*/bin (Debian package postgresql) or in --binaries DIR");
    }

    /// <summary>Folders to look into, the first to be preferred.</summary>
    /// <param name="path">The variable PATH.</param>
    /// <param name="debian">The folder with a folder for each major version.</param>
    public static IEnumerable<string> Candidates(string path, string debian)
    {
        IEnumerable<string> versions = Directory.Exists(debian) ? Directory.EnumerateDirectories(debian) : [];
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).Concat(versions
            .Select(folder => (Folder: folder, Version: decimal.TryParse(
                Path.GetFileName(folder), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal version) ? version : -1))
            .OrderByDescending(entry => entry.Version)
            .Select(entry => Path.Combine(entry.Folder, "bin")));
    }

    private static bool HoldsAll(string folder) => Names.All(name => File.Exists(Path.Combine(folder, name)));

    private static ServerPrograms Ask(string folder)
    {
        // "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"
        string answer = ChildProcess.Run([Path.Combine(folder, "postgres"), "--version"], null, Patience).RequireSuccess().Output;
        string? version = answer.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim())
            .FirstOrDefault(word => char.IsAsciiDigit(word[0]));
        return new ServerPrograms(folder, version ?? throw new IOException($"{folder}/postgres tells no version: {answer.Trim()}"));
    }
}
