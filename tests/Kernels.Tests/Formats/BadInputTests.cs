using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

/// <summary>
/// Every file under <c>bad/</c> is refused with the message that it states itself: the first line is <c>expected:</c> and the whole
/// message with <c>FILE</c> for the name, then may come <c>species:</c>, then <c>---</c> and the bad file, whose lines count from 1.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Kernels.Tests", "Formats", "bad");

    private readonly Scratch _scratch = new();

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void BadFileIsRefusedWithTheMessageItStates(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name));
        int mark = text.IndexOf("---\n", StringComparison.Ordinal);
        string[] head = text[..mark].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[]? species = head.Length > 1 ? head[1]["species: ".Length..].Split(',') : null;
        string path = _scratch.Write(name, text[(mark + 4)..]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InputException error = Should.Throw<InputException>(() => Read(path, species), name);

        // Whatever the file announces, memory is not taken before the file can hold it.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
        error.Message.Replace(path, "FILE", StringComparison.Ordinal).ShouldBe(head[0]["expected: ".Length..]);
    }

    private static void Read(string path, string[]? species)
    {
        if (path.EndsWith(".setfl", StringComparison.Ordinal))
        {
            SetflFile.Read(path);
        }
        else
        {
            foreach (StructureFrame frame in StructureFile.ReadFrames(path, species))
            {
                GC.KeepAlive(frame);
            }
        }
    }
}
