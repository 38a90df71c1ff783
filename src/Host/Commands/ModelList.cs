using Glasswright.Kernels;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>One model or several that make an ensemble, as <c>--model</c> names them: files with commas, or a name with a star.</summary>
internal static class ModelList
{
    /// <summary>The files, those of a star in order of their names with numbers counted.</summary>
    /// <exception cref="InputException">A star matches no file.</exception>
    public static IReadOnlyList<string> Files(string text)
    {
        if (File.Exists(text))
        {
            return [text];
        }

        var files = new List<string>();
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!name.Contains('*', StringComparison.Ordinal))
            {
                files.Add(name);
                continue;
            }

            string folder = Path.GetDirectoryName(name) is { Length: > 0 } given ? given : ".";
            string[] found = Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(name)) : [];
            if (found.Length == 0)
            {
                throw new InputException("--model matches no file", expected: "existing model files", found: name);
            }

            // m-2 before m-10.
            files.AddRange(found.OrderBy(file => file.Length).ThenBy(file => file, StringComparer.Ordinal));
        }

        return files;
    }

    /// <summary>The models.</summary>
    public static IReadOnlyList<PropertyModel> Read(string text)
    {
        PropertyModel[] models = [.. Files(text).Select(ModelFile.Read)];
        if (models.Length > 1)
        {
            new ModelEnsemble(models).Dispose();
        }

        return models;
    }
}
