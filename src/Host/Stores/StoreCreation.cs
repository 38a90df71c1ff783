using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>
/// Makes the folder of a private server. All of it is made under another name beside the folder, which takes its name at the end:
/// whoever fails or is stopped leaves nothing behind.
/// </summary>
internal static class StoreCreation
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Requires that a folder can be made: it is absent or empty, and lies in a folder that exists.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public static void RequireNew(StoreFolder folder)
    {
        if (File.Exists(folder.Settings))
        {
            throw new InputException("holds a store already", file: folder.Root, expected: "a new folder, or glasswright store start to start this one");
        }

        if (File.Exists(folder.Root))
        {
            throw new InputException("is a file", file: folder.Root, expected: "a new folder");
        }

        if (Directory.Exists(folder.Root) && Directory.EnumerateFileSystemEntries(folder.Root).Any())
        {
            throw new InputException("is not empty", file: folder.Root, expected: "a new folder");
        }

        if (folder.Root.Any(char.IsControl))
        {
            throw new InputException("the folder's name is not usable", expected: "one without control characters");
        }

        string? parent = Path.GetDirectoryName(folder.Root);
        if (!Directory.Exists(parent))
        {
            throw new InputException("the folder to write into does not exist", file: folder.Root, expected: "an existing folder", found: parent);
        }
    }

    /// <summary>Makes the folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="settings">What the server is to be.</param>
    /// <param name="listen">What it listens on.</param>
    /// <param name="programs">PostgreSQL's programs.</param>
    /// <param name="account">Who owns the folder and runs the server.</param>
    /// <param name="stop">Canceled when the user wants it to end.</param>
    /// <exception cref="InputException">The folder cannot be made, or somebody else made it meanwhile.</exception>
    /// <exception cref="IOException">A program failed.</exception>
    public static void Create(
        StoreFolder folder, StoreSettings settings, ListenAddress listen, ServerPrograms programs, ServerAccount account, CancellationToken stop)
    {
        string name = $".{Path.GetFileName(folder.Root)}.partial-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var draft = new StoreFolder(Path.Combine(Path.GetDirectoryName(folder.Root)!, name));
        try
        {
            MakeFolder(draft.Root);
            PrivateFile.CreateFolder(draft.LogFolder);
            account.Give(draft.Root);
            string password = PasswordFile.NewPassword(), administratorPassword = PasswordFile.NewPassword();
            MakeData(draft, administratorPassword, programs, account, stop);
            MakeDatabase(draft, settings, password, programs, account, stop);
            File.AppendAllText(Path.Combine(draft.Data, "postgresql.conf"), ServerConfiguration.Include);
            if (settings.Tls)
            {
                (string certificate, string key) = ServerCertificates.NewAuthority(DateTimeOffset.UtcNow);
                PrivateFile.Write(draft.RootCertificate, certificate);
                PrivateFile.Write(draft.RootKey, key);
            }

            WritePasswords(draft, settings, password, administratorPassword, ServerAccount.OfProcess);
            PrivateFile.Write(draft.Lock, "");
            Adapt(draft, folder, settings, listen, ServerAccount.OfProcess);
            account.Give(draft.Root);
            TakeName(draft, folder);
        }
        finally
        {
            if (Directory.Exists(draft.Root))
            {
                Directory.Delete(draft.Root, recursive: true);
            }
        }
    }

    /// <summary>
    /// Brings all files into agreement with the settings, with what the server listens on and with where the folder lies.
    /// </summary>
    /// <param name="folder">Where the files are written.</param>
    /// <param name="final">Where the folder lies when the server starts.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="listen">What the server listens on.</param>
    /// <param name="account">Who owns the files.</param>
    public static void Adapt(StoreFolder folder, StoreFolder final, StoreSettings settings, ListenAddress listen, ServerAccount account)
    {
        if (settings.Tls)
        {
            string certificate = Path.Combine(folder.Data, ServerCertificates.CertificateName);
            if (!File.Exists(certificate) || !ServerCertificates.Serves(File.ReadAllText(certificate), listen, DateTimeOffset.UtcNow))
            {
                (string newCertificate, string key) = ServerCertificates.NewServer(
                    (File.ReadAllText(folder.RootCertificate), File.ReadAllText(folder.RootKey)), listen, DateTimeOffset.UtcNow);
                PrivateFile.Update(Path.Combine(folder.Data, ServerCertificates.KeyName), key, account);
                PrivateFile.Update(certificate, newCertificate, account);
            }
        }

        PrivateFile.Update(folder.ServerSettings, ServerConfiguration.Settings(final, settings, listen), account);
        PrivateFile.Update(folder.ClientAuthentication, ServerConfiguration.ClientAuthentication(settings, listen), account);
        WritePasswords(folder, settings, ReadPassword(folder.Passwords), ReadPassword(folder.AdministratorPasswords), account);
        PrivateFile.Update(folder.Settings, settings.ToJson(), account);
    }

    private static string ReadPassword(string file) =>
        (File.Exists(file) ? PasswordFile.PasswordOf(File.ReadAllText(file)) : null)
        ?? throw new InputException("holds no password", file: file, expected: "one line of the form host:port:database:user:password");

    // Programs look a password up by what they connect to, so the lines change with the settings.
    private static void WritePasswords(
        StoreFolder folder, StoreSettings settings, string password, string administratorPassword, ServerAccount account)
    {
        PrivateFile.Update(
            folder.Passwords,
            PasswordFile.Line(settings.Host, settings.Port, settings.Database, StoreSettings.Role, password),
            account);
        PrivateFile.Update(
            folder.AdministratorPasswords,
            PasswordFile.Line(PasswordFile.Any, settings.Port, PasswordFile.Any, StoreSettings.AdministratorRole, administratorPassword),
            account);
    }

    private static void MakeFolder(string path)
    {
        try
        {
            PrivateFile.CreateFolder(path);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            throw new InputException("may not be written", file: Path.GetDirectoryName(path), expected: "a folder with write permission", inner: denied);
        }
    }

    // The password reaches initdb in a file, since every user of the machine can read command lines.
    private static void MakeData(
        StoreFolder folder, string administratorPassword, ServerPrograms programs, ServerAccount account, CancellationToken stop)
    {
        string file = Path.Combine(folder.Root, "initial-password");
        PrivateFile.Write(file, administratorPassword + "\n");
        account.Give(file);
        ChildResult made = ChildProcess.Run(
            account.Prefix(
                programs.InitDb,
                $"--pgdata={folder.Data}",
                $"--username={StoreSettings.AdministratorRole}",
                $"--pwfile={file}",
                "--auth-local=scram-sha-256",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions"),
            folder.Root,
            Patience,
            stop: stop);
        if (made.ExitCode != 0 && made.Error.Contains("Permission denied", StringComparison.Ordinal))
        {
            throw new InputException(
                "the user that the server runs as cannot enter this folder",
                file: Path.GetDirectoryName(folder.Root),
                expected: "a place whose folders that user may enter, such as one below /var/lib or /srv",
                found: made.Complaint);
        }

        made.RequireSuccess();
        File.Delete(file);
    }

    // Through the server's single-user mode: no port and no socket is open while the database has not got its rights.
    private static void MakeDatabase(
        StoreFolder folder, StoreSettings settings, string password, ServerPrograms programs, ServerAccount account, CancellationToken stop)
    {
        string database = $"\"{settings.Database}\"";
        Execute(
            "postgres",
            $"CREATE ROLE {StoreSettings.Role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '{password}'",
            $"CREATE DATABASE {database}",
            $"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            $"REVOKE CONNECT ON DATABASE postgres FROM PUBLIC",
            $"REVOKE CONNECT ON DATABASE template1 FROM PUBLIC",
            $"GRANT CONNECT ON DATABASE {database} TO {StoreSettings.Role}",
            $"ALTER ROLE {StoreSettings.Role} IN DATABASE {database} SET search_path = {StoreSettings.Schema}");
        Execute(
            settings.Database,
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            $"CREATE SCHEMA {StoreSettings.Schema} AUTHORIZATION {StoreSettings.Role}");

        void Execute(string where, params ReadOnlySpan<string> statements)
        {
            // With -j an empty line ends a statement. A failed one is not to be logged: one of them holds a password.
            var input = new StringBuilder();
            foreach (string statement in statements)
            {
                input.Append(statement).Append(";\n\n");
            }

            ChildResult result = ChildProcess.Run(
                account.Prefix(programs.Server, "--single", "-j", "-D", folder.Data, "-c", "log_min_error_statement=panic", where),
                folder.Root,
                Patience,
                input.ToString(),
                stop).RequireSuccess();

            // Single-user mode goes on after an error, and ends with 0.
            if (result.Error.Contains("ERROR:", StringComparison.Ordinal))
            {
                throw new IOException($"the database could not be made: {result.Complaint}");
            }
        }
    }

    // A rename replaces no folder that holds anything, so of two that make the same store at once one succeeds.
    private static void TakeName(StoreFolder draft, StoreFolder folder)
    {
        try
        {
            if (Directory.Exists(folder.Root))
            {
                Directory.Delete(folder.Root);
            }

            Directory.Move(draft.Root, folder.Root);
        }
        catch (IOException taken) when (Directory.Exists(folder.Root))
        {
            throw new InputException("was made by somebody else meanwhile", file: folder.Root, expected: "a new folder", inner: taken);
        }
    }
}
