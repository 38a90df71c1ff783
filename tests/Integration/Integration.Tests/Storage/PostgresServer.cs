using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Glasswright.Actors.Storage;
using Npgsql;

namespace Glasswright.Integration.Tests.Storage;

/// <summary>A PostgreSQL server of the tests' own in a folder that goes with it: Debian's programs, as an unprivileged user, on a free port of this machine.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string User = "glasswright";
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-pg-").FullName;
    private readonly string _programs;
    private readonly int _port = FreePort();
    private int _databases;

    public PostgresServer()
    {
        _programs = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(v => Path.Combine(v, "bin")).Last();
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }

        AsServer("initdb", "-D", Data, "-A", "trust", "-U", User, "-E", "UTF8", "--locale=C");
        Start();
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A database that nobody has used.</summary>
    internal StoreAddress NewDatabase()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        Execute("postgres", $"CREATE DATABASE {name}");
        return StoreAddress.Parse(Address(name));
    }

    /// <summary>The process is gone from one moment to the next, and with it all that was not on disk.</summary>
    public void Kill()
    {
        int pid = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts it. After a kill its children hold the shared memory until they notice, so the first attempts may fail.</summary>
    public void Start()
    {
        var patience = Stopwatch.StartNew();
        while (Attempt(
            "pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o",
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200", "start") is not 0 and int code)
        {
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), $"pg_ctl start ends with {code}");
        }
    }

    /// <summary>Ends all connections to a database.</summary>
    internal void CutConnections(StoreAddress address) => Execute(
        "postgres",
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{address.Connection().Database}'");

    public void Dispose()
    {
        AsServer("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    internal string Port => _port.ToString(CultureInfo.InvariantCulture);

    private string Address(string database) => $"postgres://{User}@127.0.0.1:{Port}/{database}";

    private void Execute(string database, string sql)
    {
        using NpgsqlConnection connection = PostgresDatabase.Connect(StoreAddress.Parse(Address(database)));
        using NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of the tests' own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private void AsServer(string program, params string[] arguments) =>
        Attempt(program, arguments).ShouldBe(0, $"{program} {string.Join(' ', arguments)}");

    // PostgreSQL does not run as root.
    private int Attempt(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? ExitCode("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : ExitCode(path, arguments);
    }

    private static void Run(string program, params string[] arguments) =>
        ExitCode(program, arguments).ShouldBe(0, $"{program} {string.Join(' ', arguments)}");

    private static int ExitCode(string program, params string[] arguments)
    {
        // Not captured: a server keeps what it inherits.
        var start = new ProcessStartInfo(program) { WorkingDirectory = "/" };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
