using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Search;

/// <summary><c>config/slurm/array.sh</c> as Slurm would run a task of it, with a stand-in for <c>scontrol</c> that writes down what it is asked.</summary>
public sealed class SlurmArrayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-array-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task APreemptedTaskIsQueuedAgainAndEndsWithTheBytesOfOneThatWasLeftAlone()
    {
        WriteProgram("glasswright", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "glasswright.dll")}' \"$@\"");
        WriteProgram("scontrol", "echo \"$@\" >>requeued");
        File.WriteAllText(At("search.conf"), $$"""
            structure = {{JsonSerializer.Serialize(Repository.Data("glasses", "cu50zr50-864-p0.data"))}}
            potential = {{JsonSerializer.Serialize(Repository.Data("potentials", "CuZr_mm.eam.fs"))}}
            species = [Cu, Zr]
            search { trials = 60, calibrate = off, decider { kind = energy, C = 0.6 }, minimizer { force-tolerance = 0.02 } }
            """);
        using (Process alone = StartTask("7", "alone"))
        {
            await alone.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            alone.ExitCode.ShouldBe(0);
        }

        using (Process preempted = StartTask("7", "cut"))
        {
            SpinWait.SpinUntil(() => File.Exists(At("cut/7/chain-0.csv")) || preempted.HasExited, TimeSpan.FromMinutes(1)).ShouldBeTrue();
            using Process kill = Process.Start("kill", ["-TERM", preempted.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await preempted.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            preempted.ExitCode.ShouldBe(0);
        }

        File.ReadAllLines(At("requeued")).ShouldBe(["requeue 41_7"], "and of the task that had finished nothing");
        using (Process again = StartTask("7", "cut"))
        {
            await again.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            again.ExitCode.ShouldBe(0);
        }

        foreach (string name in (string[])["chain-0.csv", "accepted-0.extxyz", "final.data"])
        {
            File.ReadAllText(At($"cut/7/{name}")).ShouldBe(File.ReadAllText(At($"alone/7/{name}")), name);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void WriteProgram(string name, string command)
    {
        File.WriteAllText(At(name), $"#!/bin/sh\n{command}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }
    }

    private Process StartTask(string number, string root)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = _folder };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "config", "slurm", "array.sh"));
        start.ArgumentList.Add(At("search.conf"));
        start.Environment["GLASSWRIGHT"] = At("glasswright");
        start.Environment["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SLURM_ARRAY_TASK_ID"] = number;
        start.Environment["SLURM_ARRAY_JOB_ID"] = "41";
        start.Environment["SLURM_CPUS_PER_TASK"] = "1";
        start.Environment["RUN_ROOT"] = At(root);
        return Process.Start(start)!;
    }
}
