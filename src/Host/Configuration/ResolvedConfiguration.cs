using System.Security.Cryptography;
using System.Text;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Configuration;

/// <summary>A configuration with all its sources merged, substitutions resolved and settings checked.</summary>
/// <param name="settings">The settings.</param>
/// <param name="tree">The tree that they were bound from, with file and line of every value.</param>
/// <param name="file">The experiment file, as the user named it; null without one.</param>
internal sealed class ResolvedConfiguration(ExperimentSettings settings, ConfigObject tree, string? file)
{
    /// <summary>The experiment file, as the user named it; null without one.</summary>
    public string? File { get; } = file;

    /// <summary>The settings.</summary>
    public ExperimentSettings Settings { get; } = settings;

    /// <summary>The tree that the settings were bound from.</summary>
    public ConfigObject Tree { get; } = tree;

    /// <summary>
    /// The configuration as HOCON with every setting written out, paths absolute: what a run folder keeps as
    /// <c>config.conf</c>. Reading it back gives equal settings and, written again, the same text.
    /// </summary>
    public string ToHocon() => HoconWriter.Write(SettingTree.From(Settings));

    /// <summary>
    /// What decides the answer of a run, in one fixed spelling: a line for each setting, sorted by path. Settings that only
    /// say where or how fast it runs are left out, and an input file is replaced by what identifies its content.
    /// </summary>
    /// <param name="identifyInput">From an absolute path to its content's identity, such as its SHA-256.</param>
    public string ToCanonicalText(Func<string, string> identifyInput)
    {
        var lines = new List<string>();
        Collect(lines, [], SettingTree.OfRunId(Settings, identifyInput));
        lines.Sort(StringComparer.Ordinal);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>SHA-256 of <see cref="ToCanonicalText"/> in UTF-8, 64 lower-case hexadecimal digits.</summary>
    public string CanonicalHash(Func<string, string> identifyInput) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToCanonicalText(identifyInput))));

    /// <summary>The error of one setting, naming the file and line that gave it.</summary>
    /// <param name="path">The setting, such as <c>search.decider.model</c>.</param>
    /// <param name="problem">What is wrong with it, to follow its name.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="found">What stood there; the value itself when left out.</param>
    /// <param name="nearest">The nearest valid name.</param>
    public InputException Fault(
        string path, string problem, string? expected = null, string? found = null, string? nearest = null)
    {
        ConfigNode? node = Tree.Find(path.Split('.'));
        return (node ?? Tree).Origin.Fault($"{path} {problem}", expected, found ?? node?.Description, nearest);
    }

    /// <summary>The value of a setting that this command cannot do without.</summary>
    /// <param name="path">The setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expected">What it should hold.</param>
    /// <exception cref="InputException">It is null.</exception>
    public T Require<T>(string path, T? value, string expected)
        where T : class => value ?? throw new InputException($"{path} is not set", File, expected: expected);

    /// <summary>The file of a setting that has to name an existing one.</summary>
    /// <param name="path">The setting, such as <c>structure</c>.</param>
    /// <param name="file">Its value.</param>
    /// <exception cref="InputException">It is null, or there is no such file.</exception>
    public string RequireFile(string path, string? file)
    {
        string required = Require(path, file, "the path of a file");
        return System.IO.File.Exists(required)
            ? required
            : throw Fault(path, "names a file that does not exist", "an existing file", required, NearestName.FindFile(required));
    }

    private static void Collect(List<string> lines, IReadOnlyList<string> path, ConfigNode node)
    {
        switch (node)
        {
            case ConfigObject { Fields.Count: > 0 } group:
                foreach (ConfigField field in group.Fields)
                {
                    Collect(lines, [.. path, field.Key], field.Value);
                }

                break;
            case ConfigArray { Items.Count: > 0 } array:
                for (int i = 0; i < array.Items.Count; i++)
                {
                    // Padded, so that sorting keeps the order of the list.
                    Collect(lines, [.. path, $"{i:D6}"], array.Items[i]);
                }

                break;
            default:
                lines.Add($"{PathExpression.Render(path)} = {HoconWriter.Write(node)}");
                break;
        }
    }
}
