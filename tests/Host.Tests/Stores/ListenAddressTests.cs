using System.Net;
using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Stores;

/// <summary>What a user may name to listen on, on a machine with three interfaces.</summary>
public sealed class ListenAddressTests
{
    private static readonly (string Interface, IPAddress Address, int PrefixLength)[] Local =
    [
        ("lo", IPAddress.Loopback, 8),
        ("lo", IPAddress.IPv6Loopback, 128),
        ("eth0", IPAddress.Parse("192.168.7.5"), 24),
        ("ib0", IPAddress.Parse("fe80::5"), 64),
        ("ib0", IPAddress.Parse("fd00::5"), 64),
        ("ib0", IPAddress.Parse("10.1.130.5"), 18),
    ];

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.0/8")]
    [InlineData("::1", "::1", "::1", "::1/128")]
    [InlineData("localhost", "localhost", "127.0.0.1 ::1", "127.0.0.0/8 ::1/128")]
    [InlineData("192.168.7.5", "192.168.7.5", "192.168.7.5", "192.168.7.0/24")]
    [InlineData("ib0", "10.1.130.5", "10.1.130.5", "10.1.128.0/18")]
    [InlineData("node5", "node5", "192.168.7.5", "192.168.7.0/24")]
    [InlineData("debian", "debian", "127.0.1.1", "127.0.0.0/8")]
    public void NameAddressAndInterfaceAreFound(string name, string host, string addresses, string networks)
    {
        var found = ListenAddress.Find(name, Local, Resolve);

        found.Host.ShouldBe(host);
        string.Join(' ', found.Addresses).ShouldBe(addresses);
        string.Join(' ', found.Networks).ShouldBe(networks);
        found.IsLoopback.ShouldBe(networks.StartsWith("127", StringComparison.Ordinal) || name == "::1");
    }

    [Theory]
    [InlineData("0.0.0.0", "not listen on all interfaces")]
    [InlineData("::", "not listen on all interfaces")]
    [InlineData("*", "--listen is not usable")]
    [InlineData("a b", "--listen is not usable")]
    [InlineData("node6", "no address of this machine")]
    [InlineData("192.168.7.6", "no address of this machine")]
    [InlineData("nowhere", "no address of this machine")]
    public void OthersAreRefusedAndThisMachinesAreNamed(string name, string part)
    {
        string message = Should.Throw<InputException>(() => ListenAddress.Find(name, Local, Resolve)).Message;

        message.ShouldContain(part);
        message.ShouldContain("10.1.130.5 (ib0)");
        message.ShouldNotContain("fe80");
    }

    private static IReadOnlyList<IPAddress> Resolve(string name) => name switch
    {
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        "node5" => [IPAddress.Parse("192.168.7.5")],
        "node6" => [IPAddress.Parse("192.168.7.6")],
        "debian" => [IPAddress.Parse("127.0.1.1")],
        _ => [],
    };
}
