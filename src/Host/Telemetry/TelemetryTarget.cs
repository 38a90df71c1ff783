using Glasswright.Host.Configuration.Settings;

namespace Glasswright.Host.Telemetry;

/// <summary>Where measurements are sent.</summary>
/// <param name="Endpoint">The receiver, without the path of a signal.</param>
/// <param name="Protocol">How it is spoken to.</param>
internal sealed record TelemetryTarget(Uri Endpoint, TelemetryProtocol Protocol)
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT", ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL", DisabledVariable = "OTEL_SDK_DISABLED";

    /// <summary>
    /// What the configuration says, and where it says nothing the standard variables of the environment; null where neither names a receiver, or
    /// <c>OTEL_SDK_DISABLED</c> is true.
    /// </summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="environment">Looks a variable up.</param>
    /// <param name="warn">Told of a variable that cannot be used: an environment is others' too, so that it stops nothing.</param>
    public static TelemetryTarget? Find(TelemetrySettings settings, Func<string, string?> environment, Action<string> warn)
    {
        if (string.Equals(environment(DisabledVariable), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string? endpoint = settings.Endpoint ?? environment(EndpointVariable);
        if (string.IsNullOrWhiteSpace(endpoint))
        {
            return null;
        }

        if (!TelemetrySettings.IsAddress(endpoint))
        {
            warn($"{EndpointVariable} = {endpoint} is no address: no telemetry is sent");
            return null;
        }

        return new TelemetryTarget(new Uri(endpoint), settings.Protocol ?? (environment(ProtocolVariable) == "grpc" ? TelemetryProtocol.Grpc : TelemetryProtocol.HttpProtobuf));
    }

    /// <summary>Where a signal is sent: gRPC knows its services by itself.</summary>
    /// <param name="signal"><c>metrics</c> or <c>traces</c>.</param>
    public Uri Of(string signal) => Protocol == TelemetryProtocol.Grpc ? Endpoint : new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
}
