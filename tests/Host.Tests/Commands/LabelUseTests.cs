using Glasswright.Host.Commands;
using Glasswright.Kernels;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;

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

    /// <summary>Made-up labels of a structure: -id + 1 at every atom.</summary>
    internal static string Write(Scratch scratch, string structure, string numerics = "7:ab")
    {
        AtomicStructure atoms = StructureFile.Read(structure, null).Structure;
        string path = scratch.File(Path.GetFileNameWithoutExtension(structure) + ".labels.csv");
        var header = new LabelHeader
        {
            Definition = new LabelDefinition { Strains = [0.04] },
            Structure = Path.GetFileNameWithoutExtension(structure),
            StructureSha256 = StructureDigest.Compute(atoms),
            FileSha256 = FileDigest.Sha256(structure),
            PotentialSha256 = "cd",
            Numerics = numerics,
        };
        LabelFile.Write(path, new LabelTable(
            header, [.. atoms.Ids], [[.. atoms.Ids.Select(id => 1.0 - id)]], [.. atoms.Ids.Select(_ => true)]));
        return path;
    }
}
