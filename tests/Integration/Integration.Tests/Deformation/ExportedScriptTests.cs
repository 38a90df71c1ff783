using System.Diagnostics;
using System.Globalization;
using Glasswright.Host.Commands;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Models.Evaluation;
using Glasswright.Tests.Support;

namespace Glasswright.Integration.Tests.Deformation;

/// <summary>
/// LAMMPS (Debian's <c>lammps</c>) runs the <c>in.aqs</c> that <c>export --format lammps</c> writes, and its curves are those of
/// <c>deform</c>: somebody who trusts only LAMMPS can check a claim.
/// </summary>
public sealed class ExportedScriptTests : IDisposable
{
    // Three steps: twelve modes in the time that seven took with five.
    private const string Strain = "0.0003";
    private static readonly string Potential = Repository.Data("potentials", "CuZr_mm.eam.fs");

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-lammps-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LammpsFindsTheCurvesOfDeformInAllTwelveModes()
    {
        string[] modes = [.. LoadingMode.All.Select(mode => mode.Name)];
        modes.Length.ShouldBe(12);
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
            found.Length.ShouldBe(4, mode);
            expected.Length.ShouldBe(4, mode);
            for (int k = 0; k < found.Length; k++)
            {
                found[k][0].ShouldBe(expected[k][0], 1e-12, mode);
                found[k][1].ShouldBe(expected[k][1], 1e-7, mode);
                found[k][2].ShouldBe(expected[k][2], 0.2, mode);
            }

            found[^1][2].ShouldBeGreaterThan(30, "the glass resists");
        }

        // LAMMPS' dumps of a mode make the labels that `label` makes of that mode alone.
        string whole = Path.Combine(_folder, "labels");
        Run(
            "label", Path.Combine(exported, "structure.data"), "--potential", Path.Combine(exported, "CuZr_mm.eam.fs"), "--strains", Strain, "--threads", "1",
            "--out", whole);
        ModeLabelTable labels = LabelFile.ReadModes(Path.Combine(whole, "structure.modes.csv"));
        for (int m = 0; m < modes.Length; m++)
        {
            string folder = Path.Combine(_folder, "dumps" + modes[m]);
            Run(
                "label", "--from-dumps", Path.Combine(exported, $"reference-{modes[m]}.dump"), Path.Combine(exported, $"final-{modes[m]}.dump"), "--mode", modes[m],
                "--strains", Strain, "--species", "Cu,Zr", "--out", folder);
            LabelTable theirs = LabelFile.ReadLabels(Directory.GetFiles(folder, "*.labels.csv").ShouldHaveSingleItem());
            Dictionary<long, double> byId = theirs.Ids.Zip(theirs.Values[0]).ToDictionary(pair => pair.First, pair => pair.Second);
            double[] expected = [.. labels.Ids.Select(id => byId[id])];

            // What both minimizers leave of their tolerance is a part of the displacements of so small a strain.
            Correlation.Pearson(expected, labels.Values[0][m]).ShouldBeGreaterThan(0.999, modes[m]);
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
