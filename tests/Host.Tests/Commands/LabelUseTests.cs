using System.Text.Json;
using Glasswright.Host.Commands;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;
using LabelDefinition = Glasswright.Kernels.Deformation.LabelDefinition;

namespace Glasswright.Host.Tests.Commands;

/// <summary>Label files beside structures: what <c>train</c> and <c>evaluate</c> take together.</summary>
public sealed class LabelUseTests
{
    [Fact]
    public void LabelsBelongToTheirStructureWhateverItsFile()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), labels = Write(scratch, crystal);
        string copy = scratch.File("copy.extxyz");
        StructureFile.Write(copy, new StructureFrame(StructureFile.Read(crystal, null).Structure));

        foreach (string structure in (string[])[crystal, copy])
        {
            LabeledGlass glass = LabeledGlass.Read(structure, labels, 0.04, null);
            glass.Values[2].ShouldBe(-2);
            glass.Numerics.ShouldBe("7:ab");
        }
    }

    [Fact]
    public void LabelsOfAnotherStructureAreRefusedThoughTheIdsFit()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), labels = Write(scratch, crystal);
        string other = scratch.Write("other.extxyz", File.ReadAllText(crystal).Replace("Cu 0 0 0 1", "Cu 0 0.01 0 1", StringComparison.Ordinal));

        var refused = Should.Throw<InputException>(() => LabeledGlass.Read(other, labels, 0.04, null));

        refused.Message.ShouldContain("small.labels.csv");
        refused.Message.ShouldContain($"the labels are not those of {other}");
    }

    [Fact]
    public void AtomWhoseLabelsAreNotValidDoesNotCountThoughItHasANumberAtThisStrain()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), labels = Write(scratch, crystal);
        Replace(labels, "\n3,-2,1\n", "\n3,-2,0\n");

        LabeledGlass glass = LabeledGlass.Read(crystal, labels, 0.04, null);

        glass.Valid[2].ShouldBeFalse();
        glass.Valid.Count(valid => valid).ShouldBe(15);
    }

    [Theory]
    [InlineData("\n16,-15,1\n", "\n16,-15,1\n17,-16,1\n", "expected 16 atoms; found 17")]
    [InlineData("\n16,-15,1\n", "\n", "expected 16 atoms; found 15")]
    [InlineData("\n16,-15,1\n", "\n17,-15,1\n", "expected a line for atom 16")]
    public void LabelsMustBeOfExactlyTheAtomsOfTheStructure(string line, string instead, string problem)
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), labels = Write(scratch, crystal);
        Replace(labels, line, instead);

        Should.Throw<InputException>(() => LabeledGlass.Read(crystal, labels, 0.04, null)).Message.ShouldContain(problem);
    }

    [Theory]
    [InlineData("lateral", "another lateral condition", "isochoric", "fixed")]
    [InlineData("modes", "another modes", "xy+,xy-", "xy+")]
    [InlineData("cutoff", "another D2min cutoff", "5", "4.5")]
    [InlineData("normalization", "another D2min normalization", "sum", "mean")]
    public void ModelIsNotJudgedByLabelsOfAnotherQuantity(string part, string problem, string expected, string found)
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), model = WriteModel(scratch, Usual);
        LabelDefinition other = part switch
        {
            "lateral" => Usual with { Lateral = LateralCondition.Fixed },
            "modes" => Usual with { Modes = [LoadingMode.Parse("xy+")] },
            "cutoff" => Usual with { Cutoff = 4.5 },
            _ => Usual with { DividedByNeighbors = true },
        };

        Invocation.Run("evaluate", "--model", model, "--structure", crystal, "--labels", Write(scratch, crystal, definition: other))
            .ShouldBeRefused("small.labels.csv", problem, $"expected {expected}", $"found {found}");
    }

    [Fact]
    public void LabelsOfAnotherLateralConditionAreTakenOnlyKnowinglyAndNeverMixed()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), second = Samples.SmallCrystal(scratch, "second.extxyz"), model = WriteModel(scratch, Usual);
        string other = Write(scratch, crystal, definition: Usual with { Lateral = LateralCondition.Fixed });
        string[] command = ["evaluate", "--any-lateral", "--json", "--model", model, "--structure", crystal, "--labels", other];
        JsonElement without = Invocation.Run(command).Json;
        without.GetProperty("lateral").GetString().ShouldBe("fixed");
        without.GetProperty("reliability").ValueKind.ShouldBe(JsonValueKind.Null, "there is no file of modes");

        // Two modes that agree in every atom repeat themselves perfectly.
        LabelTable labels = LabelFile.ReadLabels(other);
        LabelFile.Write(
            Path.ChangeExtension(other[..^".csv".Length], null) + ".modes.csv",
            new ModeLabelTable(labels.Header, labels.Ids, [[labels.Values[0], labels.Values[0]]]));
        Invocation.Run(command).Json.GetProperty("reliability").GetDouble().ShouldBe(1, 1e-12);

        Invocation.Run(
            "evaluate", "--any-lateral", "--model", model, "--structure", crystal, second, "--labels", other, Write(scratch, second, definition: Usual))
            .ShouldBeRefused("second.labels.csv", "another lateral condition", "expected fixed", "found isochoric");
        Invocation.Run("evaluate", "--any-lateral", "--model", model, "--structure", crystal, "--labels", Write(scratch, crystal, definition: Usual with { Cutoff = 4.5 }))
            .ShouldBeRefused("another D2min cutoff");
    }

    [Fact]
    public void ModelOfAnotherStrainIsWhatIsExpectedOfLabels()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), model = WriteModel(scratch, Usual);
        Invocation.Run("evaluate", "--model", model, "--structure", crystal, "--labels", Write(scratch, crystal, definition: Usual with { Strains = [0.02] }))
            .ShouldBeRefused("do not hold this strain; expected 0.04; found 0.02");
    }

    [Fact]
    public void LabelsMadeOtherwiseThanTheModelsAreToldInOneLine()
    {
        using var scratch = new Scratch();
        string crystal = Samples.SmallCrystal(scratch), model = WriteModel(scratch, Usual, "7:ab, 8:ab");
        string second = Samples.SmallCrystal(scratch, "second.extxyz");
        string[] Evaluate(string numerics, LabelDefinition definition) =>
        [
            .. Invocation.Run(
                "evaluate", "--model", model, "--structure", crystal, second, "--labels", Write(scratch, crystal, numerics, definition),
                Write(scratch, second, numerics, definition)).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];

        Evaluate("8:ab", Usual).ShouldBeEmpty();
        Evaluate("", Usual with { Step = null }).ShouldBeEmpty();
        string line = Evaluate("9:cd", Usual with { Step = 2e-4 }).ShouldHaveSingleItem();
        line.ShouldStartWith("warning: ");
        line.ShouldContain($"strain step 0.0002 in {scratch.File("small.labels.csv")}, 0.0001 in training");
        line.ShouldContain($"numerics 9:cd in {scratch.File("second.labels.csv")}, 7:ab, 8:ab in training");
    }

    private static LabelDefinition Usual { get; } =
        new() { Strains = [0.04], Modes = [LoadingMode.Parse("xy+"), LoadingMode.Parse("xy-")] };

    private static string WriteModel(Scratch scratch, LabelDefinition definition, string? numerics = null)
    {
        PropertyModel model = ModelFile.Read(Samples.SmallModel(scratch));
        ModelFile.Write(model.File!, new PropertyModel(
            model.Parameters, LabelMeaning.At(definition, 0.04), "cd", new ModelProvenance { LabelNumerics = numerics }));
        return model.File!;
    }

    /// <summary>Replaces a text that a file must hold.</summary>
    internal static void Replace(string file, string part, string instead)
    {
        string text = File.ReadAllText(file);
        text.ShouldContain(part);
        File.WriteAllText(file, text.Replace(part, instead, StringComparison.Ordinal));
    }

    /// <summary>Made-up labels of a structure: -id + 1 at every atom.</summary>
    internal static string Write(Scratch scratch, string structure, string numerics = "7:ab", LabelDefinition? definition = null)
    {
        AtomicStructure atoms = StructureFile.Read(structure, null).Structure;
        string path = scratch.File(Path.GetFileNameWithoutExtension(structure) + ".labels.csv");
        var header = new LabelHeader
        {
            Definition = definition ?? new LabelDefinition { Strains = [0.04] },
            Structure = Path.GetFileNameWithoutExtension(structure),
            StructureSha256 = StructureDigest.Compute(atoms),
            FileSha256 = FileDigest.Sha256(structure),
            PotentialSha256 = "cd",
            Numerics = numerics,
        };
        LabelFile.Write(path, new LabelTable(
            header,
            [.. atoms.Ids],
            [.. header.Definition.Strains.Select((_, s) => atoms.Ids.Select(id => 1.0 - ((s + 1) * id)).ToArray())],
            [.. atoms.Ids.Select(_ => true)]));
        return path;
    }
}
