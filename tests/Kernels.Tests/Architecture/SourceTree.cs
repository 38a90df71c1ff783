using System.Text.RegularExpressions;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Architecture;

/// <summary>The C# files of the working tree, without what a build left there.</summary>
internal static partial class SourceTree
{
    /// <summary>Files below the folders, as paths from the root with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(params string[] folders) =>
    [
        .. folders
            .Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    /// <summary>The text without comments and without what stands in plain string literals.</summary>
    public static string Code(string text) =>
        CommentOrString().Replace(text, match => match.Value.StartsWith('/') ? " " : "\"\"");

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrString();
}
