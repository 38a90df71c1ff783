using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Glasswright.Host.Stores;

/// <summary>The texts of the server's own configuration files.</summary>
internal static class ServerConfiguration
{
    /// <summary>The file with our settings, in the data folder.</summary>
    public const string FileName = "glasswright.conf";

    /// <summary>What <c>postgresql.conf</c> is given at its end.</summary>
    public const string Include = "\n# Settings of glasswright store; what stands below this line wins over them.\ninclude = '" + FileName + "'\n";

    // A node holds a handful of connections.
    private const int MaxConnections = 200;

    /// <summary>Our settings of <c>postgresql.conf</c>, for where the folder lies now.</summary>
    public static string Settings(StoreFolder folder, StoreSettings settings, ListenAddress listen)
    {
        var text = new StringBuilder("# Written anew by glasswright store start. Settings of your own belong at the end of postgresql.conf.\n");
        void Set(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name} = {value}\n");
        Set("listen_addresses", Quote(string.Join(',', listen.Addresses)));
        Set("port", settings.Port.ToString(CultureInfo.InvariantCulture));
        Set("unix_socket_directories", Quote(folder.HoldsSocket(settings.Port) ? ListItem(folder.Root) : ""));
        Set("unix_socket_permissions", "0700");
        Set("max_connections", MaxConnections.ToString(CultureInfo.InvariantCulture));
        Set("password_encryption", Quote("scram-sha-256"));

        // A commit that has returned is on disk.
        Set("synchronous_commit", "on");

        // The connections of a machine that vanished do not stay for hours.
        Set("tcp_keepalives_idle", "10");
        Set("tcp_keepalives_interval", "5");
        Set("tcp_keepalives_count", "3");

        // pg_ctl leads standard error to log/server.log.
        Set("log_destination", Quote("stderr"));
        Set("logging_collector", "off");
        Set("log_line_prefix", Quote("%m [%p] %u@%d "));
        Set("log_checkpoints", "off");
        if (settings.Tls)
        {
            Set("ssl", "on");
            Set("ssl_cert_file", Quote(ServerCertificates.CertificateName));
            Set("ssl_key_file", Quote(ServerCertificates.KeyName));
            Set("ssl_min_protocol_version", Quote("TLSv1.2"));
        }

        return text.ToString();
    }

    /// <summary>
    /// <c>pg_hba.conf</c>: passwords only (SCRAM), from loopback or the interface's networks and those allowed besides; the administrator
    /// from this machine only. Whoever is not named is refused.
    /// </summary>
    public static string ClientAuthentication(StoreSettings settings, ListenAddress listen)
    {
        string kind = settings.Tls ? "hostssl" : "host";
        var text = new StringBuilder("# Written anew by glasswright store start: store start --allow NETWORK adds one.\n");
        void Admit(string connection, string database, string role, string network) =>
            text.Append(CultureInfo.InvariantCulture, $"{connection,-8} {database,-16} {role,-16} {network,-24} scram-sha-256\n");
        Admit("local", settings.Database, StoreSettings.Role, "");
        Admit("local", "all", StoreSettings.AdministratorRole, "");
        foreach (string network in listen.Networks.Select(network => network.ToString()).Concat(settings.Allow).Distinct(StringComparer.Ordinal))
        {
            Admit(kind, settings.Database, StoreSettings.Role, network);
        }

        foreach (string network in listen.IsLoopback ? listen.Networks.Select(network => network.ToString()) : listen.Addresses.Select(Single))
        {
            Admit(kind, "all", StoreSettings.AdministratorRole, network);
        }

        return text.ToString();
    }

    /// <summary>A text as a value of <c>postgresql.conf</c>.</summary>
    public static string Quote(string value) =>
        $"'{value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    // A folder within a list that commas part.
    private static string ListItem(string path) => $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Single(IPAddress address) => $"{address}/{(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}";
}
