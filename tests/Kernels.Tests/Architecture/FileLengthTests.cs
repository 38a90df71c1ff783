namespace Glasswright.Kernels.Tests.Architecture;

/// <summary>A file that outgrew a reader's patience holds more than one noun.</summary>
public sealed class FileLengthTests
{
    private const int Limit = 450;

    [Fact]
    public void NoFileIsLongerThanTheLimit()
    {
        IReadOnlyList<string> files = SourceTree.Files("src", "tests", "docs");
        files.Count.ShouldBeGreaterThan(20);
        files.Where(file => Lines(SourceTree.Read(file)) > Limit).ShouldBeEmpty();
    }

    [Fact]
    public void OneLineTooManyIsCounted()
    {
        Lines(string.Concat(Enumerable.Repeat("line\n", Limit))).ShouldBe(Limit);
        Lines(string.Concat(Enumerable.Repeat("line\n", Limit)) + "one more").ShouldBe(Limit + 1);
    }

    private static int Lines(string text) => text.Count(c => c == '\n') + (text.EndsWith('\n') || text.Length == 0 ? 0 : 1);
}
