using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Host.Tests.Commands;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>A search whose trials are relaxed on a device.</summary>
public sealed class DeviceSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-device-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The law of one answer on a device: one, four or sixteen trials at a time.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("screening = early-reject, screening-force-tolerance = 1, screening-margin = 0.5, ")]
    public void TrialsAtATimeChangeNoByte(string screening)
    {
        string configuration = Write(screening);
        string[] folders = [.. new[] { 1, 4, 16 }.Select(samplers => Search(configuration, samplers))];
        foreach (string folder in folders)
        {
            Directory.GetFiles(folder, "*.csv").Length.ShouldBeGreaterThan(0);
            foreach (string path in Directory.GetFiles(folders[0]).Where(IsAnswer))
            {
                File.ReadAllText(Path.Combine(folder, Path.GetFileName(path))).ShouldBe(File.ReadAllText(path), path);
            }
        }

        string rows = File.ReadAllText(Path.Combine(folders[0], "chain-0.csv"));
        rows.Split('\n').Length.ShouldBeGreaterThan(40);
        rows.Contains(",Screened,", StringComparison.Ordinal).ShouldBe(screening.Length > 0);
    }

    [Fact]
    public void ModelsPredictOnTheDeviceTooAndTrialsAtATimeChangeNoByte()
    {
        using var scratch = new Scratch();
        string first = Samples.SmallModel(scratch, name: "a.safetensors", seed: 3), second = Samples.SmallModel(scratch, name: "b.safetensors", seed: 4);
        string ensemble = Write("", $"kind = gnn, model = {JsonSerializer.Serialize(new[] { first, second })}, kappa = 0.5", "mean");
        string[] folders = [.. new[] { 1, 4, 16 }.Select(samplers => Search(ensemble, samplers))];
        foreach (string folder in folders)
        {
            foreach (string path in Directory.GetFiles(folders[0]).Where(IsAnswer))
            {
                File.ReadAllText(Path.Combine(folder, Path.GetFileName(path))).ShouldBe(File.ReadAllText(path), path);
            }
        }

        // The numbers of the run are those of the device's network, which differ from the processor's in the last digits.
        string run = Search(Write("", $"kind = gnn, model = {JsonSerializer.Serialize(first)}", "mean"), 4);
        double mean = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement.GetProperty("targets_end").GetProperty("mean").GetDouble();
        Predicted("opencl").ShouldBe(mean, 1e-13);
        Predicted("cpu").ShouldBe(mean, 1e-5);
        Predicted("cpu").ShouldNotBe(mean);

        double Predicted(string backend)
        {
            using var output = new StringWriter();
            string structure = Path.Combine(run, "final.extxyz");
            CommandLine.Run(["predict", "--structure", structure, "--model", first, "--backend", backend, "--json"], new Terminal(output, TextWriter.Null)).ShouldBe(0);
            return JsonDocument.Parse(output.ToString()).RootElement.GetProperty("mean").GetDouble();
        }
    }

    [Fact]
    public void NumericsAreTheDevices()
    {
        string configuration = Write("");
        string device = Search(configuration, 2), processor = Search(configuration, 2, "--backend", "cpu");
        Numerics(device).ShouldContain(":opencl:");
        Numerics(processor).ShouldNotContain("opencl");
    }

    [Fact]
    public void MinimizerOrStoreThatADeviceLacksIsRefused()
    {
        (int exit, string error) = Run("search", Write(""), "--out", Within("refused"), "-D", "search.minimizer.kind=plbfgs");
        exit.ShouldBe(2);
        error.ShouldContain("search.minimizer.kind");
        error.ShouldContain("cg with backend = opencl");
        (exit, error) = Run("search", Write(""), "--out", Within("refused"), "--store", "postgres://nobody@localhost:1/none");
        exit.ShouldBe(2);
        error.ShouldContain("sqlite with backend = opencl");
        Directory.Exists(Within("refused")).ShouldBeFalse();
    }

    private static bool IsAnswer(string path) =>
        Path.GetExtension(path) is ".csv" or ".extxyz" or ".data";

    private static string Numerics(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("numerics").GetString()!;

    private static (int Exit, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = CommandLine.Run(arguments, new Terminal(output, error));
        return (exit, error.ToString());
    }

    private string Within(string name) => Path.Combine(_folder, name);

    private string Search(string configuration, int samplers, params string[] more)
    {
        string folder = Within($"run-{samplers}-{Guid.NewGuid():N}");
        (int exit, string error) = Run(["search", configuration, "--out", folder, "--threads", $"{samplers}", .. more]);
        exit.ShouldBe(0, error);
        return folder;
    }

    private string Write(string search, string decider = "kind = energy", string target = "energy")
    {
        AtomicStructure cell = SmallCells.Random(54, 10, 8);
        StructureFile.Write(Within("cell.extxyz"), new StructureFrame(cell));
        string path = Within("search.conf");
        File.WriteAllText(path, $$"""
            structure = "cell.extxyz", potential = {{JsonSerializer.Serialize(Repository.Data("potentials", "CuZr_mm.eam.fs"))}}, backend = opencl
            search {
              trials = 40, seed = 3, {{search}}decider { {{decider}} }, targets = [{ kind = {{target}} }], calibrate { acceptance = 0.3, pilot = 10 }
              minimizer { kind = cg, force-tolerance = 1e-3 }
            }
            """);
        return path;
    }
}
