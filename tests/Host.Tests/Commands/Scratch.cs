namespace Glasswright.Host.Tests.Commands;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("glasswright-").FullName;

    public string File(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Nothing in the folder but these files: no result, no temporary file.</summary>
    public void ShouldHoldOnly(params string[] names) =>
        Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path)).Order().ShouldBe(names.Order());

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
