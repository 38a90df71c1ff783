using System.Diagnostics;
using System.Text.Json;
using Glasswright.Actors.Storage;
using Glasswright.Host.Tests.Commands;
using Glasswright.Integration.Tests.Storage;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Search;

/// <summary>
/// Real processes on one run of a real glass: killed, frozen and thawed, joined late, their server killed under them. Whatever happens, the
/// files are the bytes of one process that was left alone.
/// </summary>
public sealed class NodesTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-nodes-").FullName;
    private readonly List<Process> _processes = [];
    private readonly string _url = server.NewDatabase().ToString();

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task NodesThatAreKilledAndFrozenAndAServerThatIsKilledAreNotSeenInTheAnswer()
    {
        string configuration = Configuration();
        await Finish("search", configuration, "--threads", "2", "--out", At("alone"));
        Process first = Node(), second = Node();
        Process search = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("shared"));
        await Until(status => Trials(status) > 10);
        first.Kill();
        Signal(second, "STOP");
        await Until(status => Trials(status) > 30);
        server.Kill();
        server.Start();
        Signal(second, "CONT");
        Node();
        await search.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        search.ExitCode.ShouldBe(0);
        ShouldBeTheSame("shared");

        // The thawed node is none the worse for it, and leaves when asked.
        Signal(second, "TERM");
        await second.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        second.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task ARunWhoseSearchIsKilledEndsAndItsFilesAreMadeFromTheStore()
    {
        string configuration = Configuration();
        await Finish("search", configuration, "--threads", "2", "--out", At("alone"));
        Node();
        Process search = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("killed"));
        await Until(status => Trials(status) > 10);
        search.Kill();
        await search.WaitForExitAsync();
        await Until(status => Run(status)?.GetProperty("state").GetString() == "finished");
        await Finish("search", "--resume", At("killed"), "--threads", "1");
        ShouldBeTheSame("killed");

        // The store may have moved to another address, as it does when a job is queued again.
        string moved = _url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await Finish("search", "--resume", At("killed"), "--threads", "1", "--store", moved);
        ShouldBeTheSame("killed");
        string run = Run(await Status())!.Value.GetProperty("run").GetString()!;
        await Finish("export", run, "--store", _url, "--out", At("exported"));
        ShouldBeTheSame("exported");

        // What looks at a run takes its id, or its folder, which leads to the store.
        await Finish("export", run, "--store", _url, "--format", "lammps", "--step", "0", "--out", At("lammps"));
        await Finish("cite", run, "--store", _url);
        await Finish("cite", At("killed"));
        File.Exists(Path.Combine(At("lammps"), "in.aqs")).ShouldBeTrue();
        (await Exit("cancel", run, "--store", _url)).ShouldBe(2, "it has ended");
    }

    [Fact]
    public async Task NodesChangeTheModelTogether()
    {
        string configuration = Learning();
        await Finish("search", configuration, "--threads", "2", "--out", At("alone"));
        File.ReadAllLines(Path.Combine(At("alone"), "learning.csv")).Length.ShouldBe(1 + 5);
        Node();
        Process search = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("shared"));
        await search.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        search.ExitCode.ShouldBe(0);
        ShouldBeTheSame("shared");
        string[] models = Directory.GetFiles(At("alone"), "model-g*");
        models.ShouldNotBeEmpty();
        foreach (string model in models)
        {
            File.ReadAllBytes(Path.Combine(At("shared"), Path.GetFileName(model))).ShouldBe(File.ReadAllBytes(model));
        }
    }

    [Fact]
    public async Task ANodeLogsForMachinesToStandardErrorAlone()
    {
        string configuration = Learning();
        Process search = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("shared"));
        await search.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        string run = Run(await Status())!.Value.GetProperty("run").GetString()!;

        // It finds nothing to do in a run that has ended, and leaves.
        Process node = StartProcess(redirect: true, "node", "--store", _url, "--threads", "1", "--run", run, "--log-console", "json", "--json");
        _processes.Add(node);
        Task<string> output = node.StandardOutput.ReadToEndAsync();
        string[] log = (await node.StandardError.ReadToEndAsync()).TrimEnd('\n').Split('\n');
        await node.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        node.ExitCode.ShouldBe(0, string.Join('\n', log));
        string id = JsonDocument.Parse(await output).RootElement.GetProperty("node").GetString()!;
        JsonElement[] lines = [.. log.Select(line => JsonDocument.Parse(line).RootElement)];
        lines.ShouldAllBe(line => line.GetProperty("Properties").GetProperty("node").GetString()!.Length > 0);
        lines.Select(line => line.GetProperty("RenderedMessage").GetString()).ShouldContain(text => text!.StartsWith($"node {id} with 1 threads at "));
    }

    [Fact]
    public async Task TheSameRunStartedTwiceIsOneRunWithTwoFolders()
    {
        string configuration = Configuration();
        await Finish("search", configuration, "--threads", "2", "--out", At("alone"));
        Process[] both =
        [
            Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("one")),
            Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("other")),
        ];
        foreach (Process search in both)
        {
            await search.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            search.ExitCode.ShouldBe(0);
        }

        ShouldBeTheSame("one");
        ShouldBeTheSame("other");
        (await Status()).GetProperty("runs").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task WhoeverIsStoppedWhileTheStoreIsAwayEndsAsStoppedAndTheRunGoesOnLater()
    {
        string configuration = Configuration();
        await Finish("search", configuration, "--threads", "2", "--out", At("alone"));
        Process search = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("shared")), node = Node();
        await Until(status => Trials(status) > 10);
        server.Kill();
        foreach (Process process in (Process[])[search, node])
        {
            Signal(process, "TERM");
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            process.ExitCode.ShouldBe(0);
        }

        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(At("shared"), "run.json")))
            .RootElement.GetProperty("outcome").GetString().ShouldBe("stopped");
        server.Start();
        await Finish("search", "--resume", At("shared"), "--threads", "1");
        ShouldBeTheSame("shared");
    }

    [Fact]
    public async Task ACanceledRunEndsEverywhereAndIsNotGoneOnWith()
    {
        Process search = Start("search", Configuration(), "--threads", "1", "--store", _url, "--out", At("run"), "-D", "search.trials=100000");
        await Until(status => Trials(status) > 0);
        string run = Run(await Status())!.Value.GetProperty("run").GetString()!;
        await Finish("cancel", run, "--store", _url);
        await search.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        search.ExitCode.ShouldBe(0);
        (await Exit("search", "--resume", At("run"))).ShouldBe(2);
        await Finish("export", run, "--store", _url, "--out", At("exported"));
        Directory.CreateDirectory(At("own"));
        await File.WriteAllTextAsync(Path.Combine(At("own"), "config.conf"), "mine");
        (await Exit("export", run, "--store", _url, "--out", At("own"))).ShouldBe(2);
        (await File.ReadAllTextAsync(Path.Combine(At("own"), "config.conf"))).ShouldBe("mine");
    }

    [Fact]
    public async Task ANodeTakesTheRunThatNobodyWorksOnThoughAnOlderOneIsLive()
    {
        string configuration = Configuration();
        Process older = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("older"), "-D", "search.trials=100000");
        await Until(status => Trials(status) > 0);
        Process younger = Start("search", configuration, "--threads", "1", "--store", _url, "--out", At("younger"), "-D", "search.seed=6");
        await Until(status => Runs(status) is [_, var run] && run.GetProperty("versions").GetInt64() > 0);
        younger.Kill();
        Process node = Node();
        await Until(status => State(Runs(status)[1]) == "finished");
        State(Runs(await Status())[0]).ShouldBe("live");
        foreach (Process process in (Process[])[node, older])
        {
            Signal(process, "TERM");
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            process.ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public async Task ANodeOfOtherNumericsLeavesTheRunAloneAndSaysSo()
    {
        Process search = Start("search", Configuration(), "--threads", "1", "--store", _url, "--out", At("other"));
        await Until(status => Trials(status) > 0);
        search.Kill();
        await search.WaitForExitAsync();
        using (var database = new PostgresDatabase(StoreAddress.Parse(_url)))
        {
            database.Transact(s => s.Execute("UPDATE run SET numerics = 'another'"));
        }

        long before = Trials(await Status());
        using Process node = StartProcess(redirect: true, "node", "--store", _url, "--threads", "1", "--lease", "0.6");
        string said = "";
        while (!said.Contains("another", StringComparison.Ordinal))
        {
            said = (await node.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1))).ShouldNotBeNull();
        }

        said.ShouldContain("left to other nodes");
        await Until(status => status.GetProperty("nodes").EnumerateArray().All(
            other => !other.GetProperty("alive").GetBoolean() || other.GetProperty("process").GetInt32() == node.Id));
        Signal(node, "TERM");
        await node.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        node.ExitCode.ShouldBe(0);
        Trials(await Status()).ShouldBe(before);
    }

    private static JsonElement[] Runs(JsonElement status) => [.. status.GetProperty("runs").EnumerateArray()];

    private static string? State(JsonElement run) => run.GetProperty("state").GetString();

    private static long Trials(JsonElement status) => Run(status)?.GetProperty("trials").GetInt64() ?? 0;

    private static JsonElement? Run(JsonElement status) =>
        status.GetProperty("runs").EnumerateArray().Select(run => (JsonElement?)run).FirstOrDefault();

    private string At(string name) => Path.Combine(_folder, name);

    private string Configuration()
    {
        string path = At("search.conf");
        File.WriteAllText(path, $$"""
            structure = {{JsonSerializer.Serialize(Repository.Data("glasses", "cu50zr50-864-p0.data"))}}
            potential = {{JsonSerializer.Serialize(Repository.Data("potentials", "CuZr_mm.eam.fs"))}}
            species = [Cu, Zr]
            store-lease = 600 ms
            search { seed = 5, trials = 40, calibrate = off, decider { kind = energy, C = 0.6 }, minimizer { force-tolerance = 0.02 } }
            replicas = 2
            tempering { scales = [1, 2], every = 8 }
            """);
        return path;
    }

    /// <summary>A search of 16 atoms, with labels of one mode in two steps.</summary>
    private string Learning()
    {
        using var scratch = new Scratch();
        var label = new LabelDefinition
        {
            Strain = 0.01,
            Step = 0.005,
            Lateral = "isochoric",
            Modes = ["xy+"],
            D2MinCutoff = 3.8,
            D2MinNormalization = "sum",
        };
        File.Copy(Samples.SmallModel(scratch, label: label), At("small.safetensors"));
        File.Copy(Samples.SmallCrystal(scratch), At("small.extxyz"));
        string path = At("learning.conf");
        File.WriteAllText(path, $$"""
            structure = small.extxyz
            potential = {{JsonSerializer.Serialize(Samples.Potential)}}
            store-lease = 600 ms
            search {
              seed = 5, trials = 60, calibrate = off, decider { kind = gnn, model = small.safetensors }, targets = [ { kind = mean, C = 0.02 } ]
              learn { every = 10, limit-pearson = none, epochs = 3, learning-rate = 1e-3 }
            }
            replicas = 2
            """);
        return path;
    }

    private void ShouldBeTheSame(string folder)
    {
        foreach (string path in Directory.GetFiles(At("alone")))
        {
            string name = Path.GetFileName(path);
            if (Path.GetExtension(name) is ".csv" or ".extxyz" or ".data")
            {
                File.ReadAllBytes(Path.Combine(At(folder), name)).ShouldBe(File.ReadAllBytes(path), $"{folder}/{name}");
            }
        }
    }

    private async Task Until(Func<JsonElement, bool> holds)
    {
        var patience = Stopwatch.StartNew();
        while (!holds(await Status()))
        {
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3));
        }
    }

    private async Task<JsonElement> Status()
    {
        using Process process = StartProcess(redirect: true, "status", "--store", _url, "--json");
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        // Before whoever comes first has made it, the database holds no store.
        return JsonDocument.Parse(process.ExitCode == 2 ? "{\"runs\": [], \"nodes\": []}" : output).RootElement;
    }

    private Process Node() => Start("node", "--store", _url, "--threads", "1", "--lease", "0.6");

    private async Task Finish(params string[] arguments) => (await Exit(arguments)).ShouldBe(0, string.Join(' ', arguments));

    private async Task<int> Exit(params string[] arguments)
    {
        Process process = Start(arguments);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return process.ExitCode;
    }

    private Process Start(params string[] arguments)
    {
        Process process = StartProcess(redirect: false, arguments);
        _processes.Add(process);
        return process;
    }

    private static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    private static Process StartProcess(bool redirect, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = redirect, RedirectStandardError = redirect };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "glasswright.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
