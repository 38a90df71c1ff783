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
        using var scratch = new Scratch();
        string configuration = scratch.Write("search.conf", $$"""
            structure = {{JsonSerializer.Serialize(Samples.StressFreeGlass)}}, potential = {{JsonSerializer.Serialize(Samples.Potential)}}
            species = [Cu, Zr]
            search { trials = 3, decider { kind = energy, C = 0.1 }, calibrate = off, minimizer { force-tolerance = 0.01 } }
            """);
        Process process = Start("search", configuration, "--json", "--threads", "1", "--out", scratch.File("run"));
        string? line = await process.StandardError.ReadLineAsync();
        line.ShouldNotBeNull().ShouldContain("864 atoms");
        await Signal(process, "-TERM");

        (int code, string output, string error) = await Finish(process);
        code.ShouldBe(0, error);
        JsonElement stopped = JsonDocument.Parse(output).RootElement;
        stopped.GetProperty("outcome").GetString().ShouldBe("stopped");
        stopped.GetProperty("trials").GetInt64().ShouldBeLessThan(3);

        (code, output, error) = await Finish(Start("search", "--json", "--resume", scratch.File("run")));
        code.ShouldBe(0, error);
        JsonDocument.Parse(output).RootElement.GetProperty("trials").GetInt64().ShouldBe(3);
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
