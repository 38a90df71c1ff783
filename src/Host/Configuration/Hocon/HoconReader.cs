namespace Glasswright.Host.Configuration.Hocon;

/// <summary>Reads one HOCON source on its own, substitutions resolved within it and the environment.</summary>
internal static class HoconReader
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="environment">Environment variables; none when left out.</param>
    /// <exception cref="Kernels.InputException">The text is not HOCON.</exception>
    public static ConfigNode ReadText(string text, string source = "text", Func<string, string?>? environment = null)
    {
        string here = Directory.GetCurrentDirectory();
        return Resolve(Parser.ParseDocument(text, ParseScope.OfText(new Origin(source, 1, here))), environment ?? (_ => null), here);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="workingDirectory">The folder that a relative name starts from; the current one when left out.</param>
    /// <param name="environment">Environment variables; those of the process when left out.</param>
    /// <exception cref="Kernels.InputException">The file cannot be read or is not HOCON.</exception>
    public static ConfigNode ReadFile(string file, string? workingDirectory = null, Func<string, string?>? environment = null)
    {
        string here = workingDirectory ?? Directory.GetCurrentDirectory();
        return Resolve(ParseScope.ReadFile(file, here), environment ?? Environment.GetEnvironmentVariable, here);
    }

    private static ConfigNode Resolve(Syntax root, Func<string, string?> environment, string workingDirectory) => root switch
    {
        ArraySyntax array => SubstitutionResolver.Resolve(array, environment, workingDirectory),
        _ => SubstitutionResolver.Resolve((ObjectSyntax)root, environment, workingDirectory),
    };
}
