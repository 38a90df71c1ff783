namespace Glasswright.Host.Tests.Commands;

/// <summary>Files that cannot be used: one line that names the place, exit 2, nothing written.</summary>
public sealed class BadInputTests
{
    private const string Header = "Properties=species:S:1:pos:R:3:id:I:1 pbc=\"T T T\"";

    public static TheoryData<string, string, string[]> BadStructures => new()
    {
        { "truncated.extxyz", $"3\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nCu 0 0 0 1\n", ["truncated.extxyz:", "ends"] },
        { "word.extxyz", $"1\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nCu 0 zero 0 1\n", ["word.extxyz:3", "zero"] },
        { "nan.extxyz", $"1\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nCu 0 NaN 0 1\n", ["nan.extxyz:3", "NaN"] },
        { "count.extxyz", $"99999999999\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nCu 0 0 0 1\n", ["count.extxyz:1", "99999999999"] },
        { "overlap.extxyz", $"2\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nCu 0 0 0 7\nZr 0 0 0.001 8\n", ["overlap.extxyz", "atoms 7 and 8 overlap"] },
        { "small.extxyz", $"1\nLattice=\"5 0 0 0 9 0 0 0 9\" {Header}\nCu 0 0 0 1\n", ["small.extxyz", "cell is too small", "7.6", "5"] },
        { "species.extxyz", $"1\nLattice=\"9 0 0 0 9 0 0 0 9\" {Header}\nZn 0 0 0 1\n", ["species.extxyz", "lacks the species Zn", "Cu, Zr"] },
        { "flat.extxyz", $"1\nLattice=\"9 0 0 0 9 0 0 0 0\" {Header}\nCu 0 0 0 1\n", ["flat.extxyz:2"] },
        { "empty.extxyz", "", ["empty.extxyz"] },
        { "truncated.data", "a glass\n\n2 atoms\n1 atom types\n0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n\nAtoms # atomic\n\n1 1 0 0 0\n", ["truncated.data:11", "too short"] },
        { "notes.txt", "not a structure\n", ["notes.txt", "no known structure format"] },
    };

    [Theory]
    [MemberData(nameof(BadStructures))]
    public void UnusableStructureIsRefusedInOneLine(string name, string text, string[] parts)
    {
        using var scratch = new Scratch();
        string path = scratch.Write(name, text);
        string[] species = name.EndsWith(".data", StringComparison.Ordinal) ? ["--species", "Cu"] : [];
        foreach (string verb in (string[])["energy", "minimize"])
        {
            Invocation.Run([verb, "--structure", path, "--potential", Samples.Potential, "--out", scratch.File("out.extxyz"), .. species])
                .ShouldBeRefused(parts);
            scratch.ShouldHoldOnly(name);
        }
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("garbled")]
    [InlineData("empty")]
    public void UnusablePotentialIsRefusedInOneLine(string kind)
    {
        using var scratch = new Scratch();
        string whole = File.ReadAllText(Samples.Potential);
        string path = scratch.Write("bad.eam.fs", kind switch
        {
            "truncated" => whole[..(whole.Length / 2)],
            "garbled" => whole[..5000] + "x" + whole[5001..],
            _ => "",
        });

        Invocation.Run("energy", "--structure", Samples.StressFreeGlass, "--species", "Cu,Zr", "--potential", path, "--out", scratch.File("f.csv"))
            .ShouldBeRefused("bad.eam.fs");
        scratch.ShouldHoldOnly("bad.eam.fs");
    }

    [Fact]
    public void MissingFileIsNamed() =>
        Invocation.Run("energy", "--structure", "nowhere/glass.data", "--potential", Samples.Potential).ShouldBeRefused("nowhere/glass.data", "does not exist");

    [Fact]
    public void AModelThatDoesNotExistIsNamedAsOtherFilesAre() =>
        Invocation.Run("model", "show", "--model", "nowhere/a.safetensors").ShouldBeRefused("nowhere/a.safetensors: does not exist; expected an existing file");

    [Theory]
    [InlineData("search", "serch.conf")]
    [InlineData("train", "serch.conf")]
    public void MissingConfigurationIsNamedWithTheNearest(string verb, string name)
    {
        using var scratch = new Scratch();
        scratch.Write("search.conf", "");
        Invocation.Run(verb, scratch.File(name), "--out", scratch.File("m.safetensors"))
            .ShouldBeRefused(scratch.File(name), "does not exist", "expected an existing file", "did you mean search.conf?");
    }

    [Fact]
    public void MistakenSpeciesNameTheGlass() =>
        Invocation.Run("energy", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Cu")
            .ShouldBeRefused(Samples.StressFreeGlass, "not distinct", "'Cu,Cu'");

    [Fact]
    public void TypesWithoutElementsAskForThem() =>
        Invocation.Run("energy", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential).ShouldBeRefused("--species");

    [Theory]
    [InlineData("1,9999", "9999")]
    [InlineData("1", "'1'")]
    [InlineData("1,b", "'b'")]
    [InlineData("1,2,3", "'1,2,3'")]
    public void UnusableSwapIsRefused(string swap, string found)
    {
        using var scratch = new Scratch();
        Invocation.Run(
            "minimize", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--swap", swap, "--out", scratch.File("m.data"))
            .ShouldBeRefused("--swap", found);
        scratch.ShouldHoldOnly();
    }

    [Theory]
    [InlineData("energy", "forces.txt", "'.txt'")]
    [InlineData("energy", "missing/forces.csv", "folder to write into does not exist")]
    [InlineData("minimize", "relaxed.dat", "did you mean .data?")]
    [InlineData("minimize", "missing/relaxed.data", "folder to write into does not exist")]
    public void UnusableOutputIsRefusedBeforeTheWork(string verb, string name, string part)
    {
        using var scratch = new Scratch();
        Invocation run = Invocation.Run(
            verb, "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--out", scratch.File(name));
        run.ShouldBeRefused(name, part);
        scratch.ShouldHoldOnly();
    }

    [Fact]
    public void FolderWithoutWritePermissionIsRefused()
    {
        // proc cannot be written by anyone, root included.
        Invocation.Run(
            "energy", "--structure", Samples.StressFreeGlass, "--potential", Samples.Potential, "--species", "Cu,Zr", "--out", "/proc/f.csv")
            .ShouldBeRefused("/proc/f.csv", "may not be written");
    }
}
