using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Tests.Forces;
using Glasswright.Models.Evaluation;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Devices;

/// <summary>Labels whose steps are relaxed on a device.</summary>
public sealed class DeviceLabelTests : IDisposable
{
    private static readonly string Potential = Repository.Data("potentials", "CuZr_mm.eam.fs");

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-labels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ModesAtATimeChangeNoByteAndTheLabelsAreTheProcessors()
    {
        string[] folders = [Label("one", "1"), Label("five", "5"), Label("processor", "2", "--backend", "cpu")];
        foreach (string name in (string[])["a.labels.csv", "a.modes.csv", "b.labels.csv"])
        {
            File.ReadAllText(Path.Combine(folders[1], name)).ShouldBe(File.ReadAllText(Path.Combine(folders[0], name)), name);
        }

        foreach (string name in (string[])["a.labels.csv", "b.labels.csv"])
        {
            LabelTable device = LabelFile.ReadLabels(Path.Combine(folders[0], name)), processor = LabelFile.ReadLabels(Path.Combine(folders[2], name));
            device.Header.Numerics.ShouldContain(":opencl:");
            processor.Header.Numerics.ShouldNotContain("opencl");

            // Elastic and a few events: other last digits of the minima, the same motion.
            Correlation.Pearson(device.At(0.002), processor.At(0.002)).ShouldBeGreaterThan(0.999);
        }
    }

    [Fact]
    public void AnEstimateOfADeviceIsRefused()
    {
        using var error = new StringWriter();
        int exit = CommandLine.Run([.. Arguments("none", "2"), "--backend", "opencl", "--estimate"], new Terminal(TextWriter.Null, error));
        exit.ShouldBe(2);
        error.ToString().ShouldContain("--backend cpu, or no --estimate");
    }

    private string Label(string name, string threads, params string[] more)
    {
        using var error = new StringWriter();
        string[] backend = more.Length > 0 ? more : ["--backend", "opencl"];
        CommandLine.Run([.. Arguments(name, threads), .. backend], new Terminal(TextWriter.Null, error)).ShouldBe(0, error.ToString());
        return Path.Combine(_folder, name);
    }

    private string[] Arguments(string name, string threads) =>
    [
        "label", Relaxed("a", 8), Relaxed("b", 9), "--potential", Potential, "--strains", "0.001,0.002", "--step", "5e-4",
        "-D", "label.modes=[\"xy+\", \"x+\", \"z-\"]", "-D", "label.force-tolerance=1e-4", "--threads", threads, "--out", Path.Combine(_folder, name),
    ];

    /// <summary>A small cell at rest: from a random one each minimizer would find a minimum of its own.</summary>
    private string Relaxed(string name, int seed)
    {
        string path = Path.Combine(_folder, name + ".extxyz"), random = Path.Combine(_folder, name + "-random.extxyz");
        if (!File.Exists(path))
        {
            StructureFile.Write(random, new StructureFrame(SmallCells.Random(54, 10, seed)));
            CommandLine.Run(
                ["minimize", "--structure", random, "--potential", Potential, "--force-tolerance", "1e-6", "--max-evaluations", "20000", "--out", path],
                new Terminal(TextWriter.Null, TextWriter.Null)).ShouldBe(0);
        }

        return path;
    }
}
