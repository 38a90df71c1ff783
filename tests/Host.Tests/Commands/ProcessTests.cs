using System.Diagnostics;
using System.Text.Json;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The executable itself: exit codes, streams and signals as a shell sees them.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Two signals this far apart are two wishes, not one that was passed on twice.</summary>
    private static readonly TimeSpan LongerThanAnEcho = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task ExitCodesAndStreamsAreThoseOfTheContract()
    {
        (int code, string output, string error) = await Finish(Start("energy", "--json", "--structure", "nowhere", "--potential", "nowhere"));

        code.ShouldBe(2);
        JsonDocument.Parse(output).RootElement.GetProperty("error").GetProperty("file").GetString().ShouldBe("nowhere");
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);

        (code, output, error) = await Finish(Start("--help"));
        code.ShouldBe(0);
        output.ShouldContain("energy");
        error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task FirstSignalStopsAMinimizationInOrder(string signal)
    {
        using var scratch = new Scratch();
        string path = scratch.File("part.extxyz");

        // A tolerance that rounding never lets it reach, so that it runs until it is told to stop.
        Process process = Start(
            "minimize", "--json", "--structure", Samples.Perturbed, "--potential", Samples.Potential, "--species", "Cu,Zr",
            "--force-tolerance", "1e-300", "--max-evaluations", "2000000000", "--threads", "1", "--out", path);
        string? line = await process.StandardError.ReadLineAsync();
        line.ShouldNotBeNull().ShouldStartWith("minimizing 864 atoms");
        await Signal(process, signal);

        (int code, string output, string error) = await Finish(process);

        code.ShouldBe(0, error);
        JsonDocument.Parse(output).RootElement.GetProperty("outcome").GetString().ShouldBe("stopped");
        error.ShouldContain($"minimize --structure {path}");
        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public async Task SecondControlCEndsTheProcessAtOnce()
    {
        using var scratch = new Scratch();

        // Signals count at a force evaluation, and one by the textbook formula takes many seconds for so many atoms.
        Process process = Start(
            "minimize", "--json", "--backend", "reference", "--structure", Samples.LargeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr",
            "--out", scratch.File("never.extxyz"));
        string? line = await process.StandardError.ReadLineAsync();
        line.ShouldNotBeNull().ShouldStartWith("minimizing 16000 atoms");

        await Signal(process, "-INT");
        process.WaitForExit(LongerThanAnEcho).ShouldBeFalse("the first Ctrl-C lets the command put its work in order");
        await Signal(process, "-INT");

        var ending = Stopwatch.StartNew();
        (int code, string output, string error) = await Finish(process);
        code.ShouldBe(130);
        ending.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        output.ShouldBeEmpty();
        error.ShouldBeEmpty();
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public async Task TerminatedSearchGoesOnWhereItWas()
    {
        // So many trials that no machine ends them before its signal comes.
        const long Trials = 1_000_000;
        using var scratch = new Scratch();
        string run = scratch.File("run"), chain = Path.Combine(run, "chain-0.csv");
        string configuration = scratch.Write("search.conf", $$"""
            structure = {{JsonSerializer.Serialize(Samples.StressFreeGlass)}}, potential = {{JsonSerializer.Serialize(Samples.Potential)}}
            species = [Cu, Zr]
            search {
              trials = {{Trials}}, decider { kind = energy, C = 0.1 }, calibrate = off, checkpoint-every = 100 ms
              minimizer { force-tolerance = 0.01 }
            }
            """);
        long before = await TrialsWhenTerminated(chain, 0, "search", configuration, "--json", "--threads", "1", "--out", run);
        byte[] rows = await File.ReadAllBytesAsync(chain);
        long after = await TrialsWhenTerminated(chain, rows.Length, "search", "--json", "--threads", "1", "--resume", run);

        before.ShouldBeGreaterThan(0);
        after.ShouldBeGreaterThan(before);
        after.ShouldBeLessThan(Trials);
        byte[] more = await File.ReadAllBytesAsync(chain);
        more.AsSpan(0, rows.Length).SequenceEqual(rows).ShouldBeTrue("a resumed run appends");
        more.AsSpan().Count((byte)'\n').ShouldBe((int)after + 1);
    }

    /// <summary>Starts a search, sends SIGTERM once its chain file has outgrown a length and a row; the trials it reports to have committed.</summary>
    private static async Task<long> TrialsWhenTerminated(string chain, long length, params string[] arguments)
    {
        const int LongestHeader = 200;
        var grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetDirectoryName(chain))!) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) =>
        {
            if (File.Exists(chain) && new FileInfo(chain).Length > length + LongestHeader)
            {
                grown.TrySetResult();
            }
        };
        watcher.EnableRaisingEvents = true;
        Process process = Start(arguments);
        await grown.Task.WaitAsync(Patience);
        await Signal(process, "-TERM");
        (int code, string output, string error) = await Finish(process);
        code.ShouldBe(0, error);
        JsonElement stopped = JsonDocument.Parse(output).RootElement;
        stopped.GetProperty("outcome").GetString().ShouldBe("stopped");
        return stopped.GetProperty("trials").GetInt64();
    }

    private static Process Start(params string[] arguments)
    {
        string dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

        // A shell starts background jobs with SIGINT ignored, and children inherit that: the tests may be such a job.
        var start = new ProcessStartInfo("env")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add(dotnet);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "glasswright.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task<(int Code, string Output, string Error)> Finish(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
    }
}
