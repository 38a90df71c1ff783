using System.CommandLine;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Dashboard;
using Glasswright.Kernels;

namespace Glasswright.Host.Commands;

/// <summary>The live page of the search in this process, and what it may do to the search. Nothing of it is part of the answer.</summary>
internal sealed class SearchDashboard : IDisposable
{
    private readonly DashboardServer _server;
    private readonly CancellationTokenSource _stop;
    private volatile SearchProgress? _progress;

    private SearchDashboard(DashboardServer server, CancellationToken stop)
    {
        _server = server;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>Where the samplers wait while somebody wants it.</summary>
    public PauseGate Gate { get; } = new();

    /// <summary>The wish of the user, here or there, that the search stops.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary><c>--dashboard [HOST:]PORT</c>.</summary>
    public static Option<string> Flag() => Options.Value(
        "--dashboard", "[HOST:]PORT", "Serve a live page of the run there as long as it runs: on this machine alone without HOST, on a free port with 0.");

    /// <summary>Takes the port, before anything of the run is there; null where no page is wanted.</summary>
    /// <exception cref="InputException">It cannot be had.</exception>
    public static SearchDashboard? Open(Arguments arguments, Option<string> flag, Session session, CancellationToken stop)
    {
        if (arguments.Text(flag) is not { } text)
        {
            return null;
        }

        var server = DashboardServer.Start(DashboardAddress.Parse(flag.Name, text));
        DashboardVerb.Tell(server, session);
        return new SearchDashboard(server, stop);
    }

    /// <summary>Shows the run.</summary>
    /// <param name="store">Opens its store for reading.</param>
    /// <param name="run">Its id.</param>
    /// <param name="folder">Its folder.</param>
    public void Show(Func<CancellationToken, Database> store, string run, string folder) => _server.Show(new RunSource(store, run)
    {
        Folder = folder,
        Progress = () => _progress,
        Control = new SearchControl(Gate, _stop),
    });

    /// <summary>Tells the page of progress on its way to another listener.</summary>
    public IProgress<SearchProgress> Through(IProgress<SearchProgress> next) => new Passing(this, next);

    /// <summary>Lets readers see how the search ended.</summary>
    public void End(string outcome) => _server.End(outcome);

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Dispose();
        Gate.Dispose();
        _stop.Dispose();
    }

    private sealed class Passing(SearchDashboard page, IProgress<SearchProgress> next) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value)
        {
            page._progress = value;
            next.Report(value);
        }
    }
}
