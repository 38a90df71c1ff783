using System.Diagnostics;
using Glasswright.Actors.Telemetry;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Glasswright.Host.Telemetry;

/// <summary>
/// Sends what a run or a verb measures to an OTLP receiver, on threads of its own that nobody waits for: one that is away costs the work nothing, and one
/// warning tells of it. At the end what is left is sent, for a bounded time.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    /// <summary>How long the end waits for a receiver.</summary>
    public static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(3);

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;
    private readonly Action<string> _warn;
    private readonly Uri _endpoint;
    private int _failed;

    private TelemetryExport(TelemetryTarget target, TimeSpan interval, TelemetryScope telemetry, Action<string> warn)
    {
        _endpoint = target.Endpoint;
        _warn = warn;
        ResourceBuilder resource = ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddService("glasswright", serviceVersion: BuildInformation.Version, serviceInstanceId: telemetry.Process)
            .AddAttributes([Named(telemetry.About), new("host.name", Environment.MachineName)])
            .AddEnvironmentVariableDetector();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(TelemetryScope.Name)
            // Of this work alone: meters and sources of one name and version would become one.
            .AddView(instrument => ReferenceEquals(instrument.Meter, telemetry.Meter) ? null : MetricStreamConfiguration.Drop)
            .AddReader(new PeriodicExportingMetricReader(new WatchedMetricExporter(Options(target, "metrics"), Failed), (int)interval.TotalMilliseconds))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(TelemetryScope.Name)
            .AddProcessor(new OwnActivities(telemetry, new WatchedTraceExporter(Options(target, "traces"), Failed)))
            .Build();
    }

    /// <summary>Begins to send, before anything is measured; null where nobody wants it.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="telemetry">What is measured.</param>
    /// <param name="warn">Told once at most.</param>
    public static TelemetryExport? Open(TelemetrySettings settings, TelemetryScope telemetry, Action<string> warn) =>
        TelemetryTarget.Find(settings, Environment.GetEnvironmentVariable, warn) is { } target
            ? new TelemetryExport(target, settings.Interval, telemetry, warn)
            : null;

    /// <summary>Sends what is left; gives up after <see cref="FlushTime"/>.</summary>
    public void Dispose()
    {
        int most = (int)FlushTime.TotalMilliseconds;
        Task<bool> metrics = Task.Run(() => _metrics.Shutdown(most)), traces = Task.Run(() => _traces.Shutdown(most));
        bool ended = Task.WaitAll([metrics, traces], FlushTime + FlushTime) && metrics.Result && traces.Result;
        if (!ended)
        {
            // Their threads are in the middle of a request. They are background threads and end with the process.
            Failed();
            return;
        }

        _metrics.Dispose();
        _traces.Dispose();
    }

    // Headers, certificates and the time limit of a request come from the environment, by the standard's names.
    private static OtlpExporterOptions Options(TelemetryTarget target, string signal) => new()
    {
        Protocol = target.Protocol == TelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Endpoint = target.Of(signal),
    };

    // The SDK's attributes have values, a scope's may have none.
    private static KeyValuePair<string, object> Named(KeyValuePair<string, object?> tag) => new(tag.Key, tag.Value!);

    private void Failed()
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            _warn($"telemetry was not taken at {_endpoint.Scheme}://{_endpoint.Authority}: nothing waits for it; this is said once");
        }
    }

    private sealed class OwnActivities(TelemetryScope telemetry, BaseExporter<Activity> exporter) : BatchActivityExportProcessor(exporter)
    {
        public override void OnEnd(Activity data)
        {
            if (telemetry.Owns(data))
            {
                base.OnEnd(data);
            }
        }
    }
}
