using Glasswright.Host.Commands;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Tests.Commands;

/// <summary><c>export --format lammps</c> of a run folder; the store's own export the integration tests tell of.</summary>
public sealed class ExportVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void EveryVersionIsExportedAsItWasAccepted()
    {
        string run = Search();
        IReadOnlyList<StructureFrame> accepted = [.. StructureFile.ReadFrames(Path.Combine(run, "accepted-0.extxyz"))];
        accepted.Count.ShouldBeGreaterThan(1, "the search accepts something");

        for (int step = 0; step < accepted.Count; step++)
        {
            string folder = _scratch.File($"step-{step}");
            Invocation export = Invocation.Run("export", run, "--format", "lammps", "--step", $"{step}", "--out", folder, "--json");

            export.ExitCode.ShouldBe(0, export.Error);
            export.Json.GetProperty("step").GetInt64().ShouldBe(step);
            AtomicStructure written = StructureFile.Read(Path.Combine(folder, "structure.data")).Structure;
            AtomicStructure expected = accepted[step].Structure;
            written.X.ToArray().ShouldBe(expected.X.ToArray());
            written.Z.ToArray().ShouldBe(expected.Z.ToArray());
            written.Species.ShouldBe(expected.Species);
        }

        Invocation last = Invocation.Run("export", run, "--format", "lammps", "--out", _scratch.File("last"), "--json");
        last.Json.GetProperty("step").GetInt64().ShouldBe(accepted.Count - 1);
    }

    [Fact]
    public void FolderHoldsAllThatLammpsNeeds()
    {
        string folder = _scratch.File("lammps");
        Invocation export = Invocation.Run("export", Search(), "--format", "lammps", "--step", "0", "--lateral", "fixed", "--out", folder, "--json");

        export.ExitCode.ShouldBe(0, export.Error);
        Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["CuZr_mm.eam.fs", "README.txt", "in.aqs", "structure.data"]);
        File.ReadAllBytes(Path.Combine(folder, "CuZr_mm.eam.fs")).ShouldBe(File.ReadAllBytes(Samples.Potential));
        export.Json.GetProperty("potential_sha256").GetString().ShouldBe(FileDigest.Sha256(Samples.Potential));
        string script = File.ReadAllText(Path.Combine(folder, "in.aqs"));
        foreach (string part in (string[])
            ["index xy+ xy- xz+ xz- yz+ yz- x+ x- y+ y- z+ z-", "lateral   index fixed", "pair_style      eam/fs", "* * ${potential} Cu Zr", "index 0.0001", "tolerance index 1e-05"])
        {
            script.ShouldContain(part);
        }

        script.ShouldNotContain("@");
        string[] readme = File.ReadAllLines(Path.Combine(folder, "README.txt"));
        readme.Length.ShouldBe(2);
        readme[1].ShouldContain("glasswright deform --mode MODE --lateral fixed --step 0.0001 --force-tolerance 1E-05 computes the same");
    }

    [Fact]
    public void WhatIsNotThereIsNamedAndNothingIsWritten()
    {
        string run = Search(), folder = _scratch.File("lammps");
        Export("--step", "99").ShouldBeRefused("replica 0 has no such version", "--step 0 to", "99");
        Export("--step", "first").ShouldBeRefused("--step", "'first'");
        Export("--replica", "1").ShouldBeRefused("the run has no replica 1");
        Export("--lateral", "stress").ShouldBeRefused("in.aqs has no loading with relaxed lateral stress");
        Export("--lateral", "isochorc").ShouldBeRefused("did you mean isochoric?");
        Invocation.Run("export", _scratch.File("absent"), "--format", "lammps", "--out", folder).ShouldBeRefused("there is no such run folder");
        Invocation.Run("export", run, "--step", "0", "--out", folder).ShouldBeRefused("--step belongs to --format lammps");
        Invocation.Run("export", run, "--format", "lamps", "--out", folder).ShouldBeRefused("did you mean lammps?");
        Directory.Exists(folder).ShouldBeFalse();

        Invocation Export(string flag, string value) => Invocation.Run("export", run, "--format", "lammps", flag, value, "--out", folder);
    }

    private string Search()
    {
        string folder = _scratch.File("run");
        Invocation search = Invocation.Run(
            "search", SearchVerbTests.Write(_scratch), "--out", folder, "-D", "search.decider.temperature=1e6", "-D", "search.trials=6");
        search.ExitCode.ShouldBe(0, search.Error);
        return folder;
    }
}
