using System.Buffers.Binary;

namespace Glasswright.Actors.Storage;

/// <summary>Arrays of doubles as little-endian bytes, bit for bit, NaN included.</summary>
internal static class Doubles
{
    /// <summary>The bytes.</summary>
    public static byte[] ToBytes(ReadOnlySpan<double> values)
    {
        var bytes = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
        }

        return bytes;
    }

    /// <summary>The doubles of <see cref="ToBytes"/>.</summary>
    public static double[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        var values = new double[bytes.Length / 8];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
        }

        return values;
    }
}
