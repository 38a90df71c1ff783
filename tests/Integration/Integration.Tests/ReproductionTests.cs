using System.Diagnostics;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests;

/// <summary>The chain of <c>docs/reproduction.md</c> on 256 atoms: from an empty folder to the table, and nothing twice.</summary>
public sealed class ReproductionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-reproduction-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TheChainLeadsFromAnEmptyFolderToItsTable()
    {
        await Run();
        string[] rows = await File.ReadAllLinesAsync(Path.Combine(_folder, "truth.csv"));
        rows.Length.ShouldBe(1 + (6 * 2), "six searches under two conditions");
        foreach (string row in rows[1..])
        {
            double[] means = [.. row.Split(',')[3..].Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
            means.Length.ShouldBe(4, row);
            means.ShouldAllBe(mean => double.IsFinite(mean));
        }

        string table = await File.ReadAllTextAsync(Path.Combine(_folder, "table.md"));
        foreach (string kind in (string[])["gnn", "random", "energy", "unbiased", "mean"])
        {
            table.ShouldContain($"| {kind} | p0 |");
            table.ShouldContain($"| {kind} | volume |");
        }

        // What is finished is not done again.
        string glass = Directory.GetFiles(Path.Combine(_folder, "fast"), "*.data")[0];
        string chain = Path.Combine(Directory.GetDirectories(Path.Combine(_folder, "search"))[0], "chain-0.csv");
        (DateTime, DateTime) before = (File.GetLastWriteTimeUtc(glass), File.GetLastWriteTimeUtc(chain));
        await Run();
        (File.GetLastWriteTimeUtc(glass), File.GetLastWriteTimeUtc(chain)).ShouldBe(before);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "table.md"))).ShouldBe(table);
    }

    private async Task Run()
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "config", "reproduction", "run.sh"));
        start.ArgumentList.Add(_folder);
        start.ArgumentList.Add("--small");
        start.Environment["GLASSWRIGHT"] = Path.Combine(_folder, "glasswright");
        await File.WriteAllTextAsync(
            start.Environment["GLASSWRIGHT"]!, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "glasswright.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(start.Environment["GLASSWRIGHT"]!, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        process.ExitCode.ShouldBe(0, await error + await output);
    }
}
