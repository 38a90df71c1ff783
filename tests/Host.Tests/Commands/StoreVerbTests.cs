namespace Glasswright.Host.Tests.Commands;

/// <summary>Mistakes with <c>store</c> that no server is needed to find.</summary>
public sealed class StoreVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("init")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("status")]
    public void ForgottenFolderIsNamed(string verb) => Invocation.Run("store", verb).ShouldBeRefused("DIR is not given", $"glasswright store {verb} DIR");

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("status")]
    public void FolderThatIsNoStoreIsNamed(string verb)
    {
        Invocation.Run("store", verb, _scratch.Folder).ShouldBeRefused("is no store", _scratch.Folder);
        Invocation.Run("store", verb, _scratch.File("absent")).ShouldBeRefused("is no store");
        _scratch.ShouldHoldOnly();
    }

    [Theory]
    [InlineData("--port", "0")]
    [InlineData("--port", "65536")]
    [InlineData("--port", "http")]
    [InlineData("--listen", "*")]
    [InlineData("--listen", "0.0.0.0")]
    [InlineData("--allow", "10.1.0.0/33")]
    [InlineData("--allow", "everybody")]
    [InlineData("--database", "postgres")]
    [InlineData("--database", "no\"name")]
    [InlineData("--binaries", "/nowhere", "--user", "nobody")]
    public void UnusableValueIsRefusedAndNothingMade(string flag, string value, params string[] more)
    {
        // The user is asked for first: root needs one, and another one has no use for it.
        string[] user = more.Length > 0 && !Environment.IsPrivilegedProcess ? [] : more;
        Invocation.Run(["store", "init", _scratch.File("store"), flag, value, .. user]).ShouldBeRefused(value);
        _scratch.ShouldHoldOnly();
    }

    [Fact]
    public void FolderThatHoldsSomethingIsRefused()
    {
        _scratch.Write("file", "");

        Invocation.Run("store", "init", _scratch.Folder).ShouldBeRefused("is not empty", _scratch.Folder);
        Invocation.Run("store", "init", _scratch.File("file")).ShouldBeRefused("is a file");
        Invocation.Run("store", "init", _scratch.File("absent/store")).ShouldBeRefused("does not exist");
        _scratch.ShouldHoldOnly("file");
    }

    [Theory]
    [InlineData("start", "--wait", "soon")]
    [InlineData("start", "--wait", "30")]
    [InlineData("start", "--wait", "2d")]
    [InlineData("stop", "--mode", "fats")]
    public void UnusableValueOfAVerbIsRefused(string verb, string flag, string value) =>
        Invocation.Run("store", verb, _scratch.Folder, flag, value).ShouldBeRefused(flag, $"'{value}'");

    [Fact]
    public void NewerStoreIsRefused()
    {
        _scratch.Write("store.json", """{"format": 2}""");

        Invocation.Run("store", "status", _scratch.Folder).ShouldBeRefused("another release", "found 2");
    }
}
