using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>Where the measurements of a search are sent.</summary>
internal sealed record TelemetrySettings : ICheckedSettings
{
    /// <summary>The OTLP receiver; null for what the environment names.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How it is spoken to; null for what the environment names, else http/protobuf.</summary>
    [NullWord("auto")]
    public TelemetryProtocol? Protocol { get; init; }

    /// <summary>Time between two exports.</summary>
    [AtLeast(0.05)]
    [AtMost(86400)]
    public TimeSpan Interval { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Endpoint is not null && !IsAddress(Endpoint))
        {
            yield return new SettingFault("endpoint", "is no address", "\"http://host:port\" or \"https://host:port\", in quotes");
        }
    }

    /// <summary>Whether a text is the address of a receiver.</summary>
    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}

/// <summary>How a receiver is spoken to.</summary>
internal enum TelemetryProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP.</summary>
    [Key("http/protobuf")]
    HttpProtobuf,
}
