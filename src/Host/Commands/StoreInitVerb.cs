using System.CommandLine;
using System.Text.RegularExpressions;
using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>store init</c>: makes the folder of a private server, with a password of its own. Nothing runs afterwards.</summary>
internal sealed partial class StoreInitVerb : Verb
{
    private const string DefaultListen = "127.0.0.1", DefaultDatabase = "glasswright";

    private readonly Argument<string?> _folder = StoreOptions.Folder();
    private readonly Option<string> _port = StoreOptions.Port("by default any");
    private readonly Option<string> _listen = StoreOptions.Listen($"by default {DefaultListen}");
    private readonly Option<string[]> _allow = StoreOptions.Allow();
    private readonly Option<string> _database = Options.Value("--database", "NAME", $"Name of the database; by default {DefaultDatabase}.");
    private readonly Option<bool> _tls = new("--tls") { Description = "Encrypt connections, with certificates made here, and refuse others." };
    private readonly Option<string> _user = Options.Value("--user", "NAME", "For root: the ordinary user that owns the folder and runs the server.");
    private readonly Option<string> _binaries = StoreOptions.Binaries();

    /// <summary>Describes the verb.</summary>
    public StoreInitVerb()
        : base("init", "Make a private PostgreSQL server in a new folder: a database, a role with few rights, a random password.")
    {
        Command.Arguments.Add(_folder);
        Take(_port, _listen, _allow, _database, _tls, _user, _binaries);
    }

    /// <inheritdoc/>
    public override string? Group => "store";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = session.Stop;
        StoreFolder folder = StoreOptions.ReadFolder(arguments, _folder, this);
        int? port = StoreOptions.ReadPort(arguments, _port);
        string database = arguments.Text(_database) ?? DefaultDatabase;
        if (!DatabaseName().IsMatch(database) || database is "postgres" or "template0" or "template1")
        {
            throw new InputException(
                "--database is not usable", expected: "up to 48 of a-z, 0-9 and _, a letter first, and none of the server's own", found: $"'{database}'");
        }

        var listen = ListenAddress.Find(arguments.Text(_listen) ?? DefaultListen);
        IReadOnlyList<string> allow = StoreOptions.ReadNetworks(arguments, _allow);
        StoreCreation.RequireNew(folder);
        var account = ServerAccount.Find(arguments.Text(_user));
        string? binaries = arguments.Text(_binaries) is { } given ? Path.GetFullPath(given) : null;
        var programs = ServerPrograms.Find(binaries);
        if (port is > 0)
        {
            ServerPort.RequireFree(listen.Addresses, port.Value);
        }

        var settings = new StoreSettings
        {
            Listen = arguments.Text(_listen) ?? DefaultListen,
            Host = listen.Host,
            Allow = allow,
            Port = port is > 0 ? port.Value : ServerPort.FindFree(listen.Addresses),
            Database = database,
            Tls = arguments.Has(_tls),
            User = account.Name,
            Binaries = binaries,
        };
        StoreOptions.WarnOfListening(settings, listen, session);
        if (!folder.HoldsSocket(settings.Port))
        {
            session.Warn("the folder's path is too long for a Unix socket: the server has none, and takes connections over TCP only");
        }

        try
        {
            StoreCreation.Create(folder, settings, listen, programs, account, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            session.Print(new Output.Report().Text("outcome", "outcome", "stopped"));
            session.Say("stopped; nothing was made, so the same command begins anew");
            return 0;
        }

        session.Print(StoreOptions.Describe("made", folder, settings, ServerState.Stopped, programs.Version));
        session.Say($"to start it: glasswright store start {StoreFolder.QuoteForShell(folder.Root)}");
        return 0;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,47}$")]
    private static partial Regex DatabaseName();
}
