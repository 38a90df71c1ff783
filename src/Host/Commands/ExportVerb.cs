using System.CommandLine;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>export</c>: makes a run's files from the store, anywhere.</summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string?> _run = new("RUN") { Description = "The id of the run.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<string> _out = Options.Out("The folder to make.");

    /// <summary>Describes the verb.</summary>
    public ExportVerb()
        : base("export", "Make the files of a run, whatever it is at, from a store.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _out);
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        string path = arguments.Required(_out);
        OutputFile.RequireWritableFolder(path);
        using NodeConnection connection = NodeConnection.Open(arguments.Required(_store), session, create: false);
        string run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "export RUN --store URL --out DIR");
        RunListing listing = StoredRun.Find(connection.Database, run);
        using RunFolder folder = RunFolder.Create(path, OutExists.Refuse);
        try
        {
            var store = new RunStore(connection.Database, run, owns: false);
            RunRecord record = store.ReadRun()!;
            SearchInput input = StoredRun.Read(store, record, folder.Path, 1, session);
            SearchResult result = new SearchSession(new SearchParts
            {
                Settings = input.Settings,
                Start = input.Glass.Structure,
                MakeEvaluator = input.MakeEvaluator,
                Store = store,
                Folder = folder,
                Record = record,
                Inputs = input.Files,
            }).Export();
            session.Print(new Report()
                .Text("run", "run", run)
                .Text("state", "state", listing.State.ToString().ToLowerInvariant())
                .Text("out", "folder", folder.Path)
                .Whole("trials", "trials", result.Trials)
                .Whole("accepted", "accepted", result.Accepted));
            return 0;
        }
        catch (InputException)
        {
            folder.Discard();
            throw;
        }
    }
}
