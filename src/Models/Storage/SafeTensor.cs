using System.Runtime.InteropServices;
using Glasswright.Kernels;

namespace Glasswright.Models.Storage;

/// <summary>Element types of the format, by the names it uses.</summary>
internal enum TensorType
{
    /// <summary>IEEE double.</summary>
    F64,

    /// <summary>IEEE single.</summary>
    F32,

    /// <summary>IEEE half.</summary>
    F16,

    /// <summary>Brain float.</summary>
    BF16,

    /// <summary>Signed 64-bit.</summary>
    I64,

    /// <summary>Signed 32-bit.</summary>
    I32,

    /// <summary>Signed 16-bit.</summary>
    I16,

    /// <summary>Signed 8-bit.</summary>
    I8,

    /// <summary>Unsigned 64-bit.</summary>
    U64,

    /// <summary>Unsigned 32-bit.</summary>
    U32,

    /// <summary>Unsigned 16-bit.</summary>
    U16,

    /// <summary>Unsigned 8-bit.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    BOOL,
}

/// <summary>One tensor of a safetensors file: little-endian elements, row-major.</summary>
internal sealed class SafeTensor
{
    static SafeTensor()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Tensors are read on little-endian machines only.");
        }
    }

    /// <summary>Wraps the bytes of a tensor.</summary>
    public SafeTensor(TensorType type, IReadOnlyList<int> shape, ReadOnlyMemory<byte> data)
    {
        long elements = shape.Aggregate(1L, (product, length) => checked(product * length));
        if (elements * SizeOf(type) != data.Length)
        {
            throw new ArgumentException(
                $"{type}[{string.Join(',', shape)}] takes {elements * SizeOf(type)} bytes, not {data.Length}.", nameof(data));
        }

        Type = type;
        Shape = [.. shape];
        Data = data;
    }

    /// <summary>Element type.</summary>
    public TensorType Type { get; }

    /// <summary>Lengths of the dimensions; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements' bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Number of elements.</summary>
    public int Length => Data.Length / SizeOf(Type);

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        _ => 1,
    };

    /// <summary>A tensor of singles.</summary>
    public static SafeTensor From(ReadOnlySpan<float> values, params IReadOnlyList<int> shape) =>
        new(TensorType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of doubles.</summary>
    public static SafeTensor From(ReadOnlySpan<double> values, params IReadOnlyList<int> shape) =>
        new(TensorType.F64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of 32-bit integers.</summary>
    public static SafeTensor From(ReadOnlySpan<int> values, params IReadOnlyList<int> shape) =>
        new(TensorType.I32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of 64-bit integers.</summary>
    public static SafeTensor From(ReadOnlySpan<long> values, params IReadOnlyList<int> shape) =>
        new(TensorType.I64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of truth values.</summary>
    public static SafeTensor From(ReadOnlySpan<bool> values, params IReadOnlyList<int> shape)
    {
        byte[] bytes = new byte[values.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = values[i] ? (byte)1 : (byte)0;
        }

        return new(TensorType.BOOL, shape, bytes);
    }

    /// <summary>The elements as singles; doubles, halves and brain floats are rounded or widened.</summary>
    /// <exception cref="InputException">The elements are not floating-point numbers.</exception>
    public float[] ToSingles()
    {
        ReadOnlySpan<byte> bytes = Data.Span;
        float[] values = new float[Length];
        switch (Type)
        {
            case TensorType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case TensorType.F64:
                ReadOnlySpan<double> doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)doubles[i];
                }

                break;
            case TensorType.F16:
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)halves[i];
                }

                break;
            case TensorType.BF16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            default:
                throw WrongType("floating-point numbers");
        }

        return values;
    }

    /// <summary>The elements as doubles.</summary>
    /// <exception cref="InputException">The elements are not floating-point numbers.</exception>
    public double[] ToDoubles() => Type == TensorType.F64
        ? MemoryMarshal.Cast<byte, double>(Data.Span).ToArray()
        : Array.ConvertAll(ToSingles(), value => (double)value);

    /// <summary>The elements as 64-bit integers; of any integer type but U64, and of truth values.</summary>
    /// <exception cref="InputException">The elements are of another type.</exception>
    public long[] ToIntegers()
    {
        ReadOnlySpan<byte> bytes = Data.Span;
        long[] values = new long[Length];
        int size = SizeOf(Type);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            values[i] = Type switch
            {
                TensorType.I64 => MemoryMarshal.Read<long>(element),
                TensorType.I32 => MemoryMarshal.Read<int>(element),
                TensorType.I16 => MemoryMarshal.Read<short>(element),
                TensorType.I8 => MemoryMarshal.Read<sbyte>(element),
                TensorType.U32 => MemoryMarshal.Read<uint>(element),
                TensorType.U16 => MemoryMarshal.Read<ushort>(element),
                TensorType.U8 => element[0],
                TensorType.BOOL => element[0] <= 1
                    ? element[0]
                    : throw new InputException("a truth value is neither 0 nor 1", found: $"{element[0]}"),
                _ => throw WrongType("integers"),
            };
        }

        return values;
    }

    private InputException WrongType(string expected) =>
        new("a tensor holds elements of another type", expected: expected, found: Type.ToString());
}
