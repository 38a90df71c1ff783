using System.CommandLine;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>cancel</c>: ends a run on all nodes. What it has done stays in the store.</summary>
internal sealed class CancelVerb : Verb
{
    private readonly Argument<string?> _run = new("RUN") { Description = "The id of the run.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");

    /// <summary>Describes the verb.</summary>
    public CancelVerb()
        : base("cancel", "End a run on all nodes of a store; what it has done can be exported.")
    {
        Command.Arguments.Add(_run);
        Take(_store);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session, create: false);
        string run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "cancel RUN --store URL");
        RunListing listing = StoredRun.Find(connection.Database, run);
        var store = new RunStore(connection.Database, run, owns: false);
        if (listing.State != RunState.Live || !store.WriteState(RunState.Canceled))
        {
            throw new InputException("the run has ended already", run, expected: "a live run", found: store.ReadState().ToString().ToLowerInvariant());
        }

        session.Print(new Report().Text("run", "run", run).Text("state", "state", "canceled").Whole("trials", "trials", listing.Trials));
        return 0;
    }
}
