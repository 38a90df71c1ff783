using System.Diagnostics;
using System.Text.Json;
using Glasswright.Actors.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Search;

/// <summary>A search process that dies by SIGKILL, again and again, on a real glass.</summary>
public sealed class KilledSearchTests : IDisposable
{
    private static readonly string[] Answer =
    [
        "chain-0.csv", "accepted-0.extxyz", "best.extxyz", "best.data", "final.extxyz", "final-0.extxyz", "final.data",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("trials = 24, calibrate = off, decider { kind = energy, C = 0.6 }")]
    [InlineData("trials = 10, calibrate { acceptance = 0.4, pilot = 8 }, decider { kind = gnn, model = MODEL }, minimizer { kind = lbfgs }")]
    public async Task SearchKilledAtAnyMomentAndResumedGivesTheBytesOfAnUndisturbedOne(string search)
    {
        string configuration = Path.Combine(_folder, "search.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            structure = {{JsonSerializer.Serialize(Repository.Data("glasses", "cu50zr50-864-p0.data"))}}
            potential = {{JsonSerializer.Serialize(Repository.Data("potentials", "CuZr_mm.eam.fs"))}}
            species = [Cu, Zr]
            search {
              seed = 5, checkpoint-every = 100 ms
              {{search.Replace("MODEL", JsonSerializer.Serialize(Repository.Data("models", "cu50zr50.safetensors")), StringComparison.Ordinal)}}
              minimizer { force-tolerance = 0.02 }
            }
            """);
        string undisturbed = Path.Combine(_folder, "undisturbed"), killed = Path.Combine(_folder, "killed");
        (await Run("search", configuration, "--threads", "1", "--out", undisturbed)).ShouldBe(0);

        // The n-th change of a file of the run decides when the process dies; other moments on every machine.
        int kills = 0, code = -1;
        foreach (int change in new[] { 2, 5, 9, 3, 14, 7 })
        {
            code = await RunUntilChange(killed, change, GoOn(configuration, killed));
            if (code == 0)
            {
                break;
            }

            kills++;
        }

        if (code != 0)
        {
            code = await Run(GoOn(configuration, killed));
        }

        code.ShouldBe(0);
        kills.ShouldBeGreaterThan(0);
        foreach (string name in Answer)
        {
            File.ReadAllBytes(Path.Combine(killed, name)).ShouldBe(File.ReadAllBytes(Path.Combine(undisturbed, name)), name);
        }

        File.ReadLines(Path.Combine(undisturbed, "chain-0.csv")).Skip(1).Count(row => row.Split(',')[1] == "1").ShouldBeGreaterThan(0);
    }

    /// <summary>What a user types: start it, or go on with it once it was begun.</summary>
    private static string[] GoOn(string configuration, string folder) =>
        RunFolder.HoldsRun(folder)
            ? ["search", "--resume", folder, "--threads", "2"]
            : ["search", configuration, "--threads", "2", "--out", folder];

    private static async Task<int> Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Runs the program and kills it at the n-th change below its run folder.</summary>
    private static async Task<int> RunUntilChange(string folder, int change, string[] arguments)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(folder)!) { IncludeSubdirectories = true };
        using Process process = Start(arguments);
        int seen = 0;
        watcher.Changed += (_, e) =>
        {
            if (e.FullPath.StartsWith(folder, StringComparison.Ordinal) && Interlocked.Increment(ref seen) == change)
            {
                process.Kill();
            }
        };
        watcher.EnableRaisingEvents = true;
        await process.WaitForExitAsync();
        watcher.EnableRaisingEvents = false;
        return process.ExitCode;
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "glasswright.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
