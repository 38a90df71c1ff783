using System.Net;
using System.Security.Cryptography.X509Certificates;
using Glasswright.Host.Stores;

namespace Glasswright.Host.Tests.Stores;

/// <summary>The certificates of a private server.</summary>
public sealed class ServerCertificatesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private static readonly ListenAddress Listen = new("node1", [IPAddress.Parse("10.1.2.3")], [IPNetwork.Parse("10.1.2.0/24")]);

    [Fact]
    public void AuthoritySignsTheServerForItsNameAndLoopbackAndNothingElse()
    {
        (string Certificate, string Key) authority = ServerCertificates.NewAuthority(Now);
        (string certificate, string key) = ServerCertificates.NewServer(authority, Listen, Now);
        using var root = X509Certificate2.CreateFromPem(authority.Certificate);
        using var server = X509Certificate2.CreateFromPem(certificate, key);

        Trusts(root, server).ShouldBeTrue();
        server.MatchesHostname("node1").ShouldBeTrue();
        server.MatchesHostname("10.1.2.3").ShouldBeTrue();
        server.MatchesHostname("localhost").ShouldBeTrue();
        server.MatchesHostname("127.0.0.1").ShouldBeTrue();
        server.MatchesHostname("::1").ShouldBeTrue();
        server.MatchesHostname("node2").ShouldBeFalse();
        server.MatchesHostname("10.1.2.4").ShouldBeFalse();
        server.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse();
        root.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeTrue();
        authority.Certificate.ShouldNotContain("PRIVATE KEY");
        certificate.ShouldNotContain("PRIVATE KEY");
    }

    [Fact]
    public void AnotherStoresAuthorityIsNotTrusted()
    {
        (string Certificate, string Key) authority = ServerCertificates.NewAuthority(Now);
        using var other = X509Certificate2.CreateFromPem(ServerCertificates.NewAuthority(Now).Certificate);
        using var server = X509Certificate2.CreateFromPem(ServerCertificates.NewServer(authority, Listen, Now).Certificate);

        Trusts(other, server).ShouldBeFalse();
    }

    [Fact]
    public void CertificateServesItsNameUntilItNearsItsEnd()
    {
        string certificate = ServerCertificates.NewServer(ServerCertificates.NewAuthority(Now), Listen, Now).Certificate;

        ServerCertificates.Serves(certificate, Listen, Now).ShouldBeTrue();
        ServerCertificates.Serves(certificate, Listen with { Host = "node2" }, Now).ShouldBeFalse();
        ServerCertificates.Serves(certificate, Listen with { Addresses = [IPAddress.Parse("10.1.2.4")] }, Now).ShouldBeFalse();
        ServerCertificates.Serves(certificate, Listen, Now.AddDays(700)).ShouldBeFalse();
    }

    private static bool Trusts(X509Certificate2 root, X509Certificate2 server)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }
}
