namespace Glasswright.Host.Tests.Commands;

/// <summary>Several processes that label into one folder.</summary>
public sealed class LabelLocksTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AStructureThatAnotherProcessLabelsIsRefusedAndOthersAreNot()
    {
        string mine = Samples.SmallCrystal(_scratch, "mine.extxyz"), other = Samples.SmallCrystal(_scratch, "other.extxyz");
        Directory.CreateDirectory(_scratch.File("labels/.partial"));
        using (new FileStream(_scratch.File("labels/.partial/other.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Label(mine, other).ShouldBeRefused("other.labels.csv", "another process labels this structure");
            Directory.GetFiles(_scratch.File("labels")).ShouldBeEmpty();
            Invocation alone = Label(mine);
            alone.ExitCode.ShouldBe(0, alone.Error);
        }

        // A lock file that a killed process left holds nobody up, and none stays.
        Label(mine, other).ExitCode.ShouldBe(0);
        Directory.GetFileSystemEntries(_scratch.File("labels")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["mine.labels.csv", "mine.modes.csv", "other.labels.csv", "other.modes.csv"]);
    }

    private Invocation Label(params string[] files) => Invocation.Run(
        ["label", .. files, "--potential", Samples.Potential, "--strains", "0.0005", "--step", "5e-4", "--out", _scratch.File("labels")]);
}
