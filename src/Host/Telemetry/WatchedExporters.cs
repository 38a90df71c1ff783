using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Glasswright.Host.Telemetry;

/// <summary>Sends metrics, and tells when they were not taken.</summary>
/// <param name="options">Where and how.</param>
/// <param name="failed">Told, on the exporter's thread, each time.</param>
internal sealed class WatchedMetricExporter(OtlpExporterOptions options, Action failed) : OtlpMetricExporter(options)
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch) => Outcome.Of(base.Export(batch), failed);
}

/// <summary>Sends activities, and tells when they were not taken.</summary>
/// <param name="options">Where and how.</param>
/// <param name="failed">Told, on the exporter's thread, each time.</param>
internal sealed class WatchedTraceExporter(OtlpExporterOptions options, Action failed) : OtlpTraceExporter(options)
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch) => Outcome.Of(base.Export(batch), failed);
}

/// <summary>What became of an export.</summary>
file static class Outcome
{
    public static ExportResult Of(ExportResult result, Action failed)
    {
        if (result == ExportResult.Failure)
        {
            failed();
        }

        return result;
    }
}
