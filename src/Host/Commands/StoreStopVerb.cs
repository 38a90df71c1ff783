using System.CommandLine;
using Glasswright.Host.Stores;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>store stop</c>: the server of a folder does not run afterwards, whatever was before.</summary>
internal sealed class StoreStopVerb : Verb
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(60);

    private readonly Argument<string?> _folder = StoreOptions.Folder();
    private readonly Option<string> _mode = Options.Value(
        "--mode", "NAME", "fast (the default: connections end, all is written) or immediate (as if killed; the next start recovers).");

    private readonly Option<string> _wait = StoreOptions.Wait("until it has stopped");
    private readonly Option<string> _binaries = StoreOptions.Binaries();

    /// <summary>Describes the verb.</summary>
    public StoreStopVerb()
        : base("stop", "Stop the server and wait until it has; one that does not run is left alone.")
    {
        Command.Arguments.Add(_folder);
        Take(_mode, _wait, _binaries);
    }

    private enum Mode
    {
        Fast,
        Immediate,
    }

    /// <inheritdoc/>
    public override string? Group => "store";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        StoreFolder folder = StoreOptions.ReadFolder(arguments, _folder, this);
        Mode mode = arguments.Choice(_mode, ("fast", Mode.Fast), ("immediate", Mode.Immediate)) ?? Mode.Fast;
        TimeSpan wait = StoreOptions.ReadWait(arguments, _wait, DefaultWait);
        StoreSettings settings = folder.ReadSettings();
        using IDisposable held = StoreLock.Take(folder, wait);
        var server = new StoreServer(folder, Environment.MachineName);
        ServerState before = server.State;
        if (before == ServerState.Elsewhere)
        {
            throw new InputException(
                "another machine runs the server",
                file: folder.Root,
                expected: "glasswright store stop there",
                found: File.ReadAllText(folder.Machine).Trim());
        }

        if (before == ServerState.Running)
        {
            string major = File.ReadAllText(Path.Combine(folder.Data, "PG_VERSION")).Trim();
            server.Stop(
                ServerPrograms.Find(arguments.Text(_binaries) ?? settings.Binaries, major),
                ServerAccount.Find(settings.User),
                mode == Mode.Fast ? "fast" : "immediate",
                wait);
        }

        session.Print(StoreOptions.Describe(
            before == ServerState.Running ? "stopped" : "not running", folder, settings, server.State, version: null));
        return 0;
    }
}
