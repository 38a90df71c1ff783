using System.Globalization;
using Glasswright.Kernels;
using Npgsql;

namespace Glasswright.Actors.Storage;

/// <summary>
/// Where the state of runs lives: <c>sqlite</c>, the file in the run's folder, or <c>postgres://user@host:port/database</c> with the
/// parameters <c>sslmode</c>, <c>sslrootcert</c>, <c>sslcert</c>, <c>sslkey</c>, <c>schema</c>. It holds no secret: passwords come from
/// the file that <c>PGPASSFILE</c> names, <c>~/.pgpass</c>, or <c>PGPASSWORD</c>.
/// </summary>
internal sealed class StoreAddress
{
    private const int DefaultPort = 5432;
    private static readonly string[] Parameters = ["sslmode", "sslrootcert", "sslcert", "sslkey", "schema"];
    private readonly string _text;

    private StoreAddress(string text, string? connection)
    {
        _text = text;
        ConnectionString = connection ?? "";
        IsPostgres = connection is not null;
    }

    /// <summary>Whether it is a PostgreSQL database.</summary>
    public bool IsPostgres { get; }

    /// <summary>For the driver; without a password.</summary>
    public string ConnectionString { get; }

    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none, or holds a password.</exception>
    public static StoreAddress Parse(string text)
    {
        if (text == "sqlite")
        {
            return new StoreAddress(text, null);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new InputException("this names no store", null, expected: "sqlite or postgres://user@host:port/database", found: text);
        }

        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            // Without what was found: it holds a secret.
            throw new InputException(
                "a password does not belong into the address of a store: others see it in the list of processes and in files",
                null,
                expected: "postgres://user@host:port/database, and the password in a file that PGPASSFILE names, or in PGPASSWORD");
        }

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? uri.Host : throw Fault(text, "a host"),
            Port = uri.Port > 0 ? uri.Port : DefaultPort,
            Database = uri.AbsolutePath.Trim('/') is { Length: > 0 } name ? Uri.UnescapeDataString(name) : throw Fault(text, "the name of a database"),
            Username = uri.UserInfo.Length > 0 ? Uri.UnescapeDataString(uri.UserInfo) : Environment.UserName,
            ApplicationName = "glasswright",
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 30,
            KeepAlive = 10,
            TcpKeepAlive = true,
            MaxAutoPrepare = 64,
        };
        foreach (string part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            Apply(connection, text, part);
        }

        return new StoreAddress(text, connection.ToString());
    }

    /// <summary>The address as it was given.</summary>
    public override string ToString() => _text;

    private static void Apply(NpgsqlConnectionStringBuilder connection, string text, string part)
    {
        string[] pair = part.Split('=', 2);
        string value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "";
        switch (pair[0])
        {
            case "sslmode":
                connection.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw Fault(text, "sslmode = disable, allow, prefer, require, verify-ca or verify-full"),
                };
                break;
            case "sslrootcert":
                connection.RootCertificate = value;
                break;
            case "sslcert":
                connection.SslCertificate = value;
                break;
            case "sslkey":
                connection.SslKey = value;
                break;
            case "schema":
                connection.SearchPath = value;
                break;
            default:
                throw new InputException(
                    $"the address of the store has a parameter that is not known: {pair[0]}", null, expected: string.Join(", ", Parameters), found: text);
        }
    }

    private static InputException Fault(string text, string expected) => new(
        "the address of the store is incomplete", null, expected: string.Create(CultureInfo.InvariantCulture, $"{expected}, as in postgres://user@host:5432/database"), found: text);
}
