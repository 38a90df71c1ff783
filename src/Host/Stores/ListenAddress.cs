using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>What a private server listens on: loopback, or one interface of this machine, and never all of them.</summary>
/// <param name="Host">What clients connect to: the name or address in the URL.</param>
/// <param name="Addresses">The addresses of this machine behind it.</param>
/// <param name="Networks">Who may connect, as address/bits: loopback, or the networks of the interface.</param>
internal sealed partial record ListenAddress(string Host, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<IPNetwork> Networks)
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Addresses.All(IPAddress.IsLoopback);

    /// <summary>Finds what a user names.</summary>
    /// <param name="name">An address, a host's name, or an interface such as ib0.</param>
    /// <exception cref="InputException">It is not of this machine, or means all of its interfaces.</exception>
    public static ListenAddress Find(string name) => Find(name, LocalAddresses(), Resolve);

    /// <summary>As <see cref="Find(string)"/>, on any machine.</summary>
    /// <param name="name">An address, a host's name or an interface.</param>
    /// <param name="local">The addresses of the machine, with the length of their network's prefix and their interface.</param>
    /// <param name="resolve">The addresses of a host's name.</param>
    public static ListenAddress Find(
        string name, IReadOnlyList<(string Interface, IPAddress Address, int PrefixLength)> local, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        string expected = $"127.0.0.1, or a name, address or interface of this machine: {string.Join(", ", local
            .Where(entry => !entry.Address.IsIPv6LinkLocal).Select(entry => $"{entry.Address} ({entry.Interface})"))}";
        IPAddress[] ofInterface = [.. local
            .Where(entry => entry.Interface == name && !entry.Address.IsIPv6LinkLocal)
            .Select(entry => entry.Address)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
        if (ofInterface.Length > 0)
        {
            return Make(ofInterface[0].ToString(), ofInterface[..1], local);
        }

        if (!HostName().IsMatch(name) && !IPAddress.TryParse(name, out _))
        {
            throw new InputException("--listen is not usable", expected: expected, found: $"'{name}'");
        }

        IReadOnlyList<IPAddress> addresses = IPAddress.TryParse(name, out IPAddress? address) ? [address] : resolve(name);
        if (addresses.Any(any => any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)))
        {
            throw new InputException("a private server does not listen on all interfaces", expected: expected, found: $"--listen {name}");
        }

        IPAddress[] own = [.. addresses.Where(one => IsLocal(one, local))];
        return own.Length > 0 ? Make(name, own, local) : throw new InputException(
            "--listen names no address of this machine", expected: expected, found: $"'{name}'");
    }

    private static ListenAddress Make(
        string host, IReadOnlyList<IPAddress> addresses, IReadOnlyList<(string Interface, IPAddress Address, int PrefixLength)> local)
    {
        IEnumerable<IPNetwork> networks = addresses.SelectMany(address => IPAddress.IsLoopback(address)
            ? Loopback.Where(network => network.BaseAddress.AddressFamily == address.AddressFamily)
            : local.Where(entry => entry.Address.Equals(address)).Select(entry => new IPNetwork(address, entry.PrefixLength)));
        return new ListenAddress(host, addresses, [.. networks.Distinct()]);
    }

    // All of 127.0.0.0/8 is local; a system lists only 127.0.0.1.
    private static bool IsLocal(IPAddress address, IReadOnlyList<(string Interface, IPAddress Address, int PrefixLength)> local) =>
        local.Any(entry => entry.Address.Equals(address))
        || (IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork);

    private static List<(string Interface, IPAddress Address, int PrefixLength)> LocalAddresses() =>
    [
        .. from card in NetworkInterface.GetAllNetworkInterfaces()
           where card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
           from entry in card.GetIPProperties().UnicastAddresses
           select (card.Name, entry.Address, entry.PrefixLength),
    ];

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$")]
    private static partial Regex HostName();
}
