using System.Net;
using Glasswright.Host.Stores;

namespace Glasswright.Host.Tests.Stores;

/// <summary>The texts that a private server is configured by.</summary>
public sealed class ServerConfigurationTests
{
    private static readonly StoreSettings Settings = new() { Listen = "127.0.0.1", Host = "127.0.0.1", Port = 5433, Database = "glass" };

    private static readonly ListenAddress Loopback = new("127.0.0.1", [IPAddress.Loopback], [IPNetwork.Parse("127.0.0.0/8")]);

    private static readonly ListenAddress Interface = new("node1", [IPAddress.Parse("10.1.2.3")], [IPNetwork.Parse("10.1.2.0/24")]);

    [Fact]
    public void ServerListensWhereItIsTold()
    {
        string text = ServerConfiguration.Settings(new StoreFolder("/srv/glass"), Settings, Loopback);

        text.ShouldContain("listen_addresses = '127.0.0.1'\nport = 5433\nunix_socket_directories = '\"/srv/glass\"'\n");
        text.ShouldContain("synchronous_commit = on\n");
        text.ShouldContain("password_encryption = 'scram-sha-256'\n");
        text.ShouldNotContain("ssl");
    }

    [Fact]
    public void FolderWithQuotesAndCommasIsOneFolder() =>
        ServerConfiguration.Settings(new StoreFolder("/srv/a,'b\" \\c"), Settings, Loopback)
            .ShouldContain(@"unix_socket_directories = '""/srv/a,''b"""" \\c""'" + "\n");

    [Theory]
    [InlineData(92, true)]
    [InlineData(93, false)]
    public void SocketWhosePathIsTooLongIsLeftOut(int length, bool holds)
    {
        // "/.s.PGSQL.5433" has 14 characters, and a socket's path at most 107 bytes: the limit of Linux' sockaddr_un.
        var folder = new StoreFolder("/" + new string('x', length));

        folder.HoldsSocket(5433).ShouldBe(holds);
        ServerConfiguration.Settings(folder, Settings, Loopback).Contains("unix_socket_directories = ''\n", StringComparison.Ordinal).ShouldBe(!holds);
    }

    [Fact]
    public void OnlyPasswordsFromLoopbackAreTaken() =>
        Rules(Settings, Loopback).ShouldBe(
        [
            "local glass glasswright scram-sha-256",
            "local all postgres scram-sha-256",
            "host glass glasswright 127.0.0.0/8 scram-sha-256",
            "host all postgres 127.0.0.0/8 scram-sha-256",
        ]);

    [Fact]
    public void InterfaceAdmitsItsNetworkAndThoseAllowedAndTheAdministratorFromHereOnly() =>
        Rules(Settings with { Tls = true, Allow = ["10.9.0.0/16"] }, Interface).ShouldBe(
        [
            "local glass glasswright scram-sha-256",
            "local all postgres scram-sha-256",
            "hostssl glass glasswright 10.1.2.0/24 scram-sha-256",
            "hostssl glass glasswright 10.9.0.0/16 scram-sha-256",
            "hostssl all postgres 10.1.2.3/32 scram-sha-256",
        ]);

    [Fact]
    public void TlsIsSwitchedOn() =>
        ServerConfiguration.Settings(new StoreFolder("/srv/glass"), Settings with { Tls = true }, Loopback)
            .ShouldContain("ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n");

    [Fact]
    public void UrlNamesNoPassword()
    {
        new StoreFolder("/srv/a b").Url(Settings with { Tls = true, Host = "::1" })
            .ShouldBe("postgres://glasswright@[::1]:5433/glass?sslmode=verify-full&sslrootcert=/srv/a%20b/root.crt");
        new StoreFolder("/srv/glass").Url(Settings).ShouldBe("postgres://glasswright@127.0.0.1:5433/glass");
    }

    [Fact]
    public void ExportLineIsOneWordForAShell()
    {
        new StoreFolder("/srv/glass").ExportLine.ShouldBe("export PGPASSFILE=/srv/glass/pgpass");
        new StoreFolder("/srv/it's $x").ExportLine.ShouldBe(@"export PGPASSFILE='/srv/it'\''s $x/pgpass'");
    }

    [Fact]
    public void SettingsAreReadBack()
    {
        StoreSettings settings = Settings with { Tls = true, Allow = ["10.9.0.0/16"], User = "glass", Binaries = "/opt/pg/bin" };

        StoreSettings read = StoreSettings.Parse(settings.ToJson(), "store.json");

        read.Allow.ShouldBe(settings.Allow);
        (read with { Allow = settings.Allow }).ShouldBe(settings);
    }

    [Theory]
    [InlineData("{\"format\": 2}", "another release; expected format 1; found 2")]
    [InlineData("{}", "cannot be read")]
    [InlineData("{\"format\": 1, \"listen\": \"x\"}", "cannot be read")]
    [InlineData("{\"format\": ", "cannot be read")]
    public void DamagedOrNewerSettingsAreRefused(string text, string part) =>
        Should.Throw<Kernels.InputException>(() => StoreSettings.Parse(text, "store.json")).Message.ShouldContain(part);

    private static IEnumerable<string> Rules(StoreSettings settings, ListenAddress listen) =>
        ServerConfiguration.ClientAuthentication(settings, listen).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
