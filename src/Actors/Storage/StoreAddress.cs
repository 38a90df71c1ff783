using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Npgsql;

namespace Glasswright.Actors.Storage;

/// <summary>
/// Where a run's state lives: <c>sqlite</c> (a file in the run's folder) or
/// <c>postgres://user@host:port/database?sslmode=verify-full&amp;sslrootcert=FILE&amp;schema=NAME</c>. It never holds a password: Npgsql takes
/// that from <c>PGPASSWORD</c> or from the file that <c>PGPASSFILE</c> names.
/// </summary>
internal sealed partial class StoreAddress
{
    private const int DefaultPort = 5432;
    private const string DefaultSchema = "glasswright";
    private const string Form = "sqlite or postgres://user@host:port/database?sslmode=…&sslrootcert=…&schema=…";

    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    // In the order in which they are written.
    private static readonly string[] ParameterNames = ["host", "sslmode", "sslrootcert", "sslcert", "sslkey", "schema"];

    private static readonly Dictionary<string, SslMode> SslModes = new()
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private readonly SortedDictionary<string, string> _parameters = new(StringComparer.Ordinal);
    private string? _user;
    private string _host = "localhost";
    private int? _port;
    private string _database = "";

    private StoreAddress()
    {
    }

    /// <summary>Whether it is a PostgreSQL server rather than a file.</summary>
    public bool IsPostgres { get; private init; }

    /// <summary>The schema of the database that holds the tables.</summary>
    public string Schema => _parameters.GetValueOrDefault("schema", DefaultSchema);

    /// <summary>Where wakes are told and heard.</summary>
    public string Channel => "glasswright_" + Schema;

    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none, or holds a password. The message does not repeat what might be one.</exception>
    public static StoreAddress Parse(string text)
    {
        if (text == "sqlite")
        {
            return new StoreAddress();
        }

        string? scheme = Schemes.FirstOrDefault(s => text.StartsWith(s, StringComparison.Ordinal));
        if (scheme is null)
        {
            string name = text.Split(':')[0];
            throw new InputException(
                "this is no store",
                expected: Form,
                found: $"'{name}{(name.Length < text.Length ? ":…" : "")}'",
                nearest: NearestName.Find(name, ["sqlite", "postgres", "postgresql"]));
        }

        return ParsePostgres(text[scheme.Length..]);
    }

    /// <summary>What Npgsql is to be told. Timeouts: 5 s to connect, 30 s for a statement, 5 s of silence within a transaction.</summary>
    public NpgsqlConnectionStringBuilder Connection()
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = _parameters.GetValueOrDefault("host", _host),
            Port = _port ?? DefaultPort,
            Database = _database,
            Username = _user,
            SearchPath = Schema,
            Pooling = false,
            ApplicationName = "glasswright",
            Timeout = 5,
            CommandTimeout = 30,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 5,
            TcpKeepAliveInterval = 5,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            GssEncryptionMode = GssEncryptionMode.Disable,

            // A commit that has returned is on disk, whatever the server's default; and a process that was frozen within a transaction
            // does not keep its rows from those that are to take its chains over.
            Options = "-c synchronous_commit=on -c idle_in_transaction_session_timeout=5s",
        };
        if (_parameters.TryGetValue("sslmode", out string? mode))
        {
            connection.SslMode = SslModes[mode];
        }

        connection.RootCertificate = _parameters.GetValueOrDefault("sslrootcert");
        connection.SslCertificate = _parameters.GetValueOrDefault("sslcert");
        connection.SslKey = _parameters.GetValueOrDefault("sslkey");
        return connection;
    }

    /// <summary>The address as text, which reads back as the same one.</summary>
    public override string ToString()
    {
        if (!IsPostgres)
        {
            return "sqlite";
        }

        var text = new StringBuilder(Schemes[0]);
        if (_user is not null)
        {
            text.Append(Uri.EscapeDataString(_user)).Append('@');
        }

        text.Append(_host.Contains(':', StringComparison.Ordinal) ? $"[{_host}]" : _host);
        if (_port is { } port)
        {
            text.Append(CultureInfo.InvariantCulture, $":{port}");
        }

        text.Append('/').Append(Uri.EscapeDataString(_database));
        char separator = '?';
        foreach (string name in ParameterNames.Where(_parameters.ContainsKey))
        {
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(_parameters[name]).Replace("%2F", "/", StringComparison.Ordinal));
            separator = '&';
        }

        return text.ToString();
    }

    private static StoreAddress ParsePostgres(string rest)
    {
        string[] parts = rest.Split('?', 2);
        int slash = parts[0].IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? parts[0] : parts[0][..slash];
        string database = slash < 0 ? "" : Uri.UnescapeDataString(parts[0][(slash + 1)..]);
        int at = authority.LastIndexOf('@');
        string user = at < 0 ? "" : authority[..at];
        if (user.Contains(':', StringComparison.Ordinal))
        {
            throw Password();
        }

        if (database.Length == 0 || database.Contains('/', StringComparison.Ordinal))
        {
            throw new InputException("the store names no database", expected: Form);
        }

        (string host, int? port) = HostAndPort(authority[(at + 1)..]);
        var address = new StoreAddress
        {
            IsPostgres = true,
            _user = user.Length == 0 ? null : Uri.UnescapeDataString(user),
            _host = host.Length == 0 ? "localhost" : host,
            _port = port,
            _database = database,
        };
        foreach (string pair in parts.Length < 2 ? [] : parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = pair.Split('=', 2);
            address._parameters[halves[0]] = Parameter(halves[0], halves.Length < 2 ? "" : Uri.UnescapeDataString(halves[1]));
        }

        return address;
    }

    private static (string Host, int? Port) HostAndPort(string text)
    {
        Match match = HostPort().Match(text);
        if (!match.Success)
        {
            throw new InputException("the store's host and port cannot be read", expected: Form);
        }

        string host = match.Groups["six"].Success ? match.Groups["six"].Value : match.Groups["host"].Value;
        if (!match.Groups["port"].Success)
        {
            return (host, null);
        }

        return int.TryParse(match.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? (host, port)
            : throw new InputException("the store's port is none", expected: "1 to 65535");
    }

    private static string Parameter(string name, string value)
    {
        if (name.StartsWith("pass", StringComparison.OrdinalIgnoreCase))
        {
            throw Password();
        }

        if (!ParameterNames.Contains(name, StringComparer.Ordinal))
        {
            throw new InputException(
                "the store has no such parameter", expected: string.Join(", ", ParameterNames), found: $"'{name}'", nearest: NearestName.Find(name, ParameterNames));
        }

        if (name == "sslmode" && !SslModes.ContainsKey(value))
        {
            throw new InputException(
                "sslmode has no such value", expected: string.Join(", ", SslModes.Keys), found: $"'{value}'", nearest: NearestName.Find(value, SslModes.Keys));
        }

        if (name == "schema" && !SchemaName().IsMatch(value))
        {
            throw new InputException("schema has no such value", expected: "up to 48 of a-z, 0-9 and _, a letter first", found: $"'{value}'");
        }

        return value.Length > 0 ? value : throw new InputException($"the store's parameter {name} has no value");
    }

    private static InputException Password() => new(
        "a password does not belong into the store's address, where others can read it",
        expected: "the password in PGPASSWORD, or in the file that PGPASSFILE names");

    [GeneratedRegex(@"^(?:\[(?<six>[0-9a-fA-F:.%]+)\]|(?<host>[^:\[\]@]*))(?::(?<port>[^:]*))?$")]
    private static partial Regex HostPort();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,47}$")]
    private static partial Regex SchemaName();
}
