using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Stores;

/// <summary>Which account may run a server, and where its programs are looked for.</summary>
public sealed class ServerAccountTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("alice")]
    public void OrdinaryUserRunsItAsItself(string? name)
    {
        var account = ServerAccount.Find(name, isRoot: false, own: "alice");

        account.ShouldBe(ServerAccount.OfProcess);
        account.Prefix("initdb", "-D", "x").ShouldBe(["initdb", "-D", "x"]);
    }

    [Fact]
    public void OrdinaryUserCannotRunItAsAnother() =>
        Should.Throw<InputException>(() => ServerAccount.Find("bob", isRoot: false, own: "alice")).Message
            .ShouldBe("only root can run the server as another user; expected no --user, or --user alice; found --user bob");

    [Theory]
    [InlineData(null, "found root")]
    [InlineData("root", "found --user root")]
    [InlineData("no such user", "no such user on this machine")]
    public void RootNeedsAnOrdinaryUser(string? name, string part) =>
        Should.Throw<InputException>(() => ServerAccount.Find(name, isRoot: true, own: "root")).Message.ShouldContain(part);

    [Fact]
    public void RootRunsItAsAnOrdinaryUser() =>
        new ServerAccount("bob", 1001, 1002).Prefix("initdb").ShouldBe(["setpriv", "--reuid=1001", "--regid=1002", "--init-groups", "--", "initdb"]);

    [Fact]
    public void NewestOfDebiansVersionsIsPreferredAfterPath()
    {
        using var scratch = new Commands.Scratch();
        foreach (string version in new[] { "9.6", "15", "9", "common" })
        {
            Directory.CreateDirectory(scratch.File(version));
        }

        ServerPrograms.Candidates("/a:relative::/b", scratch.Folder).ShouldBe(
            ["/a", "/b", scratch.File("15/bin"), scratch.File("9.6/bin"), scratch.File("9/bin"), scratch.File("common/bin")]);
        ServerPrograms.Candidates("", scratch.File("absent")).ShouldBeEmpty();
    }

    [Fact]
    public void AbsentProgramsAreToldWithThePackage()
    {
        using var scratch = new Commands.Scratch();

        Should.Throw<InputException>(() => ServerPrograms.Find(scratch.Folder)).Message.ShouldContain("initdb, pg_ctl and postgres");
    }
}
