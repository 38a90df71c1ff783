using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Glasswright.Kernels.Numerics;

/// <summary>Collects the bits of numbers, little-endian in the order of the calls, into one SHA-256.</summary>
internal sealed class DigestWriter : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds 64 bits.</summary>
    public void Add(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _hash.AppendData(bytes);
    }

    /// <summary>Adds the bits of a double.</summary>
    public void Add(double value) => Add(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Adds the bits of a float, as 64 bits.</summary>
    public void Add(float value) => Add((ulong)BitConverter.SingleToUInt32Bits(value));

    /// <summary>Adds the bits of every double.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            Add(value);
        }
    }

    /// <summary>Adds the bits of every float.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            Add(value);
        }
    }

    /// <summary>Adds a text as UTF-8, after its length.</summary>
    public void Add(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Add((ulong)bytes.Length);
        _hash.AppendData(bytes);
    }

    /// <summary>The SHA-256 of all that was added, as lower-case hexadecimal; the writer starts anew.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
