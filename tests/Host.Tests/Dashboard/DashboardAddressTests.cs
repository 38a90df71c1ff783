using System.Net;
using Glasswright.Host.Dashboard;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Dashboard;

/// <summary>Where a live page is served, and under which names.</summary>
public sealed class DashboardAddressTests
{
    [Theory]
    [InlineData("8080", "127.0.0.1", 8080)]
    [InlineData("0", "127.0.0.1", 0)]
    [InlineData("localhost:80", "127.0.0.1", 80)]
    [InlineData("192.0.2.7:8080", "192.0.2.7", 8080)]
    [InlineData("[::1]:8080", "::1", 8080)]
    public void AnAddressIsAPortOnLoopbackOrAHostWithAPort(string text, string address, int port)
    {
        var parsed = DashboardAddress.Parse("--dashboard", text);
        (parsed.Address, parsed.Port).ShouldBe((IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("localhost")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData(":80")]
    [InlineData("::1:80")]
    [InlineData("no such host:80")]
    public void AnythingElseIsRefusedWithTheFlag(string text) =>
        Should.Throw<InputException>(() => DashboardAddress.Parse("--dashboard", text)).Message.ShouldContain("--dashboard");

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost", true)]
    [InlineData("LocalHost", true)]
    [InlineData("[::1]", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OnlyAddressesAndThisMachinesNamesAreAnswered(string? host, bool accepted) =>
        DashboardAddress.Parse("--dashboard", "0").Accepts(host).ShouldBe(accepted);
}
