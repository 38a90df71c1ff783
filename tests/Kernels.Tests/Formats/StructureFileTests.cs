using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Structure;
using Glasswright.Tests.Support;

namespace Glasswright.Kernels.Tests.Formats;

public sealed class StructureFileTests : IDisposable
{
    private static readonly string Glass = Repository.Data("glasses", "cu50zr50-864-p0.data");

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a.data")]
    [InlineData("a.lmp")]
    [InlineData("a.dump")]
    [InlineData("a.lammpstrj")]
    [InlineData("a.extxyz")]
    [InlineData("a.XYZ")]
    public void EveryKnownExtensionRoundTripsAGlass(string name)
    {
        StructureFrame glass = StructureFile.Read(Glass, ["Cu", "Zr"]);
        StructureFile.Write(_scratch.File(name), glass);
        RandomFrames.ShouldBeTheSameAtoms(StructureFile.Read(_scratch.File(name), ["Cu", "Zr"]).Structure, glass.Structure);
    }

    [Theory]
    [InlineData("a.data")]
    [InlineData("a.dump")]
    [InlineData("a.extxyz")]
    public void UnknownExtensionIsReadByContent(string name)
    {
        StructureFrame glass = StructureFile.Read(Glass, ["Cu", "Zr"]);
        StructureFile.Write(_scratch.File(name), glass);
        File.Move(_scratch.File(name), _scratch.File("glass.txt"));
        RandomFrames.ShouldBeTheSameAtoms(StructureFile.Read(_scratch.File("glass.txt"), ["Cu", "Zr"]).Structure, glass.Structure);
    }

    [Fact]
    public void ContentOfNoKnownKindIsRefused() =>
        Should.Throw<InputException>(() => StructureFile.Read(_scratch.Write("a.txt", "hello\nworld\n"))).Problem.ShouldBe("is of no known structure format");

    [Fact]
    public void UnnamedTypesAskForSpeciesAndTheMassesSuggestThem()
    {
        InputException error = Should.Throw<InputException>(() => StructureFile.Read(Glass));
        error.Expected.ShouldBe("--species with the elements of types 1 to 2, such as --species Cu,Zr");
        error.Nearest.ShouldBe("--species Cu,Zr");
    }

    [Theory]
    [InlineData("a.extxy", "'.extxy'", ".extxyz")]
    [InlineData("a.pdb", "'.pdb'", null)]
    [InlineData("noextension", "no extension", null)]
    public void UnknownExtensionIsNotWritten(string name, string found, string? nearest)
    {
        StructureFrame frame = new(new AtomicStructure(1, Cell.Orthorhombic(9, 9, 9), ["Cu"]));
        InputException error = Should.Throw<InputException>(() => StructureFile.Write(_scratch.File(name), frame));
        error.Expected.ShouldBe(".data, .lmp, .dump, .lammpstrj, .extxyz, .xyz");
        error.Found.ShouldBe(found);
        error.Nearest.ShouldBe(nearest);
        Directory.GetFileSystemEntries(_scratch.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void MissingFileNamesItsNeighbor()
    {
        _scratch.Write("glass.data", "");
        InputException error = Should.Throw<InputException>(() => StructureFile.Read(_scratch.File("glas.data")));
        error.Problem.ShouldBe("does not exist");
        error.Nearest.ShouldBe("glass.data");
    }

    [Fact]
    public void FolderInThePlaceOfTheFileIsRefused() =>
        Should.Throw<InputException>(() => StructureFile.Read(_scratch.Folder)).Problem.ShouldBe("is a folder");

    [Theory]
    [InlineData("a.dump")]
    [InlineData("a.extxyz")]
    [InlineData("a.data")]
    public void EmptyFileIsRefused(string name) =>
        Should.Throw<InputException>(() => StructureFile.Read(_scratch.Write(name, ""))).File.ShouldBe(_scratch.File(name));

    [Fact]
    public void FileCutAtAnyByteIsRefusedOrComplete()
    {
        StructureFrame frame = new(new AtomicStructure(3, new Cell(new Matrix3(10, 1, 2, 0, 11, 3, 0, 0, 12)), ["Cu"]));
        frame.Structure.SetPosition(1, new Vector3(1.25, 2.5, 3.75));
        frame.Structure.SetPosition(2, new Vector3(4.25, 5.5, 6.75));
        foreach (string name in (string[])["a.data", "a.dump", "a.extxyz"])
        {
            StructureFile.Write(_scratch.File(name), frame);
            byte[] whole = File.ReadAllBytes(_scratch.File(name));
            string cut = _scratch.File("cut-" + name);

            // A cut inside the very last number leaves a shorter number, which no format can notice.
            int last = whole.Length - 1 - whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)' ');
            for (int length = 0; length < whole.Length - last; length++)
            {
                File.WriteAllBytes(cut, whole[..length]);
                Should.Throw<InputException>(() => StructureFile.Read(cut, ["Cu"]), $"{name} cut at {length}");
            }
        }
    }

    /// <summary>Memory is gated because it does not depend on what else the machine does; the speed follows from it.</summary>
    [Theory]
    [InlineData("a.data")]
    [InlineData("a.dump")]
    [InlineData("a.extxyz")]
    public void ReadingAndWritingAllocateLittleMoreThanTheAtomsThemselves(string name)
    {
        StructureFrame glass = StructureFile.Read(Repository.Data("glasses", "cu50zr50-16000-p0.data"), ["Cu", "Zr"]);
        StructureFile.Write(_scratch.File(name), glass);
        long before = GC.GetAllocatedBytesForCurrentThread();
        StructureFile.Write(_scratch.File(name), glass);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(500_000);
        before = GC.GetAllocatedBytesForCurrentThread();
        StructureFile.Read(_scratch.File(name), ["Cu", "Zr"]);

        // 36 bytes an atom are the structure, the rest serves the search for double ids and overlaps.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 * 16_384);
    }
}
