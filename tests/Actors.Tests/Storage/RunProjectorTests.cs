using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tests.Storage;

public sealed class RunProjectorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-projector-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void FilesThatADiskWithoutSpaceSpoiledAreMadeGoodWhenThereIsSome()
    {
        using RunFolder folder = RunFolder.Create(Path.Combine(_root, "run"), OutExists.Refuse);
        using RunStore store = folder.OpenStore();
        store.CreateRun(new RunRecord("id", "i", "n", "c", 1), []);
        long fence = store.TakeOver("me");
        store.CreateChains([0], fence, RunStoreTests.Version(0));
        string chain = Path.Combine(folder.Path, "chain-0.csv");
        using var projector = new RunProjector(folder, store);
        projector.Complete();
        File.ReadAllLines(chain).Length.ShouldBe(1);

        // From here on every row meets a device without space.
        File.Delete(chain);
        File.CreateSymbolicLink(chain, "/dev/full");
        store.Commit(new ChainCommit(0, fence, 0, [RunStoreTests.Trial(1), RunStoreTests.Trial(2) with { Accepted = true }], RunStoreTests.Version(1)));
        Should.Throw<Exception>(projector.Complete);
        store.Commit(new ChainCommit(0, fence, 1, [RunStoreTests.Trial(3)], null));

        File.Delete(chain);
        projector.Complete();
        store.Commit(new ChainCommit(0, fence, 1, [RunStoreTests.Trial(4)], null));
        projector.Complete();
        File.ReadAllLines(chain).Skip(1).Select(row => row.Split(',')[0]).ShouldBe(["1", "2", "3", "4"]);
        File.ReadAllLines(Path.Combine(folder.Path, "accepted-0.extxyz")).Count(line => line == "12").ShouldBe(2);
    }
}
