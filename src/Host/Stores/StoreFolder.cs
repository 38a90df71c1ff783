using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>The folder of a private server: where what lies, and what its users need to connect.</summary>
/// <param name="root">The folder.</param>
internal sealed class StoreFolder(string root)
{
    // sockaddr_un of Linux holds 108 bytes with the zero at the end.
    private const int LongestSocketPath = 107;

    /// <summary>The folder, absolute and without a slash at its end.</summary>
    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>PostgreSQL's data folder.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>The settings.</summary>
    public string Settings => Path.Combine(Root, "store.json");

    /// <summary>The password of the programs' role, in libpq's format.</summary>
    public string Passwords => Path.Combine(Root, "pgpass");

    /// <summary>The password of the administrator's role; nodes do not need it.</summary>
    public string AdministratorPasswords => Path.Combine(Root, "admin.pgpass");

    /// <summary>The folder of the log.</summary>
    public string LogFolder => Path.Combine(Root, "log");

    /// <summary>What the server writes about itself.</summary>
    public string Log => Path.Combine(LogFolder, "server.log");

    /// <summary>The certificate that clients trust; with TLS only.</summary>
    public string RootCertificate => Path.Combine(Root, "root.crt");

    /// <summary>The key that signs the server's certificates; with TLS only.</summary>
    public string RootKey => Path.Combine(Root, "root.key");

    /// <summary>The name of the machine that runs the server; absent while it is stopped in order.</summary>
    public string Machine => Path.Combine(Root, "machine");

    /// <summary>Held by whoever starts or stops the server; its content says nothing.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>The settings of the server that are ours, included by <c>postgresql.conf</c>.</summary>
    public string ServerSettings => Path.Combine(Data, ServerConfiguration.FileName);

    /// <summary>Who may connect.</summary>
    public string ClientAuthentication => Path.Combine(Data, "pg_hba.conf");

    /// <summary>Whether the server can have a Unix socket for this port in the folder: the system limits the length of its path.</summary>
    public bool HoldsSocket(int port) =>
        System.Text.Encoding.UTF8.GetByteCount(Path.Combine(Root, FormattableString.Invariant($".s.PGSQL.{port}"))) <= LongestSocketPath;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InputException">It is no store, or belongs to somebody else.</exception>
    public StoreSettings ReadSettings()
    {
        try
        {
            return StoreSettings.Parse(File.ReadAllText(Settings), Settings);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new InputException("the store belongs to another user", file: Root, expected: "to be run by the user that made it", inner: denied);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException("is no store", file: Root, expected: "a folder that glasswright store init made", inner: absent);
        }
    }

    /// <summary>The address for <c>--store</c>. It holds no password.</summary>
    public string Url(StoreSettings settings)
    {
        string host = settings.Host.Contains(':', StringComparison.Ordinal) ? $"[{settings.Host}]" : settings.Host;
        string tls = settings.Tls
            ? $"?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(RootCertificate).Replace("%2F", "/", StringComparison.Ordinal)}"
            : "";
        return FormattableString.Invariant($"postgres://{StoreSettings.Role}@{host}:{settings.Port}/{settings.Database}{tls}");
    }

    /// <summary>The line for a shell that lets programs find the password.</summary>
    public string ExportLine => $"export PGPASSFILE={QuoteForShell(Passwords)}";

    /// <summary>A word as a shell reads it.</summary>
    public static string QuoteForShell(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or ',' or ':')
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
