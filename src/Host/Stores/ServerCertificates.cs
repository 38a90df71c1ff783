using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Glasswright.Host.Stores;

/// <summary>
/// The certificates of a private server: an authority of its own, which signs nothing else, and the server's certificate for the
/// name that it listens on and for loopback. ECDSA on P-256.
/// </summary>
internal static class ServerCertificates
{
    /// <summary>The server's certificate, in the data folder.</summary>
    public const string CertificateName = "server.crt";

    /// <summary>The server's key, in the data folder.</summary>
    public const string KeyName = "server.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650), ServerLife = TimeSpan.FromDays(730), Renewal = TimeSpan.FromDays(60);

    // The clocks of two nodes differ.
    private static readonly TimeSpan Backdate = TimeSpan.FromHours(1);

    /// <summary>Makes the authority: certificate and key, as PEM.</summary>
    public static (string Certificate, string Key) NewAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=glasswright store {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 certificate = request.CreateSelfSigned(now - Backdate, now + AuthorityLife);
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Makes the server's certificate and key, as PEM.</summary>
    /// <param name="authority">The authority's certificate and key, as PEM.</param>
    /// <param name="listen">What the server listens on.</param>
    /// <param name="now">The time.</param>
    public static (string Certificate, string Key) NewServer((string Certificate, string Key) authority, ListenAddress listen, DateTimeOffset now)
    {
        using var issuer = X509Certificate2.CreateFromPem(authority.Certificate, authority.Key);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(listen.Host);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(Names(listen));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        DateTimeOffset end = now + ServerLife < issuer.NotAfter ? now + ServerLife : issuer.NotAfter;
        using X509Certificate2 certificate = request.Create(issuer, now - Backdate, end, RandomNumberGenerator.GetBytes(16));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Whether a server's certificate, as PEM, still serves: for this name and these addresses, and for a while yet.</summary>
    public static bool Serves(string certificate, ListenAddress listen, DateTimeOffset now)
    {
        using var server = X509Certificate2.CreateFromPem(certificate);
        X509Extension? names = server.Extensions.FirstOrDefault(extension => extension is X509SubjectAlternativeNameExtension);
        return server.NotAfter - Renewal > now && names is not null && names.RawData.AsSpan().SequenceEqual(Names(listen).RawData);
    }

    private static X509Extension Names(ListenAddress listen)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (!IPAddress.TryParse(listen.Host, out _) && listen.Host != "localhost")
        {
            names.AddDnsName(listen.Host);
        }

        names.AddDnsName("localhost");
        foreach (IPAddress address in listen.Addresses.Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct())
        {
            names.AddIpAddress(address);
        }

        return names.Build();
    }
}
