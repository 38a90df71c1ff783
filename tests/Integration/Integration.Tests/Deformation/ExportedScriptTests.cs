using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Deformation;

/// <summary>
/// LAMMPS (Debian's <c>lammps</c>) runs the <c>in.aqs</c> that <c>export --format lammps</c> writes, and its curves are those of
/// <c>deform</c>: somebody who trusts only LAMMPS can check a claim.
/// </summary>
public sealed class ExportedScriptTests : IDisposable
{
    private const string Strain = "0.0005";
    private static readonly string Potential = Repository.Data("potentials", "CuZr_mm.eam.fs");

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-lammps-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LammpsFindsTheCurvesOfDeform()
    {
        // One mode of every kind: shears of both signs that tilt one and two vectors, tension and compression.
        string[] modes = ["xy+", "xz-", "yz-", "x+", "x-", "y+", "z-"];
        string run = Path.Combine(_folder, "run"), exported = Path.Combine(_folder, "lammps");
        Run("search", Configuration(), "--out", run, "--threads", "1");
        Run("export", run, "--format", "lammps", "--step", "0", "--out", exported);

        Lammps(exported, ["-in", "in.aqs", "-log", "none", "-var", "strain", Strain, "-var", "mode", .. modes]);

        foreach (string mode in modes)
        {
            string own = Path.Combine(_folder, "deform" + mode);
            Run(
                "deform", "--structure", Path.Combine(exported, "structure.data"), "--potential", Path.Combine(exported, "CuZr_mm.eam.fs"),
                "--mode", mode, "--strain", Strain, "--threads", "1", "--out", own);
            double[][] expected = Curve(Path.Combine(exported, $"curve-{mode}.csv")), found = Curve(Path.Combine(own, "curve.csv"));
            found.Length.ShouldBe(6, mode);
            expected.Length.ShouldBe(6, mode);
            for (int k = 0; k < found.Length; k++)
            {
                found[k][0].ShouldBe(expected[k][0], 1e-12, mode);
                found[k][1].ShouldBe(expected[k][1], 1e-7, mode);
                found[k][2].ShouldBe(expected[k][2], 0.2, mode);
            }

            found[^1][2].ShouldBeGreaterThan(50, "the glass resists");
        }
    }

    private string Configuration()
    {
        string path = Path.Combine(_folder, "search.conf");
        File.WriteAllText(path, $$"""
            structure = "{{Repository.Data("glasses", "cu50zr50-864-p0.data")}}"
            potential = "{{Potential}}"
            species = [Cu, Zr]
            search { trials = 1, calibrate = off, decider { kind = energy, temperature = 300 } }
            """);
        return path;
    }

    private static double[][] Curve(string path) =>
    [
        .. File.ReadLines(path).Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private static void Run(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLine.Run(line, new Terminal(output, error, stop: CancellationToken.None)).ShouldBe(0, error.ToString());
    }

    private static void Lammps(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("lmp", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("lmp does not start");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output[Math.Max(0, output.Length - 2000)..] + error.Result);
    }
}
