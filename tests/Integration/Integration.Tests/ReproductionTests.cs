using System.Diagnostics;
using System.Globalization;
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
        await Run(_folder);
        (await Rows("truth", 1 + 6 + 1, conditions: 2)).ShouldAllBe(row => row.Skip(3).All(IsNumber));
        string table = await File.ReadAllTextAsync(Path.Combine(_folder, "table.md"));
        foreach (string kind in (string[])["gnn | fast", "gnn | slow", "random | fast", "energy | fast", "unbiased | fast", "mean | fast", "large | large"])
        {
            // Both conditions of a kind share one verdict.
            string[] verdicts = [.. table.Split('\n').Where(line => line.StartsWith($"| {kind} | volume |", StringComparison.Ordinal)
                || line.StartsWith($"| {kind} | p0 |", StringComparison.Ordinal)).Select(line => line.Split('|')[^2].Trim())];
            verdicts.Length.ShouldBe(2, kind);
            verdicts[0].ShouldBe(Verdict(await Rows("truth", 8, conditions: 2), kind.Split(" | ")), kind);
            verdicts[1].ShouldBe(verdicts[0]);
        }

        // A chain's Pearson is a number from -1 to 1 at its start, middle and end; a control's start is the search's, its middle is not labeled.
        string[][] chains = await Rows("chains", 1 + 6 + 1);
        chains.ShouldAllBe(row => IsPearson(row[6]) && IsPearson(row[8]));
        chains.ShouldAllBe(row => row[0] == "gnn" || row[0] == "large" ? IsPearson(row[7]) : row[7].Length == 0);
        chains.Where(row => row[1] == "fast-6").Select(row => row[6]).Distinct().Count().ShouldBe(1);
        (await Rows("anneals", 1 + 3)).Select(row => $"{row[0]} {row[1]}").ShouldBe(["end fast-6", "end slow-1001", "start fast-6"]);
        string[][] judged = await Rows("judged", 1 + 2);
        judged.Select(row => row[1]).ShouldBe(["isochoric", "fixed"]);
        judged.ShouldAllBe(row => IsNumber(row[2]) && IsNumber(row[3]));
        judged[0][2].ShouldNotBe(judged[1][2], "other labels, another Pearson");
        (await Rows("energies", 1 + 2)).Select(row => row[1]).ShouldBe(["Cu", "Zr"]);
        string[][] transfers = await Rows("transfers", 1 + 2);
        transfers.Select(row => $"{row[0]} {row[1]}").ShouldBe(["other cu64zr36-256-2001", "slow gnn-slow-1001"]);
        transfers.ShouldAllBe(row => IsPearson(row[2]) && IsNumber(row[3]));
        (await Rows("motifs", 1 + 4)).ShouldAllBe(row => Number(row[3]) >= 0 && Number(row[4]) <= 100);
        foreach (string row in (string[])[
            "| searched - unswapped, paired | fast | 1 |", "| searched | slow | 1 |", "| test glasses, isochoric | 1 |", "| test glasses, fixed lateral lengths | 1 |", "| Cu64Zr36, isochoric | 1 |", "| Pearson at its end | 0.741 |",
            "| energy, meV an atom | +3.75 |", "| gain kept after 300 K | kept |", "| Pearson of energy and ln D2min, Zr | 0.148 |"])
        {
            table.ShouldContain(row);
        }

        table.ShouldNotContain("nan", Case.Insensitive);

        // What is finished is not done again.
        string glass = Directory.GetFiles(Path.Combine(_folder, "fast"), "*.data")[0];
        string chain = Path.Combine(Directory.GetDirectories(Path.Combine(_folder, "search"))[0], "chain-0.csv");
        (DateTime, DateTime) before = (File.GetLastWriteTimeUtc(glass), File.GetLastWriteTimeUtc(chain));
        await Run(_folder);
        (File.GetLastWriteTimeUtc(glass), File.GetLastWriteTimeUtc(chain)).ShouldBe(before);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "table.md"))).ShouldBe(table);

        // What a verb that was stopped left is no result: the script ends there, and the same command goes on.
        string annealed = Path.Combine(_folder, "anneal", "end-fast-6", "anneal.json");
        string finished = await File.ReadAllTextAsync(annealed);
        await File.WriteAllTextAsync(annealed, finished.Replace("\"finished\"", "\"stopped\"", StringComparison.Ordinal));
        (await Run(_folder, 1, "anneal", [])).ShouldContain("stopped in glasswright anneal");
        await Run(_folder);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "table.md"))).ShouldBe(table);
        File.Delete(Path.Combine(_folder, "models", "trained"));
        (await Run(_folder, 1, "train", [])).ShouldContain("stopped in glasswright train");
        File.Exists(Path.Combine(_folder, "models", "trained")).ShouldBeFalse();
        await Run(_folder, "--until", "train");

        // Labels stand for a structure as it is: of another one they are not taken, but refused by the verb that knows them.
        string end = Path.Combine(_folder, "truth", "gnn-fast-6-end.extxyz"), kept = await File.ReadAllTextAsync(end);
        await File.WriteAllTextAsync(end, await File.ReadAllTextAsync(Path.Combine(_folder, "truth", "gnn-fast-6-start.extxyz")));
        (await Run(_folder, 1)).ShouldContain("there are labels of this name from other inputs or settings");
        await File.WriteAllTextAsync(end, kept);
        await Run(_folder);

        // Models that learned from a glass are not tested on it.
        (await Run(_folder, 2, "--train", "2")).ShouldContain("was made with atoms 256, training glasses 4,");

        // The glasses of one folder serve another, which only reads them.
        string second = Path.Combine(_folder, "second");
        await Run(second, "--glasses", _folder, "--until", "labels");
        File.ReadAllBytes(Path.Combine(second, "fast", Path.GetFileName(glass))).ShouldBe(File.ReadAllBytes(glass));
        File.ReadAllText(Path.Combine(second, "given.txt")).ShouldContain($"  fast/{Path.GetFileName(glass)}");
        File.Exists(Path.Combine(second, "last.json")).ShouldBeFalse("no verb was called");
        File.Delete(Path.Combine(_folder, "labels-fixed", "cu50zr50-256-6.labels.csv"));
        (await Run(Path.Combine(_folder, "third"), 2, "--glasses", _folder)).ShouldContain("labels-fixed/cu50zr50-256-6.labels.csv is missing");
        (await Run(Path.Combine(_folder, "fourth"), 2, "--glasses", _folder, "--train", "5")).ShouldContain("fast/cu50zr50-256-7.data is missing");
        (await Run(Path.Combine(_folder, "fifth"), 2, "--slow", "no")).ShouldContain("--slow no: expected a number of glasses");
    }

    /// <summary>What the rule says of a kind and group of starts: both means below zero.</summary>
    private static string Verdict(string[][] truth, string[] kind)
    {
        double Change(string condition) => truth
            .Where(row => row[0] == kind[0] && row[1].Split('-')[0] == kind[1] && row[2] == condition).Average(row => Number(row[4]) - Number(row[3]));
        return (Change("volume") < 0, Change("p0") < 0) switch
        {
            (true, true) => "strengthened",
            (false, false) => "not strengthened",
            _ => "undecided: the conditions differ in sign",
        };
    }

    private async Task<string[][]> Rows(string name, int lines, int conditions = 1)
    {
        string[] found = await File.ReadAllLinesAsync(Path.Combine(_folder, name + ".csv"));
        found.Length.ShouldBe(1 + ((lines - 1) * conditions), name);
        return [.. found[1..].Select(line => line.Split(','))];
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);

    private static bool IsPearson(string text) => IsNumber(text) && Math.Abs(Number(text)) <= 1;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private Task<string> Run(string folder, params string[] more) => Run(folder, 0, more);

    private Task<string> Run(string folder, int exitCode, params string[] more) => Run(folder, exitCode, null, more);

    // The verb that is named does nothing but say that it was stopped.
    private async Task<string> Run(string folder, int exitCode, string? stopped, string[] more)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "config", "reproduction", "run.sh"));
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add("--small");
        foreach (string argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GLASSWRIGHT"] = Path.Combine(_folder, "glasswright");
        await File.WriteAllTextAsync(
            start.Environment["GLASSWRIGHT"]!, $"#!/bin/sh\n[ \"$1\" != '{stopped}' ] || {{ echo '{{\"outcome\":\"stopped\"}}'; exit; }}\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "glasswright.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(start.Environment["GLASSWRIGHT"]!, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        process.ExitCode.ShouldBe(exitCode, await error + await output);
        return await error;
    }
}
