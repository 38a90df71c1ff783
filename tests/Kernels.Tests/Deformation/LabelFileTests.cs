using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Tests.Formats;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Deformation;

public sealed class LabelFileTests : IDisposable
{
    private static readonly string BadFolder = Path.Combine(Repository.Root, "tests", "Kernels.Tests", "Deformation", "bad");
    private readonly Scratch _scratch = new();

    /// <summary>Every file in <c>bad</c>; the message expected stands on its second line.</summary>
    public static TheoryData<string> BadFiles =>
        [.. Directory.EnumerateFiles(BadFolder, "*.csv").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void AMalformedFileIsRefusedWithOneClearLine(string name)
    {
        string path = Path.Combine(BadFolder, name);
        string expected = File.ReadLines(path).Skip(1).First()["# expect: ".Length..].Trim();
        InputException error = Should.Throw<InputException>(() => LabelFile.ReadLabels(path));
        error.Message.ShouldStartWith(path + ":");
        error.Message[(path.Length + 1)..].Trim().ShouldStartWith(expected);
        error.File.ShouldBe(path);
    }

    [Fact]
    public void LabelsReadBackToTheLastBit()
    {
        ModeLabelTable table = Table();
        LabelTable labels = table.Average();
        LabelFile.Write(_scratch.File("toy.labels.csv"), labels);
        LabelFile.Write(_scratch.File("toy.modes.csv"), table);

        LabelTable read = LabelFile.ReadLabels(_scratch.File("toy.labels.csv"));
        read.Ids.ShouldBe([7L, 3L, 5L]);
        read.Valid.ShouldBe([true, false, true]);
        read.Values[0].ShouldBe(labels.Values[0]);
        read.Values[1].ShouldBe(labels.Values[1]);
        double.IsNaN(read.Values[1][1]).ShouldBeTrue();
        read.Header.Definition.ShouldBe(table.Header.Definition);
        read.Header.Entries().ShouldBe(table.Header.Entries());

        ModeLabelTable modes = LabelFile.ReadModes(_scratch.File("toy.modes.csv"));
        for (int s = 0; s < 2; s++)
        {
            for (int m = 0; m < 2; m++)
            {
                modes.Values[s][m].ShouldBe(table.Values[s][m]);
            }
        }

        LabelFile.ReadHeader(_scratch.File("toy.modes.csv")).Key.ShouldBe("22");
    }

    [Fact]
    public void LabelFilesLookAsTheyAreDocumented()
    {
        LabelFile.Write(_scratch.File("toy.labels.csv"), Table().Average());
        string[] lines = [.. File.ReadLines(_scratch.File("toy.labels.csv")).Where(line => line[0] != '#')];
        lines.ShouldBe(["id,ln_d2min_0.02,ln_d2min_0.04,valid", "7,-1.5,-0.5,1", "3,-2,,0", "5,0.25,1.125,1"]);
        LabelFile.Write(_scratch.File("toy.modes.csv"), Table());
        File.ReadLines(_scratch.File("toy.modes.csv")).First(line => line[0] != '#').ShouldBe(
            "id,ln_d2min_0.02_xy+,ln_d2min_0.02_x-,ln_d2min_0.04_xy+,ln_d2min_0.04_x-");
    }

    [Fact]
    public void AMissingStrainIsNamed()
    {
        LabelTable labels = Table().Average();
        labels.At(0.04).ShouldBe(labels.Values[1]);
        InputException error = Should.Throw<InputException>(() => labels.At(0.03));
        error.Expected.ShouldBe("0.03");
        error.Found.ShouldBe("0.02, 0.04");
    }

    [Fact]
    public void DefinitionsThatDifferInMeaningAreNotCompatible()
    {
        LabelDefinition one = Table().Header.Definition;
        one.IsCompatible(one with { Strains = [0.04] }).ShouldBeTrue();
        one.ShouldBe(one with { Strains = [0.02, 0.04] });
        foreach (LabelDefinition other in (LabelDefinition[])
        [
            one with { Lateral = LateralCondition.Fixed },
            one with { Modes = [LoadingMode.Parse("xy+")] },
            one with { Cutoff = 4.5 },
            one with { DividedByNeighbors = true },
            one with { Step = 2e-4 },
            one with { ForceTolerance = null },
        ])
        {
            one.IsCompatible(other).ShouldBeFalse();
        }
    }

    private static ModeLabelTable Table() => new(
        new LabelHeader
        {
            Definition = new LabelDefinition { Strains = [0.02, 0.04], Modes = [LoadingMode.Parse("xy+"), LoadingMode.Parse("x-")] },
            Structure = "toy",
            StructureSha256 = "00",
            PotentialSha256 = "11",
            Numerics = "1",
            Key = "22",
            ReferenceEnergy = -1.1,
            ReferencePressure = [0.1, -2, 3, 1.0 / 3, 5, 6],
            Outcomes =
            [
                new(LoadingMode.Parse("xy+"), QuasistaticOutcome.Completed, 400),
                new(LoadingMode.Parse("x-"), QuasistaticOutcome.NoDescent, 399),
            ],
        },
        [7, 3, 5],
        [
            [[-1, -3, 0.25], [-2, -1, 0.25]],
            [[-0.5, double.NaN, 1], [-0.5, 1.0 / 3, 1.25]],
        ]);
}
