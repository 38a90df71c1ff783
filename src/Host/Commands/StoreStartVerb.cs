using System.CommandLine;
using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>store start</c>: the server of a folder takes connections, whatever was before; a killed one recovers.</summary>
internal sealed class StoreStartVerb : Verb
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    private readonly Argument<string?> _folder = StoreOptions.Folder();
    private readonly Option<string> _wait = StoreOptions.Wait("until it takes connections");
    private readonly Option<string> _port = StoreOptions.Port("by default the one it has");
    private readonly Option<string> _listen = StoreOptions.Listen("by default as before");
    private readonly Option<string[]> _allow = StoreOptions.Allow();
    private readonly Option<bool> _takeOver = new("--take-over")
    {
        Description = "Start it although another machine has not stopped it: only if that machine, or the server on it, is dead.",
    };

    private readonly Option<string> _binaries = StoreOptions.Binaries();

    /// <summary>Describes the verb.</summary>
    public StoreStartVerb()
        : base("start", "Start the server and wait until it takes connections; one that runs is left alone.")
    {
        Command.Arguments.Add(_folder);
        Take(_wait, _port, _listen, _allow, _takeOver, _binaries);
    }

    /// <inheritdoc/>
    public override string? Group => "store";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        StoreFolder folder = StoreOptions.ReadFolder(arguments, _folder, this);
        TimeSpan wait = StoreOptions.ReadWait(arguments, _wait, DefaultWait);
        int? port = StoreOptions.ReadPort(arguments, _port);
        IReadOnlyList<string> allow = StoreOptions.ReadNetworks(arguments, _allow);
        StoreSettings settings = folder.ReadSettings();
        using IDisposable held = StoreLock.Take(folder, wait);
        settings = folder.ReadSettings();
        var server = new StoreServer(folder, Environment.MachineName);
        bool changes = port is not null || arguments.IsGiven(_listen) || arguments.IsGiven(_allow);
        bool wasRunning = server.State == ServerState.Running;
        if (wasRunning && changes)
        {
            throw new InputException(
                "the server runs; port, address and networks change at a start",
                file: folder.Root,
                expected: "glasswright store stop first, or none of --port, --listen, --allow");
        }

        if (!wasRunning)
        {
            string name = arguments.Text(_listen) ?? settings.Listen;
            var listen = ListenAddress.Find(name);
            settings = settings with
            {
                Listen = name,
                Host = listen.Host,
                Port = port switch { null => settings.Port, 0 => ServerPort.FindFree(listen.Addresses), _ => port.Value },
                Allow = [.. settings.Allow.Union(allow)],
            };
            StoreOptions.WarnOfListening(settings, listen, session);
            var account = ServerAccount.Find(settings.User);
            string major = File.ReadAllText(Path.Combine(folder.Data, "PG_VERSION")).Trim();
            var programs = ServerPrograms.Find(arguments.Text(_binaries) ?? settings.Binaries, major);
            server.Start(settings, listen, programs, account, arguments.Has(_takeOver), wait);
        }

        (string? version, string? fault) = StoreConnection.Try(folder, settings);
        if (fault is not null)
        {
            throw new IOException($"the server runs, and {StoreSettings.Role} cannot connect: {fault}; its log is {folder.Log}");
        }

        session.Print(StoreOptions.Describe(wasRunning ? "already running" : "started", folder, settings, ServerState.Running, version));
        return 0;
    }
}
