using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>Ports that nothing listens on. Between the look and the server's start another program may come: the server says so then.</summary>
internal static class ServerPort
{
    // Below the ports that Linux gives to outgoing connections (32768-60999), above those of well-known services.
    private const int First = 20000, Last = 32767, Attempts = 200;

    /// <summary>A free port, drawn at random so that the servers of several users do not meet.</summary>
    /// <exception cref="IOException">None was found.</exception>
    public static int FindFree(IReadOnlyList<IPAddress> addresses)
    {
        for (int i = 0; i < Attempts; i++)
        {
            int port = RandomNumberGenerator.GetInt32(First, Last + 1);
            if (IsFree(addresses, port))
            {
                return port;
            }
        }

        throw new IOException(FormattableString.Invariant($"no free port was found between {First} and {Last}"));
    }

    /// <summary>Requires that nothing listens on a port.</summary>
    /// <exception cref="InputException">Something does.</exception>
    public static void RequireFree(IReadOnlyList<IPAddress> addresses, int port)
    {
        if (!IsFree(addresses, port))
        {
            throw new InputException(
                "another program listens on the port",
                expected: "a free one: --port N, or --port any to have one chosen",
                found: FormattableString.Invariant($"{addresses[0]} port {port} in use"));
        }
    }

    private static bool IsFree(IReadOnlyList<IPAddress> addresses, int port)
    {
        foreach (IPAddress address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                return false;
            }
        }

        return true;
    }
}
