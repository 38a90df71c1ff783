using Npgsql;

namespace Glasswright.Host.Stores;

/// <summary>A connection to a private server as any node makes it: with the role's password, from the file.</summary>
internal static class StoreConnection
{
    /// <summary>Logs in once and asks nothing.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="settings">Its settings.</param>
    /// <returns>The server's version, or what is wrong, in a few words.</returns>
    public static (string? Version, string? Fault) Try(StoreFolder folder, StoreSettings settings)
    {
        string? password = File.Exists(folder.Passwords) ? PasswordFile.PasswordOf(File.ReadAllText(folder.Passwords)) : null;
        if (password is null)
        {
            return (null, $"{folder.Passwords} holds no password");
        }

        // All that the environment could decide otherwise is written out.
        var how = new NpgsqlConnectionStringBuilder
        {
            Host = settings.Host,
            Port = settings.Port,
            Database = settings.Database,
            Username = StoreSettings.Role,
            Password = password,
            SslMode = settings.Tls ? SslMode.VerifyFull : SslMode.Disable,
            RootCertificate = settings.Tls ? folder.RootCertificate : null,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Pooling = false,
            Timeout = 10,
        };
        try
        {
            using var connection = new NpgsqlConnection(how.ConnectionString);
            connection.Open();
            return (connection.PostgreSqlVersion.ToString(), null);
        }
        catch (NpgsqlException refusal)
        {
            return (null, (refusal.InnerException ?? refusal).Message);
        }
    }
}
