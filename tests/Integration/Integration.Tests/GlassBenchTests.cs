using System.Diagnostics;
using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests;

/// <summary>
/// The way of docs/glassbench.md from NumPy's archives to a trained model, on synthetic files in the layout that it describes. NumPy comes
/// with Debian's <c>python3-ase</c>.
/// </summary>
public sealed class GlassBenchTests : IDisposable
{
    private static readonly string Converter = Repository.Data("preparation", "glassbench-to-xyz.py");

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-glassbench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ConvertedConfigurationsAreLearnedFrom()
    {
        (int exit, string error) = Python(Converter, [Within("xyz"), .. Sample()]);
        exit.ShouldBe(0, error);
        StructureFrame frame = StructureFile.Read(Within("xyz/N250T0.44_1.extxyz"));
        frame.Structure.Cell.Vectors.XX.ShouldBe(2.2 * Math.Cbrt(250 / 1.2), 1e-9);
        frame.Structure.Species.Count(s => frame.Structure.SpeciesNames[s] == "P").ShouldBe(50);
        frame.Columns.Keys.Order().ShouldBe(["bb_prop_0", "bb_prop_1", "md_prop_0", "md_prop_1"]);
        frame.Columns["md_prop_0"].Zip(frame.Columns["md_prop_1"]).ShouldAllBe(pair => Math.Abs((10 * pair.First) - pair.Second) < 1e-12);

        JsonElement training = Train("md_prop_1");

        training.GetProperty("outcome").GetString().ShouldBe("finished");
        training.GetProperty("test_pearson").GetDouble().ShouldBeGreaterThan(0.7);
    }

    [Fact]
    public void WhatDoesNotFitIsToldInOneLine()
    {
        string[] files = Sample();
        (int exit, string error) = Python(Converter, [Within("xyz"), files[0], "--properties", "cage_prop"]);
        exit.ShouldBe(2);
        error.TrimEnd().ShouldBe($"{files[0]}: an array is missing; expected cage_prop; found types, initial_positions, initial_positions_inherent, md_prop, bb_prop");
        Directory.GetFiles(Within("xyz")).ShouldBeEmpty();

        (exit, error) = Python(Converter, [Within("xyz"), files[0], "--species", "Ni,P,B"]);
        exit.ShouldBe(2);
        error.ShouldContain("expected 3 for Ni,P,B; found 2");
    }

    private string Within(string name) => Path.Combine(_folder, name);

    private string[] Sample()
    {
        (int exit, string error) = Python(Path.Combine(Repository.Root, "tests", "Integration", "Integration.Tests", "glassbench_sample.py"), [_folder]);
        exit.ShouldBe(0, error);
        return [.. Directory.GetFiles(_folder, "*.npz").Order(StringComparer.Ordinal)];
    }

    private JsonElement Train(string column)
    {
        File.WriteAllText(Within("train.conf"), """
            species = [Ni, P]
            architecture {
              species = [Ni, P], node-width = 8, edge-width = 16, heads = 2, head-width = 4, layers = 2, cutoff = 3.3
              gaussian { start = 0, step = 0.22, count = 16, sigma = 0.22 }, embedding = [8], readout = [8]
            }
            train {
              data = [ { structure = xyz/N250T0.44_1.extxyz }, { structure = xyz/N250T0.44_2.extxyz }, { structure = xyz/N250T0.44_3.extxyz } ]
              split { train = [N250T0.44_1], validation = [N250T0.44_2], test = [N250T0.44_3] }
              epochs = 60, seed = 1, learning-rate = 0.01
            }
            """);
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = CommandLine.Run(
            ["train", Within("train.conf"), "--json", "--target", column, "--out", Within("ka.safetensors"), "--threads", "1"],
            new Terminal(output, error, stop: CancellationToken.None));
        exit.ShouldBe(0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private static (int Exit, string Error) Python(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [script, .. arguments]) { RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start");
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
