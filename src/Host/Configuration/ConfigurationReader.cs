using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;

namespace Glasswright.Host.Configuration;

/// <summary>
/// Puts a configuration together: the reference configuration, over it the experiment file, over that the <c>-D</c>
/// overrides in their order. Only then are substitutions resolved, so that one may refer to what another source gives.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>The embedded reference configuration, also found as <c>config/reference.conf</c>.</summary>
    public const string ReferenceName = "reference.conf";

    /// <summary>Resolves a configuration.</summary>
    /// <param name="file">The experiment file, as the user named it; null for none.</param>
    /// <param name="overrides">The <c>path=value</c> of each <c>-D</c>.</param>
    /// <param name="workingDirectory">The folder that relative outputs and overrides start from; the current one when left out.</param>
    /// <param name="environment">Environment variables; those of the process when left out.</param>
    /// <param name="flags">Flags that stand for a setting each, with the <c>path=value</c> that they mean; over all others.</param>
    /// <exception cref="InputException">A source is not HOCON, a substitution has no value, or a setting is not usable.</exception>
    public static ResolvedConfiguration Resolve(
        string? file,
        IEnumerable<string>? overrides = null,
        string? workingDirectory = null,
        Func<string, string?>? environment = null,
        IEnumerable<(string Flag, string Assignment)>? flags = null)
    {
        string here = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        Func<string, string?> variables = environment ?? Environment.GetEnvironmentVariable;
        ObjectSyntax root = ReadReference(here);
        ConfigObject reference = SubstitutionResolver.Resolve(ReadReference(here), variables, here);
        if (file is not null)
        {
            root.Merge(ReadObject(file, here));
        }

        foreach (string assignment in overrides ?? [])
        {
            Override.Parse(assignment, here).ApplyTo(root);
        }

        foreach ((string flag, string assignment) in flags ?? [])
        {
            Override.Parse(assignment, here, flag).ApplyTo(root);
        }

        ConfigObject tree = SubstitutionResolver.Resolve(root, variables, here);
        var binder = new SettingBinder(reference, here);
        return new ResolvedConfiguration(binder.Bind<ExperimentSettings>(tree, []), tree, file);
    }

    /// <summary>
    /// Reads the architecture of a network from a file that holds nothing but an <c>architecture</c> group; what it leaves
    /// out has its default.
    /// </summary>
    /// <exception cref="InputException">The file is not HOCON, holds other keys, or describes no network.</exception>
    public static ArchitectureSettings ReadArchitecture(
        string file, string? workingDirectory = null, Func<string, string?>? environment = null)
    {
        string here = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        Func<string, string?> variables = environment ?? Environment.GetEnvironmentVariable;
        ConfigObject reference = SubstitutionResolver.Resolve(ReadReference(here), variables, here);
        ConfigObject tree = SubstitutionResolver.Resolve(ReadObject(file, here), variables, here);
        if (tree.FindField("architecture") is null)
        {
            throw new InputException("the file describes no network", file, expected: "architecture { … }");
        }

        return new SettingBinder(reference, here).Bind<ArchitectureFile>(tree, []).Architecture;
    }

    /// <summary>The text that <see cref="ReadArchitecture"/> reads back to equal settings.</summary>
    public static string WriteArchitecture(ArchitectureSettings architecture) =>
        HoconWriter.Write(SettingTree.From(new ArchitectureFile { Architecture = architecture }));

    /// <summary>The text of the reference configuration.</summary>
    public static string ReferenceText()
    {
        using Stream stream = typeof(ConfigurationReader).Assembly.GetManifestResourceStream(ReferenceName)
            ?? throw new InvalidOperationException("the reference configuration is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static ObjectSyntax ReadReference(string workingDirectory)
    {
        var origin = new Origin(ReferenceName, 1, workingDirectory);
        return (ObjectSyntax)Parser.ParseDocument(ReferenceText(), ParseScope.OfText(origin));
    }

    private static ObjectSyntax ReadObject(string file, string workingDirectory) =>
        ParseScope.ReadFile(file, workingDirectory) as ObjectSyntax
            ?? throw new InputException("the configuration is a list", file, expected: "settings such as search { trials = 400 }", found: "'['");
}

/// <summary>What a file with an architecture holds.</summary>
internal sealed record ArchitectureFile
{
    /// <summary>The network.</summary>
    public ArchitectureSettings Architecture { get; init; } = new();
}
