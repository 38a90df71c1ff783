using System.Buffers.Binary;
using System.Text;
using Glasswright.Kernels;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Network;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Storage;

public class SafeTensorsTests
{
    /// <summary>The file was written by another program: PyTorch and the safetensors library.</summary>
    [Fact]
    public void LayoutNamesEveryWeightOfPyTorchAndNoOther()
    {
        SafeTensors file = GnnReference.Load();
        string[] theirs = [.. file.Names.Where(n => n.StartsWith("weights/", StringComparison.Ordinal)).Select(n => n[8..])];
        ParameterSet ours = GnnReference.Parameters(file);
        ours.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(theirs.Order(StringComparer.Ordinal));
        ours.RequireFinite();
    }

    [Fact]
    public void EveryTypeSurvivesWritingAndReading()
    {
        SafeTensors file = new();
        file.Metadata["b"] = "Å \"quoted\"";
        file.Metadata["a"] = "1";
        file.Add("z", SafeTensor.From([1.5f, -0f, float.MaxValue], 3));
        file.Add("d", SafeTensor.From([Math.PI, double.Epsilon], 2, 1));
        file.Add("l", SafeTensor.From([long.MinValue, 7], 2));
        file.Add("i", SafeTensor.From([int.MinValue]));
        file.Add("t", SafeTensor.From([true, false, true], 3));
        file.Add("none", SafeTensor.From(ReadOnlySpan<float>.Empty, 0, 5));

        byte[] bytes = file.ToBytes();
        SafeTensors back = SafeTensors.Parse(bytes);

        back.Metadata.ShouldBe(file.Metadata);
        back.Require("z").ToSingles().ShouldBe([1.5f, -0f, float.MaxValue]);
        back.Require("d").ToDoubles().ShouldBe([Math.PI, double.Epsilon]);
        back.Require("d").Shape.ShouldBe([2, 1]);
        back.Require("l").ToIntegers().ShouldBe([long.MinValue, 7]);
        back.Require("i").ToIntegers().ShouldBe([int.MinValue]);
        back.Require("i").Shape.ShouldBeEmpty();
        back.Require("t").ToIntegers().ShouldBe([1, 0, 1]);
        back.Require("none").Length.ShouldBe(0);
        back.ToBytes().ShouldBe(bytes);
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8).ShouldBe(0u);
    }

    [Fact]
    public void HalvesAndBrainFloatsAreWidenedExactly()
    {
        byte[] half = new byte[2], brain = new byte[2];
        BinaryPrimitives.WriteHalfLittleEndian(half, (Half)(-1.5));
        BinaryPrimitives.WriteUInt16LittleEndian(brain, 0x3FC0);
        new SafeTensor(TensorType.F16, [1], half).ToSingles().ShouldBe([-1.5f]);
        new SafeTensor(TensorType.BF16, [1], brain).ToSingles().ShouldBe([1.5f]);
    }

    public static TheoryData<string, string, int> BadHeaders() => new()
    {
        { "{", "not JSON", 0 },
        { "[]", "not a JSON object", 0 },
        { """{"a":{"dtype":"F32","shape":[1]}}""", "lacks dtype, shape or two data_offsets", 4 },
        { """{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", "type that is not read", 4 },
        { """{"a":{"dtype":"3","shape":[1],"data_offsets":[0,8]}}""", "type that is not read", 8 },
        { """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "dimension of tensor 'a'", 4 },
        { """{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}""", "dimension of tensor 'a'", 4 },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", "does not fit its data", 4 },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "does not fit its data", 4 },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "truncated", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "outside of the file", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "offset of tensor 'a'", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "data end elsewhere", 8 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "have a gap", 8 },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlap", 8 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "twice", 4 },
        { """{"__metadata__":{"k":1}}""", "is not text", 0 },
        { """{"__metadata__":[]}""", "__metadata__ is not", 0 },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void ABadHeaderIsOneClearError(string header, string message, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        InputException error = Should.Throw<InputException>(() => SafeTensors.Parse(bytes, "m.safetensors"));
        error.Message.ShouldContain(message);
        error.Message.ShouldStartWith("m.safetensors: ");
    }

    [Theory]
    [InlineData("""{"__metadata__":{"k":"?"}}""")]
    [InlineData("""{"?":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"?","shape":[0],"data_offsets":[0,0]}}""")]
    public void AHeaderThatIsNotUtf8IsBadInput(string header)
    {
        byte[] bytes = [.. new byte[8], .. Encoding.UTF8.GetBytes(header)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;

        Should.Throw<InputException>(() => SafeTensors.Parse(bytes, "m.safetensors")).Message.ShouldContain("not JSON in UTF-8");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(-1)]
    public void ATruncatedFileIsAnErrorWhereverItEnds(int length)
    {
        byte[] bytes = File.ReadAllBytes(Repository.TestData("gnn", "gnn-reference.safetensors"));
        int kept = length >= 0 ? length : bytes.Length + length;
        Should.Throw<InputException>(() => SafeTensors.Parse(bytes.AsMemory(0, kept)));
    }

    [Fact]
    public void AnAbsurdHeaderLengthIsNotAllocated()
    {
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Should.Throw<InputException>(() => SafeTensors.Parse(bytes)).Message.ShouldContain("header length is impossible");
    }

    [Fact]
    public void AMissingFileIsBadInput() =>
        Should.Throw<InputException>(() => SafeTensors.Read("/nowhere/m.safetensors")).File.ShouldBe("/nowhere/m.safetensors");
}
