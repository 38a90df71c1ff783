using System.CommandLine;
using Glasswright.Host.Stores;

namespace Glasswright.Host.Commands;

/// <summary><c>store status</c>: whether the server of a folder runs, and how to reach it. Changes nothing.</summary>
internal sealed class StoreStatusVerb : Verb
{
    private readonly Argument<string?> _folder = StoreOptions.Folder();

    /// <summary>Describes the verb.</summary>
    public StoreStatusVerb()
        : base("status", "Tell whether the server runs, and how to reach it.") => Command.Arguments.Add(_folder);

    /// <inheritdoc/>
    public override string? Group => "store";

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        StoreFolder folder = StoreOptions.ReadFolder(arguments, _folder, this);
        StoreSettings settings = folder.ReadSettings();
        ServerState state = new StoreServer(folder, Environment.MachineName).State;
        string outcome = state switch
        {
            ServerState.Running => "running",
            ServerState.Crashed => "killed; store start recovers it",
            ServerState.Elsewhere => $"started on {File.ReadAllText(folder.Machine).Trim()}, not stopped",
            _ => "stopped",
        };
        (string? version, string? fault) = state == ServerState.Running ? StoreConnection.Try(folder, settings) : (null, null);
        session.Print(StoreOptions.Describe(outcome, folder, settings, state, version));
        if (fault is not null)
        {
            session.Warn($"the server runs, and {StoreSettings.Role} cannot connect: {fault}; its log is {folder.Log}");
        }

        return 0;
    }
}
