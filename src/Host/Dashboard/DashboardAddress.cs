using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Glasswright.Kernels;

namespace Glasswright.Host.Dashboard;

/// <summary>Where a live page is served: <c>PORT</c> on loopback, or <c>HOST:PORT</c>; port 0 has a free one chosen.</summary>
/// <param name="Host">As it stands in addresses.</param>
/// <param name="Address">What is listened on.</param>
/// <param name="Port">The port, or 0.</param>
internal sealed record DashboardAddress(string Host, IPAddress Address, int Port)
{
    private const string Expected = "[HOST:]PORT, such as 8080, 0 for a free port, or 192.168.1.5:8080";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="flag">The flag, for messages.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="InputException">It is no such address.</exception>
    public static DashboardAddress Parse(string flag, string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? IPAddress.Loopback.ToString() : text[..colon];
        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort || host.Length == 0)
        {
            throw new InputException($"{flag} is not usable", expected: Expected, found: $"'{text}'");
        }

        // An IPv6 address stands in brackets, so that its colons are its own.
        bool bracketed = host is ['[', .., ']'];
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out IPAddress? address))
        {
            address = Resolve(host) ?? throw new InputException($"{flag} names no host that is known here", expected: Expected, found: $"'{host}'");
        }
        else if (bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            throw new InputException($"{flag} is not usable", expected: "an IPv6 address in brackets, such as [::1]:8080", found: $"'{text}'");
        }

        return new DashboardAddress(host, address, port);
    }

    /// <summary>
    /// Whether a request names a host that a page of this program may be reached under: an address, this machine, or what the user has named. A site
    /// whose name was made to point here (DNS rebinding) comes under its own name. Ports may differ, as those of tunnels do.
    /// </summary>
    public bool Accepts(string? host) => host is not null
        && (IPAddress.TryParse(host.Trim('[', ']'), out _)
            || ((string[])["localhost", Host, Dns.GetHostName()]).Contains(host, StringComparer.OrdinalIgnoreCase));

    private static IPAddress? Resolve(string host)
    {
        try
        {
            IPAddress[] all = Dns.GetHostAddresses(host);
            return all.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? all.FirstOrDefault();
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
