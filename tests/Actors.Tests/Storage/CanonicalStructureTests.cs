using Glasswright.Actors.Storage;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Tests.Storage;

public class CanonicalStructureTests
{
    [Fact]
    public void BytesGiveBackEveryBit()
    {
        AtomicStructure structure = Structure();
        AtomicStructure read = CanonicalStructure.Decode(CanonicalStructure.Encode(structure));
        read.Coordinates.ShouldBe(structure.Coordinates);
        read.Species.ShouldBe(structure.Species);
        read.Ids.ShouldBe(structure.Ids);
        read.SpeciesNames.ShouldBe(structure.SpeciesNames);
        read.Cell.ShouldBe(structure.Cell);
    }

    [Fact]
    public void TheLayoutIsTheOneThatIsDocumented()
    {
        byte[] bytes = CanonicalStructure.Encode(Structure());

        // "GWS1", N = 3, two names, 12 doubles, 3 species, 3 ids, 9 coordinates.
        bytes.Length.ShouldBe(4 + 4 + 4 + (4 + 2) + (4 + 2) + 96 + 12 + 24 + 72);
        bytes[..8].ShouldBe([(byte)'G', (byte)'W', (byte)'S', (byte)'1', 3, 0, 0, 0]);
        BitConverter.ToDouble(bytes, bytes.Length - 72).ShouldBe(-0.25);
    }

    [Fact]
    public void WrappingComesBeforeTheBytesSoImagesOfOneStructureHaveOneId()
    {
        AtomicStructure a = Structure(), b = Structure();
        b.SetPosition(1, b.Position(1) + new Vector3(4, 0, 0));
        CanonicalStructure.Id(CanonicalStructure.WrapAndEncode(a)).ShouldBe(CanonicalStructure.Id(CanonicalStructure.WrapAndEncode(b)));
    }

    [Fact]
    public void TheIdIsSha256OfTheBytes() =>
        CanonicalStructure.Id("abc"u8).ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    [Fact]
    public void TornOrForeignBytesAreRefused()
    {
        byte[] bytes = CanonicalStructure.Encode(Structure());
        foreach (int length in new[] { 0, 3, 10, 60, bytes.Length - 1 })
        {
            Should.Throw<InvalidDataException>(() => CanonicalStructure.Decode(bytes.AsSpan(0, length)));
        }

        Should.Throw<InvalidDataException>(() => CanonicalStructure.Decode([.. bytes, 0]));
    }

    [Theory]
    [InlineData(0, "GWS2", "GWS1 is missing")]
    [InlineData(4, int.MaxValue, "does not fit into")]
    [InlineData(8, 1_000_000_000, "does not fit into")]
    [InlineData(4, -1, "negative")]
    public void AnUnknownVersionOrASizeThatTheBytesCannotHoldIsRefusedBeforeAnythingIsMadeOfIt(int offset, object value, string why)
    {
        byte[] bytes = CanonicalStructure.Encode(Structure());
        byte[] part = value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : BitConverter.GetBytes((int)value);
        part.CopyTo(bytes, offset);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => CanonicalStructure.Decode(bytes)).Message.ShouldContain(why);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void AnAtomOfNoSpeciesIsRefused()
    {
        AtomicStructure structure = Structure();
        structure.Species[2] = 2;
        byte[] bytes = CanonicalStructure.Encode(structure);
        Should.Throw<InvalidDataException>(() => CanonicalStructure.Decode(bytes)).Message.ShouldContain("species 2");
    }

    private static AtomicStructure Structure()
    {
        var structure = new AtomicStructure(3, Cell.Orthorhombic(4, 8, 2), ["Cu", "Zr"]);
        structure.Species[1] = 1;
        structure.Ids[2] = 1L << 40;
        structure.SetPosition(0, new Vector3(-0.25, 1.0 / 3, 0));
        structure.SetPosition(1, new Vector3(0.5, 1.5, 1.25));
        return structure;
    }
}
