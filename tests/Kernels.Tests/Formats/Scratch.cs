namespace Glasswright.Kernels.Tests.Formats;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch() => Folder = Directory.CreateTempSubdirectory("glasswright-").FullName;

    public string Folder { get; }

    public string File(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
