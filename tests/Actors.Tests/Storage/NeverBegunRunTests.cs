using Glasswright.Actors.Storage;
using Glasswright.Kernels;

namespace Glasswright.Actors.Tests.Storage;

/// <summary>A process that dies between making its store and beginning its run leaves a folder in which to start anew.</summary>
public sealed class NeverBegunRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FolderWhoseRunWasNeverBegunTakesANewOne()
    {
        string path = Path.Combine(_folder, "run");
        using (RunFolder first = RunFolder.Create(path, OutExists.Refuse))
        using (first.OpenStore())
        {
        }

        File.Exists(Path.Combine(path, "run.db")).ShouldBeTrue();
        Should.Throw<InputException>(() => RunFolder.Open(path)).Message.ShouldContain("no run to resume");

        using RunFolder second = RunFolder.Create(path, OutExists.Refuse);
        using RunStore store = second.OpenStore();
        store.CreateRun(new RunRecord("a1", "identity", "2:0", "search {}", 1), []);
        RunFolder.HoldsRun(path).ShouldBeTrue();
    }

    [Fact]
    public void RunTakenBackInSuchAFolderLeavesNoStore()
    {
        string path = Path.Combine(_folder, "run");
        using (RunFolder first = RunFolder.Create(path, OutExists.Refuse))
        using (first.OpenStore())
        {
        }

        using (RunFolder second = RunFolder.Create(path, OutExists.Refuse))
        {
            using (RunStore store = second.OpenStore())
            {
                store.CreateRun(new RunRecord("a1", "identity", "2:0", "search {}", 1), []);
            }

            second.Discard();
        }

        File.Exists(Path.Combine(path, "run.db")).ShouldBeFalse();
        RunFolder.HoldsRun(path).ShouldBeFalse();
    }

    [Fact]
    public void FileThatIsNoStoreIsLeftToItsOwner()
    {
        string path = Path.Combine(_folder, "run");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "run.db"), new string('x', 5000));

        Should.Throw<InputException>(() => RunFolder.Create(path, OutExists.Refuse));
        File.ReadAllText(Path.Combine(path, "run.db")).ShouldBe(new string('x', 5000));
    }
}
