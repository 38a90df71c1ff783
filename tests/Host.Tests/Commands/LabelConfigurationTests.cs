using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Host.Configuration;
using Glasswright.Kernels.Deformation;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Commands;

/// <summary>The group <c>label</c> of a configuration decides what <c>label</c> computes; flags win over it.</summary>
public sealed class LabelConfigurationTests
{
    [Fact]
    public void DefaultsOfTheReferenceConfigurationAreThoseOfTheKernels()
    {
        LabelSettings settings = LabelMethod.Translate(ConfigurationReader.Resolve(null));

        settings.ShouldBe(new LabelSettings { Definition = new LabelDefinition { Strains = LabelDefinition.DefaultStrains } });
    }

    [Fact]
    public void EverySettingOfTheGroupReachesTheLabels()
    {
        using var scratch = new Scratch();
        string file = scratch.Write("label.conf", """
            label {
              strains = [0.001, 0.003], step = 5e-4, lateral = stress, modes = ["y-", "xy+"], force-tolerance = 1e-3
              max-evaluations = 77, neighbor-cutoff = 4.5, divide-by-neighbors = on
            }
            """);

        LabelSettings settings = LabelMethod.Translate(ConfigurationReader.Resolve(file));

        settings.MaxEvaluations.ShouldBe(77);
        settings.Definition.ShouldBe(new LabelDefinition
        {
            Strains = [0.001, 0.003],
            Step = 5e-4,
            Lateral = LateralCondition.Stress,
            Modes = [LoadingMode.Parse("y-"), LoadingMode.Parse("xy+")],
            ForceTolerance = 1e-3,
            Cutoff = 4.5,
            DividedByNeighbors = true,
        });
    }

    [Fact]
    public void ConfigurationNamesTheInputsAndFlagsWinOverIt()
    {
        using var scratch = new Scratch();
        string file = Write(scratch);
        Invocation plain = Invocation.Run("label", "--json", "--config", file, "--out", scratch.File("a"));
        plain.ExitCode.ShouldBe(0, plain.Error);
        plain.Json.GetProperty("outcome").GetString().ShouldBe("finished");
        LabelDefinition written = Definition(scratch.File("a"));
        (written.Strains.ShouldHaveSingleItem(), written.Lateral, written.Step).ShouldBe((0.0002, LateralCondition.Fixed, 1e-4));
        written.Modes.ShouldHaveSingleItem().Name.ShouldBe("x+");

        Invocation flags = Invocation.Run(
            "label", scratch.File("small.extxyz"), "--config", file, "-D", "label.force-tolerance=1e-3", "--strains", "0.0004", "--step", "2e-4",
            "--lateral", "isochoric", "--out", scratch.File("b"));
        flags.ExitCode.ShouldBe(0, flags.Error);
        written = Definition(scratch.File("b"));
        (written.Strains.ShouldHaveSingleItem(), written.Lateral, written.Step, written.ForceTolerance)
            .ShouldBe((0.0004, LateralCondition.Isochoric, 2e-4, 1e-3));
        written.Modes.ShouldHaveSingleItem().Name.ShouldBe("x+");
    }

    [Fact]
    public void DumpsTakeTheNeighborsFromTheConfiguration()
    {
        using var scratch = new Scratch();
        string Dump(string step) => Repository.TestData("lammps", $"aqs-xy-step{step}.dump");
        Invocation run = Invocation.Run(
            "label", "--from-dumps", Dump("ref"), Dump("100"), "--mode", "xy+", "--strains", "0.01", "-D", "label.neighbor-cutoff=4.5",
            "-D", "label.divide-by-neighbors=on", "--out", scratch.Folder);

        run.ExitCode.ShouldBe(0, run.Error);
        LabelDefinition written = LabelFile.ReadHeader(scratch.File("aqs-xy-stepref.labels.csv")).Definition;
        (written.Cutoff, written.DividedByNeighbors, written.Step, written.ForceTolerance).ShouldBe((4.5, true, null, null));
    }

    [Theory]
    [InlineData("label.strains=[0.00015]", "-D label.strains", "a multiple of 0.0001")]
    [InlineData("label.latteral=fixed", "unknown key label.latteral", "lateral")]
    [InlineData("label.modes=[\"x+\", \"x+\"]", "label.modes", "twice")]
    [InlineData("structure=nowhere.data", "structure", "nowhere.data")]
    public void UnusableSettingIsRefusedBeforeAnythingIsWritten(string define, string part, string other)
    {
        using var scratch = new Scratch();
        Invocation.Run("label", "--config", Write(scratch), "--out", scratch.File("labels"), "-D", define).ShouldBeRefused(part, other);
        scratch.ShouldHoldOnly("label.conf", "small.extxyz");
    }

    private static LabelDefinition Definition(string folder) => LabelFile.ReadHeader(Path.Combine(folder, "small.labels.csv")).Definition;

    private static string Write(Scratch scratch)
    {
        Samples.SmallCrystal(scratch);
        return scratch.Write("label.conf", $$"""
            structure = small.extxyz, potential = {{JsonSerializer.Serialize(Samples.Potential)}}, threads = 1
            label { strains = [0.0002], lateral = fixed, modes = ["x+"] }
            """);
    }
}
