using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Glasswright.Kernels.Structure;

/// <summary>
/// The identity of a structure: SHA-256 of its canonical little-endian bytes, which no file format or compression touches.
/// </summary>
internal static class StructureDigest
{
    /// <summary>
    /// Lower-case hexadecimal SHA-256 of: the text <c>structure 1</c>, N (int64), the species names, H row by row and the
    /// origin (float64), then of every atom in order id (int64), species (int32), x, y, z (float64).
    /// </summary>
    public static string Compute(AtomicStructure structure)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[36];
        hash.AppendData("structure 1\n"u8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, structure.Count);
        hash.AppendData(bytes[..8]);
        foreach (string name in structure.SpeciesNames)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
        }

        hash.AppendData("\n"u8);
        Matrix3 h = structure.Cell.Vectors;
        Vector3 o = structure.Cell.Origin;
        foreach (double value in (ReadOnlySpan<double>)
            [h.XX, h.XY, h.XZ, h.YX, h.YY, h.YZ, h.ZX, h.ZY, h.ZZ, o.X, o.Y, o.Z])
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            hash.AppendData(bytes[..8]);
        }

        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 r = structure.Position(i);
            BinaryPrimitives.WriteInt64LittleEndian(bytes, structure.Ids[i]);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], structure.Species[i]);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[12..], r.X);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[20..], r.Y);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[28..], r.Z);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
