using System.Reflection;

namespace Glasswright.Host.Output;

/// <summary>What this build calls itself.</summary>
internal static class BuildInformation
{
    /// <summary>The version, with the commit behind a plus sign where the build knew it.</summary>
    public static string Version { get; } =
        typeof(BuildInformation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The commit, or null.</summary>
    public static string? Commit => Version.IndexOf('+', StringComparison.Ordinal) is int plus and >= 0 ? Version[(plus + 1)..] : null;
}
