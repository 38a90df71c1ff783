using System.CommandLine;
using Glasswright.Actors.Storage;
using Glasswright.Host.Dashboard;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary><c>dashboard</c>: the live page of a run that works elsewhere, or has ended.</summary>
internal sealed class DashboardVerb : Verb
{
    private const string AnyPort = "0";

    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "The run's folder, whatever the run is at; or its id in the store (with --store).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _store = Options.Value("--store", "URL", "The store: postgres://user@host:port/database.");
    private readonly Option<string> _port = Options.Value("--port", "[HOST:]PORT", "Where to serve the page: on this machine alone without HOST, on a free port without this flag.");

    /// <summary>Describes the verb.</summary>
    public DashboardVerb()
        : base("dashboard", "Serve a live page of a run until stopped: its targets, acceptance, rungs, nodes, rate and time left.")
    {
        Command.Arguments.Add(_run);
        Take(_store, _port);
    }

    /// <summary>Tells where the page is. The token stands in the address's fragment, which no browser sends and no server logs.</summary>
    public static void Tell(DashboardServer server, Session session)
    {
        session.Say($"live page: {server.Url}");
        if (!server.IsLoopback)
        {
            session.Warn("the live page is open to whoever can reach this address, and its connection is not encrypted; controls need the token");
        }
    }

    /// <inheritdoc/>
    public override int Execute(Arguments arguments, Session session)
    {
        CancellationToken stop = session.Stop;
        string? run = arguments.Positional(_run) ?? throw new InputException("no run is given", expected: "dashboard RUN, or dashboard ID --store URL");
        string? folder = Directory.Exists(run) ? run : null;
        bool isShared;
        using (Database database = StoredRun.Open(ref run, arguments, _store, session))
        {
            run = StoredRun.Find(database, run).Run;
            isShared = database is PostgresDatabase;
        }

        string given = folder ?? run;
        using var server = DashboardServer.Start(DashboardAddress.Parse(_port.Name, arguments.Text(_port) ?? AnyPort));
        Tell(server, session);
        server.Show(new RunSource(_ => Open(), run)
        {
            Folder = folder,
            Control = isShared ? new StoreControl(Open, run) : null,
        });
        stop.WaitHandle.WaitOne();
        return 0;

        Database Open()
        {
            string? name = given;
            return StoredRun.Open(ref name, arguments, _store, session);
        }
    }
}
