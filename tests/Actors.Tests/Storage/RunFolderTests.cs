using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Storage;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-folder-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void AFolderThatHoldsARunIsRefusedNamingTheWaysOut()
    {
        string path = Path.Combine(_root, "a");
        Make(path);
        InputException error = Should.Throw<InputException>(() => RunFolder.Create(path, OutExists.Refuse));
        error.Message.ShouldContain("--resume");
        error.Message.ShouldContain("--out");
    }

    [Fact]
    public void OrTheNextFreeNumberIsTaken()
    {
        string path = Path.Combine(_root, "runs", "quick");
        Make(path);
        using (RunFolder second = RunFolder.Create(path, OutExists.Number))
        {
            second.Path.ShouldBe(path + "-2");
            Begin(second);
        }

        using RunFolder third = RunFolder.Create(path, OutExists.Number);
        third.Path.ShouldBe(path + "-3");
        new DirectoryInfo(Path.Combine(_root, "runs", "latest")).LinkTarget.ShouldBe("quick-3");
    }

    [Fact]
    public void TheLatestRunCanBeOpenedByItsLink()
    {
        string path = Path.Combine(_root, "runs", "b");
        Make(path);
        using RunFolder folder = RunFolder.Open(Path.Combine(_root, "runs", "latest"));
        Path.GetFullPath(folder.Path).ShouldBe(path);
    }

    [Fact]
    public void OneProcessAtATimeHoldsAFolder()
    {
        string path = Path.Combine(_root, "c");
        using RunFolder folder = RunFolder.Create(path, OutExists.Refuse);
        Begin(folder);
        Should.Throw<InputException>(() => RunFolder.Open(path)).Message.ShouldContain("another process");
    }

    [Fact]
    public void AFolderWithoutARunCannotBeResumed() =>
        Should.Throw<InputException>(() => RunFolder.Open(_root)).Message.ShouldContain("no run");

    [Theory]
    [InlineData("run.json", false)]
    [InlineData("chain-0.csv", false)]
    [InlineData("run.json", true)]
    [InlineData("chain-0.csv", true)]
    public void ResultsWithoutTheirStoreAreARunThatIsNeitherReplacedNorResumed(string name, bool emptyStore)
    {
        string path = Path.Combine(_root, "orphan");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, name), "kept");
        if (emptyStore)
        {
            File.WriteAllText(Path.Combine(path, "run.db"), "");
        }

        string[] before = Directory.GetFileSystemEntries(path);
        Should.Throw<InputException>(() => RunFolder.Create(path, OutExists.Refuse)).Message.ShouldContain("--out");
        Should.Throw<InputException>(() => RunFolder.Open(path)).Message.ShouldContain("run.db");
        Directory.GetFileSystemEntries(path).ShouldBe(before, ignoreOrder: true);
        using RunFolder next = RunFolder.Create(path, OutExists.Number);
        next.Path.ShouldBe(path + "-2");
    }

    [Fact]
    public void ResumedRunDoesNotMakeAStore()
    {
        string path = Path.Combine(_root, "f");
        Make(path);
        using RunFolder folder = RunFolder.Open(path);
        foreach (string file in Directory.GetFiles(path, "run.db*"))
        {
            File.Delete(file);
        }

        Should.Throw<InputException>(() => folder.OpenStore().Dispose()).Message.ShouldContain("missing");
        File.Exists(Path.Combine(path, "run.db")).ShouldBeFalse();
    }

    [Fact]
    public void InputsOfTheStoreBecomeFilesAgain()
    {
        using RunFolder folder = RunFolder.Create(Path.Combine(_root, "d"), OutExists.Refuse);
        var input = new RunInput("structure", "glass.data", CanonicalStructure.Id([7, 8]), [7, 8]);
        string path = folder.Materialize(input);
        Path.GetFileName(path).ShouldBe("glass.data");
        File.WriteAllBytes(path, [1]);
        File.ReadAllBytes(folder.Materialize(input)).ShouldBe([7, 8]);
    }

    [Fact]
    public void InputsOfOneNameKeepTheirOwnBytes()
    {
        using RunFolder folder = RunFolder.Create(Path.Combine(_root, "e"), OutExists.Refuse);
        string structure = folder.Materialize(new RunInput("structure", "glass.txt", CanonicalStructure.Id([7]), [7]));
        string potential = folder.Materialize(new RunInput("potential", "glass.txt", CanonicalStructure.Id([8]), [8]));
        File.ReadAllBytes(structure).ShouldBe([7]);
        File.ReadAllBytes(potential).ShouldBe([8]);
    }

    [Fact]
    public void FolderThatCannotBeWrittenIsNamedAndNotToldAsBusy()
    {
        string file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        string below = Path.Combine(file, "run");
        InputException error = Should.Throw<InputException>(() => RunFolder.Create(below, OutExists.Refuse));
        error.File.ShouldBe(below);
        error.Message.ShouldContain("cannot be written");

        // A lock that cannot be opened at all, whoever asks.
        string locked = Path.Combine(_root, "locked");
        Directory.CreateDirectory(Path.Combine(locked, ".lock"));
        Should.Throw<InputException>(() => RunFolder.Create(locked, OutExists.Refuse)).Message.ShouldContain("cannot be written");
    }

    [Fact]
    public void TheIdOfARunDependsOnContentsNotOnNamesOrOrder()
    {
        RunInput a = new("structure", "a.data", "11", []), b = new("potential", "b.fs", "22", []);
        string id = RunIdentity.Compute("x = 1", [a, b], "n").Run;
        RunIdentity.Compute("x = 1", [b, a with { FileName = "c.data" }], "n").Run.ShouldBe(id);
        RunIdentity.Compute("x = 1", [a with { Sha256 = "33" }, b], "n").Run.ShouldNotBe(id);
        RunIdentity.Compute("x = 2", [a, b], "n").Run.ShouldNotBe(id);
        RunIdentity.Compute("x = 1", [a, b], "m").Run.ShouldNotBe(id);
    }

    private static void Make(string path)
    {
        using RunFolder folder = RunFolder.Create(path, OutExists.Refuse);
        Begin(folder);
    }

    private static void Begin(RunFolder folder)
    {
        using RunStore store = folder.OpenStore();
        store.CreateRun(new RunRecord("a1", "identity", "2:0", "search {}", 1), []);
    }
}
