using System.Text;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>
/// Where the text being parsed comes from and where its fields go: the source, the path at which it is included, and
/// the files that are being read around it.
/// </summary>
internal sealed class ParseScope
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] KnownExtensions = [".json", ".conf"];

    private readonly IReadOnlyList<string> _files;

    private ParseScope(
        Origin origin, IReadOnlyList<string>? path, IReadOnlyList<IReadOnlyList<string>> bases, IReadOnlyList<string> files)
    {
        Origin = origin;
        Path = path;
        Bases = bases;
        _files = files;
    }

    /// <summary>The source; its lines are filled in by the parser.</summary>
    public Origin Origin { get; }

    /// <summary>The path below which the fields of this source lie; null inside a list, where nothing has a path.</summary>
    public IReadOnlyList<string>? Path { get; }

    /// <summary>The paths below which substitutions of this source are looked up, innermost first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Bases { get; }

    /// <summary>The scope of a text that is no file: an override, an embedded resource, a test.</summary>
    public static ParseScope OfText(Origin origin) => new(origin, [], [[]], []);

    /// <summary>Reads and parses a file.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="workingDirectory">The folder that a relative name starts from.</param>
    /// <exception cref="Kernels.InputException">The file cannot be read, is not UTF-8, or is not HOCON.</exception>
    public static Syntax ReadFile(string file, string workingDirectory)
    {
        string fullPath = System.IO.Path.GetFullPath(file, workingDirectory);
        string text = ReadText(fullPath, file, blame: null);
        return Parser.ParseDocument(text, new ParseScope(OriginOf(file, fullPath), [], [[]], [fullPath]));
    }

    /// <summary>
    /// The objects that an include statement stands for: one, or two where a name without extension has a .json and a
    /// .conf file. A file that does not exist is an error (a named deviation: the specification ignores it silently).
    /// </summary>
    /// <param name="name">The file name in the statement, relative to the including file.</param>
    /// <param name="statement">Where the statement stands.</param>
    /// <param name="path">The path of the object that it stands in; null inside a list.</param>
    public IEnumerable<ObjectSyntax> Include(string name, Origin statement, IReadOnlyList<string>? path)
    {
        foreach (string candidate in Candidates(name, statement))
        {
            string fullPath = System.IO.Path.GetFullPath(candidate, statement.Directory);
            string? folder = System.IO.Path.GetDirectoryName(Origin.Source);
            string shown = string.IsNullOrEmpty(folder) ? candidate : System.IO.Path.Combine(folder, candidate);
            if (_files.Contains(fullPath, StringComparer.Ordinal))
            {
                throw statement.Fault(
                    "the includes form a loop",
                    expected: "files that do not include themselves",
                    found: string.Join(" -> ", _files.Append(fullPath).Select(System.IO.Path.GetFileName)));
            }

            string text = ReadText(fullPath, shown, statement);
            IReadOnlyList<IReadOnlyList<string>> bases = path is null || path.Count == 0 ? Bases : [path, .. Bases];
            var scope = new ParseScope(OriginOf(shown, fullPath), path, bases, [.. _files, fullPath]);
            if (Parser.ParseDocument(text, scope) is not ObjectSyntax included)
            {
                throw statement.Fault("an included file holds a list", expected: "fields, as in an object", found: shown);
            }

            yield return included;
        }
    }

    private static string[] Candidates(string name, Origin statement)
    {
        string fullPath = System.IO.Path.GetFullPath(name, statement.Directory);
        if (System.IO.Path.HasExtension(name) || File.Exists(fullPath))
        {
            return [name];
        }

        string[] existing = [.. KnownExtensions.Where(extension => File.Exists(fullPath + extension)).Select(e => name + e)];
        return existing.Length > 0 ? existing : [name];
    }

    private static Origin OriginOf(string shown, string fullPath) =>
        new(shown, 1, System.IO.Path.GetDirectoryName(fullPath)!);

    private static string ReadText(string fullPath, string shown, Origin? blame)
    {
        try
        {
            return StrictUtf8.GetString(File.ReadAllBytes(fullPath));
        }
        catch (DecoderFallbackException e)
        {
            throw new Kernels.InputException("the file is not UTF-8 text", shown, expected: "UTF-8", inner: e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw blame is null
                ? new Kernels.InputException(
                    "the configuration file does not exist", shown, expected: "an existing file", nearest: Kernels.Formats.NearestName.FindFile(fullPath), inner: e)
                : blame.Fault("an included file does not exist", expected: "a file beside this one", found: shown, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw (blame ?? new Origin(shown, null, ".")).Fault("a configuration file cannot be read", found: $"{shown} ({e.Message})", inner: e);
        }
    }
}
