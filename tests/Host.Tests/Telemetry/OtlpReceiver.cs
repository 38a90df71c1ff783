using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Glasswright.Host.Tests.Telemetry;

/// <summary>A receiver of OTLP in this process, which keeps what it gets.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly string[] PointKeys = ["glasswright.replica", "glasswright.unit", "glasswright.piece", "glasswright.part"];
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<(string Path, string? Type, byte[] Body)> _requests = new();
    private readonly int _status;
    private readonly TaskCompletionSource _hold = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="protocols">HTTP/1.1, or HTTP/2 for gRPC.</param>
    /// <param name="status">What it answers.</param>
    /// <param name="silent">Whether it takes requests and never answers.</param>
    public OtlpReceiver(HttpProtocols protocols = HttpProtocols.Http1, int status = 200, bool silent = false)
    {
        _status = status;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        _server = builder.Build();
        _server.Run(silent ? _ => _hold.Task : TakeAsync);
        _server.StartAsync().GetAwaiter().GetResult();
    }

    public string Url => _server.Urls.Single();

    public IReadOnlyList<(string Path, string? Type, byte[] Body)> Requests => [.. _requests];

    /// <summary>The last value of each metric of a run, or of what another attribute of the scope tells, by name and attribute: counters are cumulative. Histograms give count and sum.</summary>
    public Dictionary<string, (string Unit, double Value, long Count)> Metrics(string about, string key = "glasswright.run")
    {
        var last = new Dictionary<string, (string, double, long)>();
        foreach ((OtlpMessage scope, OtlpMessage metric) in Scopes("/v1/metrics").SelectMany(scope => scope.All(2).Select(metric => (scope.One(1), metric))))
        {
            if (scope.One(1).Text != "Glasswright" || scope.Attribute(3, key) != about)
            {
                continue;
            }

            string name = metric.One(1).Text, unit = metric.One(3).Text;
            foreach (OtlpMessage point in metric.All(5).Concat(metric.All(7)).SelectMany(gaugeOrSum => gaugeOrSum.All(1)))
            {
                last[Key(name, PointKeys.Select(attribute => point.Attribute(7, attribute)).FirstOrDefault(value => value is not null))] = (unit, point.Has(6) ? point.Integer(6) : point.Double(4), 1);
            }

            foreach (OtlpMessage point in metric.All(9).SelectMany(histogram => histogram.All(1)))
            {
                last[Key(name, point.Attribute(9, "glasswright.stage"))] = (unit, point.Double(5), point.Integer(4));
            }
        }

        return last;
    }

    /// <summary>The spans of a run, or of what another attribute of the scope tells: name and trace.</summary>
    public IEnumerable<(string Name, string Trace)> Spans(string about, string key = "glasswright.run") => Scopes("/v1/traces")
        .Where(scope => scope.One(1).One(1).Text == "Glasswright" && scope.One(1).Attribute(3, key) == about)
        .SelectMany(scope => scope.All(2)).Select(span => (span.One(5).Text, span.One(1).Hex));

    /// <summary>What a resource says of itself.</summary>
    public string? Resource(string run, string key) => Bodies("/v1/metrics").SelectMany(body => body.All(1)).Select(resource => resource.One(1))
        .Where(resource => resource.Attribute(1, "glasswright.run") == run).Select(resource => resource.Attribute(1, key)).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        _hold.TrySetResult();
        await _server.DisposeAsync();
    }

    private static string Key(string name, string? attribute) => attribute is null ? name : $"{name} {attribute}";

    private IEnumerable<OtlpMessage> Bodies(string path) => _requests.Where(request => request.Path == path).Select(request => new OtlpMessage(request.Body));

    // Export…ServiceRequest: resources 1; Resource…: resource 1, scopes 2; Scope…: scope 1, metrics or spans 2.
    private IEnumerable<OtlpMessage> Scopes(string path) => Bodies(path).SelectMany(body => body.All(1)).SelectMany(resource => resource.All(2));

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _requests.Enqueue((context.Request.Path, context.Request.ContentType, body.ToArray()));
        context.Response.StatusCode = _status;
        if (context.Request.ContentType == "application/grpc")
        {
            // An empty message, and the status behind it.
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
