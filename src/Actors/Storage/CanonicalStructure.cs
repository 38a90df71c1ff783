using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The one serialization of a structure that identifies it: little endian, no padding, nothing optional. Its SHA-256 is the
/// structure's id. Layout: <c>"GWS1"</c>, int32 N, int32 number of species, per species int32 length and UTF-8 name, 12 doubles
/// (origin, then the cell vectors a, b, c), then N int32 species, N int64 ids, N doubles x, N y, N z.
/// </summary>
internal static class CanonicalStructure
{
    private const int BytesPerAtom = sizeof(int) + sizeof(long) + (3 * sizeof(double));

    private static ReadOnlySpan<byte> Magic => "GWS1"u8;

    /// <summary>Wraps the structure by <see cref="AtomicStructure.Wrap"/> and serializes it. The argument is changed.</summary>
    public static byte[] WrapAndEncode(AtomicStructure structure)
    {
        structure.Wrap();
        return Encode(structure);
    }

    /// <summary>Serializes the structure as it stands.</summary>
    public static byte[] Encode(AtomicStructure structure)
    {
        byte[][] names = [.. structure.SpeciesNames.Select(Encoding.UTF8.GetBytes)];
        int length = Magic.Length + 8 + (12 * 8) + (structure.Count * BytesPerAtom);
        foreach (byte[] name in names)
        {
            length += 4 + name.Length;
        }

        var bytes = new byte[length];
        var writer = new Writer(bytes);
        writer.Put(Magic);
        writer.Put(structure.Count);
        writer.Put(names.Length);
        foreach (byte[] name in names)
        {
            writer.Put(name.Length);
            writer.Put(name);
        }

        Matrix3 h = structure.Cell.Vectors;
        foreach (Vector3 v in new[] { structure.Cell.Origin, h.Column0, h.Column1, h.Column2 })
        {
            writer.Put(v.X);
            writer.Put(v.Y);
            writer.Put(v.Z);
        }

        foreach (int species in structure.Species)
        {
            writer.Put(species);
        }

        foreach (long id in structure.Ids)
        {
            writer.Put(id);
        }

        writer.Put(structure.X);
        writer.Put(structure.Y);
        writer.Put(structure.Z);
        return bytes;
    }

    /// <summary>The structure of canonical bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no canonical structure.</exception>
    public static AtomicStructure Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("These bytes are no canonical structure: the mark GWS1 is missing.");
        }

        int count = reader.TakeInt32(), speciesCount = reader.TakeInt32();
        if (count < 0 || speciesCount < 0)
        {
            throw new InvalidDataException("A canonical structure cannot hold a negative number of atoms or species.");
        }

        // Before anything is made of that size: these bytes may come from anybody who can write to the store.
        if ((long)count * BytesPerAtom > reader.Left || (long)speciesCount * sizeof(int) > reader.Left)
        {
            throw new InvalidDataException($"A canonical structure of {count} atoms and {speciesCount} species does not fit into {bytes.Length} bytes.");
        }

        var names = new string[speciesCount];
        for (int s = 0; s < speciesCount; s++)
        {
            names[s] = Encoding.UTF8.GetString(reader.Take(reader.TakeInt32()));
        }

        Vector3 origin = reader.TakeVector(), a = reader.TakeVector(), b = reader.TakeVector(), c = reader.TakeVector();
        var structure = new AtomicStructure(count, new Cell(Matrix3.FromColumns(a, b, c), origin), names);
        for (int i = 0; i < count; i++)
        {
            int species = reader.TakeInt32();
            structure.Species[i] = species >= 0 && species < speciesCount
                ? species
                : throw new InvalidDataException($"A canonical structure of {speciesCount} species has an atom of species {species}.");
        }

        for (int i = 0; i < count; i++)
        {
            structure.Ids[i] = reader.TakeInt64();
        }

        reader.TakeDoubles(structure.X);
        reader.TakeDoubles(structure.Y);
        reader.TakeDoubles(structure.Z);
        return reader.IsAtEnd
            ? structure
            : throw new InvalidDataException("Bytes follow the end of a canonical structure.");
    }

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Id(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private ref struct Writer(Span<byte> target)
    {
        private Span<byte> _rest = target;

        public void Put(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_rest);
            _rest = _rest[bytes.Length..];
        }

        public void Put(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_rest, value);
            _rest = _rest[4..];
        }

        public void Put(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
            _rest = _rest[8..];
        }

        public void Put(double value)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(_rest, value);
            _rest = _rest[8..];
        }

        public void Put(ReadOnlySpan<double> values)
        {
            foreach (double value in values)
            {
                Put(value);
            }
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> source)
    {
        private ReadOnlySpan<byte> _rest = source;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public readonly int Left => _rest.Length;

        public ReadOnlySpan<byte> Take(int length)
        {
            if (length < 0 || length > _rest.Length)
            {
                throw new InvalidDataException("A canonical structure ends too early.");
            }

            ReadOnlySpan<byte> taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        public int TakeInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public long TakeInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

        public double TakeDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

        public Vector3 TakeVector() => new(TakeDouble(), TakeDouble(), TakeDouble());

        public void TakeDoubles(Span<double> target)
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = TakeDouble();
            }
        }
    }
}
