using System.CommandLine;
using System.Net;
using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Output;
using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>What the verbs of <c>store</c> share: their folder, their flags and how they tell about a server.</summary>
internal static class StoreOptions
{
    /// <summary>The value of <c>--port</c> that has one chosen.</summary>
    public const string AnyPort = "any";

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromHours(1);

    /// <summary>The folder of the server.</summary>
    public static Argument<string?> Folder() => new("DIR")
    {
        Description = "The server's folder.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary><c>--port N</c>.</summary>
    public static Option<string> Port(string otherwise) => Options.Value("--port", "N", $"Port, or any to have a free one chosen; {otherwise}.");

    /// <summary><c>--listen NAME</c>.</summary>
    public static Option<string> Listen(string otherwise) =>
        Options.Value("--listen", "NAME", $"What to listen on: an address, a host's name or an interface of this machine; {otherwise}.");

    /// <summary><c>--allow NETWORK</c>.</summary>
    public static Option<string[]> Allow() => Options.Repeated(
        "--allow", "NETWORK", "A network that may connect besides that of the interface, such as 10.1.0.0/16; may be repeated.");

    /// <summary><c>--binaries DIR</c>.</summary>
    public static Option<string> Binaries() => Options.Value(
        "--binaries", "DIR", "The folder of initdb, pg_ctl and postgres; by default that in PATH, else the newest of Debian's.");

    /// <summary><c>--wait TIME</c>.</summary>
    public static Option<string> Wait(string what) => Options.Value("--wait", "TIME", $"How long to wait {what}, such as 30s.");

    /// <summary>Reads the folder.</summary>
    public static StoreFolder ReadFolder(Arguments arguments, Argument<string?> folder, Verb verb)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new InputException("private servers run on Linux only", expected: "Linux, or --store with the URL of a server elsewhere");
        }

        return new StoreFolder(arguments.Positional(folder) is { Length: > 0 } path ? path : throw new InputException(
            "DIR is not given", expected: $"glasswright store {verb.Command.Name} DIR"));
    }

    /// <summary>Reads a port: 0 for any, null where none is given.</summary>
    public static int? ReadPort(Arguments arguments, Option<string> option) =>
        arguments.Text(option) == AnyPort ? 0 : (int?)arguments.Whole(option, 1, IPEndPoint.MaxPort);

    /// <summary>Reads networks.</summary>
    public static IReadOnlyList<string> ReadNetworks(Arguments arguments, Option<string[]> option) =>
    [
        .. arguments.Repeated(option).Select(text => IPNetwork.TryParse(text, out IPNetwork network)
            ? network.ToString()
            : throw new InputException("--allow is not usable", expected: "a network as address/bits, such as 10.1.0.0/16", found: $"'{text}'")),
    ];

    /// <summary>Reads a time to wait.</summary>
    public static TimeSpan ReadWait(Arguments arguments, Option<string> option, TimeSpan otherwise)
    {
        if (arguments.Text(option) is not { } text)
        {
            return otherwise;
        }

        return Units.TryDuration(text, out TimeSpan wait) && wait >= ShortestWait && wait <= LongestWait
            ? wait
            : throw new InputException("--wait is not usable", expected: "a time from 1s to 1h, such as 30s", found: $"'{text}'");
    }

    /// <summary>What there is to know about a server; no secret.</summary>
    /// <param name="outcome">What the verb did.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="state">The server's state.</param>
    /// <param name="version">The version of PostgreSQL; null where it is not known.</param>
    public static Report Describe(string outcome, StoreFolder folder, StoreSettings settings, ServerState state, string? version) => new Report()
        .Text("outcome", "outcome", outcome)
        .Text("url", "store", folder.Url(settings))
        .Text("export", "password", folder.ExportLine)
        .Text("pgpass", null, folder.Passwords)
        .Text("folder", null, folder.Root)
        .Flag("running", "running", state == ServerState.Running)
        .Text("state", null, state.ToString().ToLowerInvariant())
        .Text("host", null, settings.Host)
        .Whole("port", null, settings.Port)
        .Text("database", null, settings.Database)
        .Text("role", null, StoreSettings.Role)
        .Flag("tls", "encrypted", settings.Tls)
        .Text("version", version is null ? null : "PostgreSQL", version)
        .Text("log", "log", folder.Log);

    /// <summary>Says what may surprise about what a server listens on.</summary>
    public static void WarnOfListening(StoreSettings settings, ListenAddress listen, Session session)
    {
        if (!listen.IsLoopback && !settings.Tls)
        {
            session.Warn("connections over the network are not encrypted; init --tls encrypts them");
        }

        if (listen.IsLoopback && listen.Host.Any(char.IsAsciiLetter) && listen.Host != "localhost" && !IPAddress.TryParse(listen.Host, out _))
        {
            session.Warn($"on this machine {listen.Host} means {listen.Addresses[0]}: other machines cannot connect; --listen with an address or interface");
        }
    }
}
