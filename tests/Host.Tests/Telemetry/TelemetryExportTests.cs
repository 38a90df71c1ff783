using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Glasswright.Actors.Telemetry;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Telemetry;
using Glasswright.Host.Tests.Commands;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Glasswright.Host.Tests.Telemetry;

/// <summary>A search that sends what it measures: to a receiver that takes it, to one that does not, to none.</summary>
public sealed class TelemetryExportTests : IDisposable
{
    private static readonly string[] Files = ["chain-0.csv", "chain-1.csv", "accepted-0.extxyz", "accepted-1.extxyz", "best.extxyz", "final.extxyz"];
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task AReceiverGetsWhatTheSearchCounted()
    {
        await using var receiver = new OtlpReceiver();
        Invocation run = Search("sent", "telemetry.interval=50 ms", $"telemetry.endpoint={receiver.Url}", "telemetry.protocol=http/protobuf");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotContain("warning");
        string id = run.Json.GetProperty("id").GetString()!;
        receiver.Requests.ShouldAllBe(request => request.Type == "application/x-protobuf");
        receiver.Requests.Select(request => request.Path).Distinct().Order().ShouldBe(["/v1/metrics", "/v1/traces"]);
        Dictionary<string, (string Unit, double Value, long Count)> metrics = receiver.Metrics(id);
        metrics["glasswright.trials 0"].ShouldBe(("{trial}", 12, 1));
        metrics["glasswright.trials 1"].ShouldBe(("{trial}", 12, 1));
        (metrics["glasswright.accepted 0"].Value + metrics["glasswright.accepted 1"].Value).ShouldBe(run.Json.GetProperty("accepted").GetInt64());
        metrics["glasswright.relaxations"].ShouldBe(("{relaxation}", run.Json.GetProperty("unique_relaxations").GetInt64(), 1));
        metrics["glasswright.force_evaluations"].Unit.ShouldBe("{evaluation}");
        metrics["glasswright.inferences"].Value.ShouldBeGreaterThanOrEqualTo(metrics["glasswright.relaxations"].Value);
        metrics["glasswright.stage.duration relax"].Unit.ShouldBe("s");
        metrics["glasswright.stage.duration relax"].Value.ShouldBe(run.Json.GetProperty("relaxing_core_s").GetDouble(), 1e-6);
        metrics["glasswright.stage.duration evaluate"].Value.ShouldBe(run.Json.GetProperty("evaluating_core_s").GetDouble(), 1e-6);
        metrics["glasswright.stage.duration evaluate"].Count.ShouldBeLessThanOrEqualTo(8 + run.Json.GetProperty("accepted").GetInt64(), "of starts and acceptances alone");
        metrics["glasswright.chains.live"].Value.ShouldBe(0);
        receiver.Resource(id, "service.name").ShouldBe("glasswright");
        receiver.Resource(id, "service.instance.id").ShouldNotBeNull().ShouldEndWith($":{Environment.ProcessId}");

        (string Name, string Trace)[] spans = [.. receiver.Spans(id)];
        spans.Count(span => span.Name == "run").ShouldBe(1);
        spans.Count(span => span.Name == "store.write").ShouldBe((int)metrics["glasswright.store.commit.duration"].Count);
        spans.Length.ShouldBe(1 + (int)metrics["glasswright.store.commit.duration"].Count);
        spans.Select(span => span.Trace).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task TheAnswerKeepsItsBytesAndItsName()
    {
        await using var receiver = new OtlpReceiver();
        Invocation plain = Search("plain"), sent = Search("sent", "telemetry.interval=50 ms", $"telemetry.endpoint={receiver.Url}");
        sent.Json.GetProperty("id").GetString().ShouldBe(plain.Json.GetProperty("id").GetString());
        receiver.Requests.ShouldNotBeEmpty();
        foreach (string name in Files)
        {
            File.ReadAllBytes(_scratch.File("sent/" + name)).ShouldBe(File.ReadAllBytes(_scratch.File("plain/" + name)), name);
        }
    }

    [Fact]
    public async Task GrpcReachesItsServices()
    {
        await using var receiver = new OtlpReceiver(HttpProtocols.Http2);
        Invocation run = Search("sent", $"telemetry.endpoint={receiver.Url}", "telemetry.protocol=grpc");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotContain("warning");
        receiver.Requests.Select(request => request.Path).Distinct().Order().ShouldBe(
            ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"]);
    }

    [Fact]
    public async Task AReceiverThatIsAwayOrRefusesIsWarnedOfOnce()
    {
        await using var refusing = new OtlpReceiver(status: 400);
        foreach (string url in (string[])[$"http://127.0.0.1:{FreePort()}", refusing.Url])
        {
            string folder = "run" + url[^5..];
            Invocation run = Search(folder, "telemetry.interval=50 ms", $"telemetry.endpoint={url}");
            run.ExitCode.ShouldBe(0, run.Error);
            run.Json.GetProperty("outcome").GetString().ShouldBe("finished");
            run.Error.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldBe(
                [$"warning: telemetry was not taken at {url}: nothing waits for it; this is said once"]);
            File.ReadAllText(_scratch.File(folder + "/log.txt")).ShouldContain("telemetry was not taken");
        }
    }

    [Fact]
    public async Task AReceiverThatNeverAnswersHoldsTheEndUpForABoundedTime()
    {
        await using var receiver = new OtlpReceiver(silent: true);
        long began = Stopwatch.GetTimestamp();
        var warnings = new List<string>();
        using var telemetry = new RunTelemetry("held", "here");
        TelemetryExport.Open(new TelemetrySettings { Endpoint = receiver.Url, Interval = TimeSpan.FromMilliseconds(50) }, telemetry, warnings.Add)!.Dispose();
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((2 * TelemetryExport.FlushTime) + TimeSpan.FromSeconds(30));
        warnings.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void TheEnvironmentIsAskedWhereTheConfigurationSaysNothing()
    {
        var variables = new Dictionary<string, string>();
        var warnings = new List<string>();
        var silent = new TelemetrySettings();
        Find(silent).ShouldBeNull();

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4318";
        Find(silent)!.Of("metrics").ShouldBe(new Uri("http://collector:4318/v1/metrics"));
        Find(new TelemetrySettings { Endpoint = "https://mine/prefix/" })!.Of("traces").ShouldBe(new Uri("https://mine/prefix/v1/traces"));

        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        Find(silent)!.Of("metrics").ShouldBe(new Uri("http://collector:4318/"));
        Find(new TelemetrySettings { Protocol = TelemetryProtocol.HttpProtobuf })!.Protocol.ShouldBe(TelemetryProtocol.HttpProtobuf);

        variables["OTEL_SDK_DISABLED"] = "true";
        Find(silent).ShouldBeNull();
        variables.Remove("OTEL_SDK_DISABLED");
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector";
        warnings.ShouldBeEmpty();
        Find(silent).ShouldBeNull();
        warnings.ShouldHaveSingleItem().ShouldContain("OTEL_EXPORTER_OTLP_ENDPOINT = collector is no address");

        TelemetryTarget? Find(TelemetrySettings settings) => TelemetryTarget.Find(settings, name => variables.GetValueOrDefault(name), warnings.Add);
    }

    [Theory]
    [InlineData("telemetry.endpoint=localhost:4318", "is no address")]
    [InlineData("telemetry.endpoint=ftp://localhost", "is no address")]
    [InlineData("telemetry.protocol=http", "grpc")]
    [InlineData("telemetry.interval=1 ms", "at least 0.05")]
    public void ASettingThatCannotBeUsedIsRefused(string define, string part) =>
        Invocation.Run("search", SearchVerbTests.Write(_scratch), "--out", _scratch.File("run"), "-D", define).ShouldBeRefused(define.Split('=')[0], part);

    public void Dispose() => _scratch.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Two chains with a small model, so that there are values to compute.</summary>
    private Invocation Search(string folder, params string[] defines) => Invocation.Run(
    [
        "search", SearchVerbTests.Write(_scratch), "--json", "--out", _scratch.File(folder), "--threads", "2",
        "-D", $"search.decider.model={JsonSerializer.Serialize(Samples.SmallModel(_scratch))}", "-D", "search.decider.temperature=1e5", "-D", "replicas=2",
        .. defines.SelectMany(define => (string[])["-D", define]),
    ]);
}
