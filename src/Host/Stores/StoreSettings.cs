using System.Globalization;
using System.Text.Json;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>What a private server is told about itself, kept as <c>store.json</c> in its folder. It holds no secret.</summary>
internal sealed record StoreSettings
{
    /// <summary>The role that programs log in as.</summary>
    public const string Role = "glasswright";

    /// <summary>The role that may do everything; it made the data folder.</summary>
    public const string AdministratorRole = "postgres";

    /// <summary>The schema that belongs to <see cref="Role"/>.</summary>
    public const string Schema = "glasswright";

    /// <summary>The version of the file that this release writes and reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>Version of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the server listens on, as the user named it: an address, a host's name or an interface.</summary>
    public required string Listen { get; init; }

    /// <summary>What clients connect to: the name or address in the URL.</summary>
    public required string Host { get; init; }

    /// <summary>Networks that may connect beyond those of the interface, as address/bits.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>Whether connections are encrypted, and others refused.</summary>
    public bool Tls { get; init; }

    /// <summary>The account that the server runs as, where root made the store.</summary>
    public string? User { get; init; }

    /// <summary>The folder of PostgreSQL's programs, where the user named one.</summary>
    public string? Binaries { get; init; }

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="InputException">It is damaged, or of a newer release.</exception>
    public static StoreSettings Parse(string text, string file)
    {
        try
        {
            using (var document = JsonDocument.Parse(text))
            {
                int format = document.RootElement.GetProperty("format").GetInt32();
                if (format != CurrentFormat)
                {
                    throw new InputException(
                        "the store's settings are of another release",
                        file: file,
                        expected: FormattableString.Invariant($"format {CurrentFormat}"),
                        found: format.ToString(CultureInfo.InvariantCulture));
                }
            }

            return JsonSerializer.Deserialize<StoreSettings>(text, Json)!;
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InputException("the store's settings cannot be read", file: file, expected: "what glasswright store init wrote", inner: damage);
        }
    }
}
