using System.Diagnostics;
using System.Text.Json;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Stores;

/// <summary>The three lines of the README: a private server, a node, a search that both work on; and no password anywhere but in its file.</summary>
public sealed class SearchOnPrivateStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("glasswright-private-").FullName;
    private readonly List<string> _said = [];

    private string Store => Path.Combine(_root, "store");

    public void Dispose()
    {
        Run("store", "stop", Store);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task ThreeLinesOfTheReadmeWorkAndTellNoPassword()
    {
        // PostgreSQL does not run as root, in whose hands some machines for tests are; who it runs as then must reach the folder.
        Process.Start("chmod", ["755", _root]).WaitForExit();
        string[] asUser = Environment.IsPrivilegedProcess ? ["--user", "postgres"] : [];
        Run(["store", "init", Store, .. asUser]).Code.ShouldBe(0);
        Run(["store", "init", Store, .. asUser]).Code.ShouldBe(2, "a folder that is not empty is left alone");
        Run("store", "start", Store).Code.ShouldBe(0);
        string url = JsonDocument.Parse(Run("store", "status", Store, "--json").Output).RootElement.GetProperty("url").GetString()!;
        Run("status", "--store", url).Code.ShouldBe(2, "without the password");
        string password = Path.Combine(Store, "pgpass");
        using Process node = Start(password, "node", "--store", url, "--threads", "1", "--run", "none");
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(2, "there is no such run");
        using Process search = Start(
            password, "search", Path.Combine(Repository.Root, "config", "tempering.conf"), "--store", url, "--out", Path.Combine(_root, "run"), "--threads",
            "2", "-D", "search.trials=2", "-D", "search.calibrate.pilot=4", "-D", "tempering.every=1", "-D", "tempering.warm-up-rounds=0");
        string said = await search.StandardOutput.ReadToEndAsync() + await search.StandardError.ReadToEndAsync();
        await search.WaitForExitAsync();
        search.ExitCode.ShouldBe(0, said);
        _said.Add(said);
        Run("store", "stop", Store).Code.ShouldBe(0);
        Run("store", "stop", Store).Code.ShouldBe(0, "it is stopped, as wanted");
        string secret = File.ReadAllText(password).Trim().Split(':')[^1];
        secret.Length.ShouldBeGreaterThan(20);
        _said.ShouldAllBe(text => !text.Contains(secret, StringComparison.Ordinal));
        foreach (string path in Directory.GetFiles(Path.Combine(_root, "run")))
        {
            File.ReadAllText(path).ShouldNotContain(secret);
        }
    }

    private (int Code, string Output) Run(params string[] arguments)
    {
        using Process process = Start(null, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _said.Add(output + error.GetAwaiter().GetResult());
        return (process.ExitCode, output);
    }

    private static Process Start(string? passwordFile, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "glasswright.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PGPASSFILE"] = passwordFile ?? "/dev/null";
        return Process.Start(start)!;
    }
}
