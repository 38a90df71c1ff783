using System.Diagnostics;
using System.Text;
using Glasswright.Kernels.Formats;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void NewContentReplacesTheOldAndNothingElseIsLeft()
    {
        string path = _scratch.Write("a.txt", "old and longer");
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        File.ReadAllText(path).ShouldBe("new");
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBe([path]);
    }

    [Fact]
    public void FailureWhileWritingLeavesTheOldFileAndNoTemporaryOne()
    {
        string path = _scratch.Write("a.txt", "old");
        Should.Throw<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException("broken on purpose");
        }));
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBe([path]);
    }

    [Fact]
    public void FailureOfAFirstWriteLeavesNothing()
    {
        Should.Throw<InvalidOperationException>(() =>
            AtomicFile.Write(_scratch.File("a.txt"), _ => throw new InvalidOperationException("broken on purpose")));
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void ReaderSeesTheOldContentUntilTheWriteIsComplete()
    {
        string path = _scratch.Write("a.txt", "old");
        string during = "";
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            during = File.ReadAllText(path);
        });
        during.ShouldBe("old");
    }

    [Fact]
    public void PipeOrDeviceIsNotReplacedByAFile()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string pipe = _scratch.File("pipe"), link = _scratch.File("link");
        using (Process make = Process.Start("mkfifo", [pipe]))
        {
            make.WaitForExit();
        }

        File.CreateSymbolicLink(link, "/dev/null");
        foreach (string path in (string[])[pipe, link])
        {
            Should.Throw<InputException>(() => AtomicFile.Write(path, stream => stream.Write("x"u8))).Message.ShouldContain("a device or a pipe");
        }

        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBe([pipe, link], ignoreOrder: true);
    }

    [Fact]
    public void SymbolicLinkKeepsPointingAtTheFileThatWasReplaced()
    {
        string path = _scratch.Write("target.txt", "old");
        string link = _scratch.File("link.txt");
        File.CreateSymbolicLink(link, "target.txt");
        AtomicFile.Write(link, stream => stream.Write("new"u8));
        File.ReadAllText(path).ShouldBe("new");
        new FileInfo(link).LinkTarget.ShouldBe("target.txt");
    }

    [Fact]
    public void MissingFolderIsAnInputErrorThatNamesThePath()
    {
        string path = Path.Combine(_scratch.File("missing"), "a.txt");
        InputException error = Should.Throw<InputException>(() => AtomicFile.Write(path, _ => { }));
        error.File.ShouldBe(path);
        error.Message.ShouldContain("does not exist");
    }

    [Fact]
    public void FolderInThePlaceOfTheFileIsAnInputError() =>
        Should.Throw<InputException>(() => AtomicFile.Write(_scratch.Folder, _ => { })).Message.ShouldContain("is a folder");

    [Fact]
    public void SinkWritesTextLongerThanItsBuffer()
    {
        string text = new('x', 300_000);
        using MemoryStream stream = new();
        using (TextSink sink = new(stream))
        {
            sink.Whole(-1).Blank().Text(text).Blank().Number(0.1).EndLine();
        }

        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe($"-1 {text} 0.1\n");
    }
}
