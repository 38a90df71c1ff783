using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>What others can see of a private server: files' modes, command lines, output, logs, the network.</summary>
[SupportedOSPlatform("linux")]
public sealed class StoreSecrecyTests : IDisposable
{
    private readonly PrivateStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void NoPasswordIsPrintedLoggedOrOnACommandLine()
    {
        string lines = CommandLinesDuring(PrivateStore.Start(["init", _store.Folder, .. PrivateStore.User]))
            + CommandLinesDuring(PrivateStore.Start("start", _store.Folder))
            + CommandLinesDuring(PrivateStore.Start("status", _store.Folder, "--json"));
        _store.Ask("stop", _store.Folder);

        // The watcher saw what it should have seen a password in.
        lines.ShouldContain("--pwfile=");
        lines.ShouldContain("--single");
        lines.ShouldContain("pg_ctl");
        string log = File.ReadAllText(Path.Combine(_store.Folder, "log", "server.log"));
        log.ShouldContain("ready to accept connections");
        string[] withPassword = [.. Directory.EnumerateFiles(_store.Folder, "*", SearchOption.AllDirectories)
            .Where(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)) is var text && Secrets().Any(text.Contains))
            .Select(file => Path.GetRelativePath(_store.Folder, file)).Order()];
        foreach (string secret in Secrets())
        {
            secret.Length.ShouldBe(43);
            (lines + _store.Printed + log).ShouldNotContain(secret);
        }

        withPassword.ShouldBe(["admin.pgpass", "pgpass"]);
    }

    [Fact]
    public void FilesAreTheOwnersAlone()
    {
        _store.InitAndStart("--tls");

        foreach (string path in Directory.EnumerateFileSystemEntries(_store.Folder, "*", SearchOption.AllDirectories).Append(_store.Folder))
        {
            (File.GetUnixFileMode(path) & (UnixFileMode)0b111_111).ShouldBe(UnixFileMode.None, path);
        }

        File.GetUnixFileMode(Path.Combine(_store.Folder, "pgpass")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(_store.Folder, "data", "server.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void WithTlsOnlyVerifiedConnectionsAreTaken()
    {
        JsonElement started = _store.InitAndStart("--tls");
        string root = Path.Combine(_store.Folder, "root.crt");
        started.GetProperty("url").GetString().ShouldEndWith($"/glasswright?sslmode=verify-full&sslrootcert={root}");
        NpgsqlConnectionStringBuilder login = PrivateStore.Login(started);

        PrivateStore.Refusal(login, "SELECT 1").ShouldBe(PostgresErrorCodes.InvalidAuthorizationSpecification);
        login.SslMode = SslMode.VerifyFull;
        login.RootCertificate = root;
        PrivateStore.Query(login, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")!.ToString()!.ShouldStartWith("TLSv1.");

        // Somebody else's server is not taken for ours.
        string other = Path.Combine(_store.Root, "other.crt");
        File.WriteAllText(other, Host.Stores.ServerCertificates.NewAuthority(DateTimeOffset.UtcNow).Certificate);
        login.RootCertificate = other;
        Should.Throw<NpgsqlException>(() => PrivateStore.Query(login, "SELECT 1")).InnerException
            .ShouldBeOfType<System.Security.Authentication.AuthenticationException>();
    }

    private IEnumerable<string> Secrets() => [_store.Password, _store.AdministratorPassword];

    /// <summary>The command lines of all processes, read as fast as possible while one runs.</summary>
    private string CommandLinesDuring(Process process)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Task<(int Code, string Output, string Error)> end = Task.Run(() => _store.Finish(process));
        while (!end.IsCompleted)
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
            {
                try
                {
                    seen.Add(File.ReadAllText(Path.Combine(folder, "cmdline")));
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It ended between the list and the look.
                }
            }
        }

        end.Result.Code.ShouldBe(0, end.Result.Error);
        return string.Join('\n', seen);
    }
}
