using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Npgsql;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>A folder for private servers and the program that makes them; all servers in it are stopped at the end.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PrivateStore : IDisposable
{
    private const string Server = "nobody";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<string> _texts = [];

    public PrivateStore()
    {
        // Another user's programs pass through it.
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
    }

    /// <summary>What holds the store.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("glasswright-store-").FullName;

    /// <summary>The store.</summary>
    public string Folder => Path.Combine(Root, "store");

    /// <summary>All that the program has printed.</summary>
    public string Printed => string.Concat(_texts);

    /// <summary>What root has to add to <c>init</c>.</summary>
    public static string[] User => Environment.IsPrivilegedProcess ? ["--user", Server] : [];

    /// <summary>The number of the server's process.</summary>
    public int ServerProcess => int.Parse(File.ReadLines(Path.Combine(Folder, "data", "postmaster.pid")).First(), null);

    public string Password => File.ReadAllText(Path.Combine(Folder, "pgpass")).Trim().Split(':')[^1];

    public string AdministratorPassword => File.ReadAllText(Path.Combine(Folder, "admin.pgpass")).Trim().Split(':')[^1];

    /// <summary>Makes the store and starts it; the answer of the start.</summary>
    public JsonElement InitAndStart(params string[] flags)
    {
        Ask(["init", Folder, .. User, .. flags]);
        return Ask("start", Folder);
    }

    /// <summary>Runs <c>glasswright store … --json</c>, which has to succeed.</summary>
    public JsonElement Ask(params string[] arguments)
    {
        (int code, string output, string error) = Run([.. arguments, "--json"]);
        code.ShouldBe(0, error);
        output.TrimEnd('\n').ShouldNotContain('\n');
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Runs <c>glasswright store …</c>.</summary>
    public (int Code, string Output, string Error) Run(params string[] arguments) => Finish(Start(arguments));

    public static Process Start(params string[] arguments) => Spawn("dotnet", [Path.Combine(AppContext.BaseDirectory, "glasswright.dll"), "store", .. arguments]);

    public static Process Spawn(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    public (int Code, string Output, string Error) Finish(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            process.WaitForExit(Patience).ShouldBeTrue();
            _texts.Add(output.Result + error.Result);
            return (process.ExitCode, output.Result, error.Result);
        }
    }

    /// <summary>A connection with the password file, as a node makes it.</summary>
    public static NpgsqlConnectionStringBuilder Login(JsonElement answer) => new()
    {
        Host = answer.GetProperty("host").GetString(),
        Port = answer.GetProperty("port").GetInt32(),
        Database = answer.GetProperty("database").GetString(),
        Username = answer.GetProperty("role").GetString(),
        Passfile = answer.GetProperty("pgpass").GetString(),
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        Pooling = false,
    };

    public static object? Query(NpgsqlConnectionStringBuilder login, string sql)
    {
        using var connection = new NpgsqlConnection(login.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <summary>The state that the server refuses something with.</summary>
    public static string Refusal(NpgsqlConnectionStringBuilder login, string sql) =>
        Should.Throw<PostgresException>(() => Query(login, sql)).SqlState;

    public void Dispose()
    {
        foreach (string settings in Directory.EnumerateFiles(Root, "store.json", SearchOption.AllDirectories).ToArray())
        {
            Run("stop", Path.GetDirectoryName(settings)!, "--mode", "immediate");
        }

        Directory.Delete(Root, recursive: true);
    }
}
