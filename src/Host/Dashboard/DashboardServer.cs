using System.Net;
using System.Net.Sockets;
using Glasswright.Kernels;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Glasswright.Host.Dashboard;

/// <summary>
/// The server of the live page: Kestrel alone, without the host that would listen to signals, read settings from the environment and write to the
/// console. It has its port from the beginning, and a run to show as soon as there is one.
/// </summary>
internal sealed class DashboardServer : IHttpApplication<HttpContext>, IDisposable
{
    private const int MostConnections = 128;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;
    private readonly DashboardAddress _address;
    private readonly LivePage _page;
    private readonly CancellationTokenSource _closing = new();

    // Completed once there is a run; readers who come earlier wait for it.
    private readonly TaskCompletionSource<RunWatch> _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DashboardServer(DashboardAddress address, LivePage page)
    {
        _address = address;
        _page = page;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxRequestBodySize = 0;
        options.Listen(address.Address, address.Port);
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>The token of this server's pages.</summary>
    public AccessToken Token { get; } = new();

    /// <summary>The port.</summary>
    public int Port { get; private set; }

    /// <summary>The page's address for those who may act, in one line.</summary>
    public string Url => FormattableString.Invariant($"http://{_address.Host}:{Port}/#token={Token.Text}");

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => _address.IsLoopback;

    private RunWatch? Watch => _shown.Task.IsCompletedSuccessfully ? _shown.Task.Result : null;

    /// <summary>Takes the port.</summary>
    /// <exception cref="InputException">It cannot be had, or this build has no page.</exception>
    public static DashboardServer Start(DashboardAddress address)
    {
        var server = new DashboardServer(address, LivePage.Read());
        try
        {
            server._server.StartAsync(server, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            server.Dispose();
            throw new InputException(
                FormattableString.Invariant($"the live page cannot be served on {address.Host}:{address.Port}"),
                expected: "a free port of this machine; 0 has one chosen",
                found: (failure.InnerException ?? failure).Message.TrimEnd('.'),
                inner: failure);
        }

        server.Port = new Uri(server._server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return server;
    }

    /// <summary>Shows a run from now on.</summary>
    public void Show(RunSource source) => _shown.SetResult(new RunWatch(source));

    /// <summary>Lets readers see how the run ended.</summary>
    public void End(string outcome) => Watch?.End(outcome);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(HttpContext context)
    {
        // Nothing is answered under a name that is not ours.
        return _address.Accepts(context.Request.Host.Host)
            ? new DashboardRequest(context, _page, Token, _shown.Task).AnswerAsync(_closing.Token)
            : DashboardRequest.RefuseAsync(context, (int)HttpStatusCode.MisdirectedRequest, "This host name is not served here.");
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Watch?.HasEnded != true)
        {
            _closing.Cancel();
        }

        // Of a run that has ended the readers are being told so.
        using (var patience = new CancellationTokenSource(Farewell))
        {
            _server.StopAsync(patience.Token).GetAwaiter().GetResult();
        }

        _closing.Cancel();
        _server.Dispose();
        Watch?.Dispose();
        _closing.Dispose();
    }
}
