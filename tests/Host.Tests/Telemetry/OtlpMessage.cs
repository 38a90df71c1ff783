using System.Buffers.Binary;
using System.Text;

namespace Glasswright.Host.Tests.Telemetry;

/// <summary>A message in the wire format of Protocol Buffers, read field by field by number: enough of it for what OTLP sends.</summary>
internal readonly struct OtlpMessage(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The text that the whole of it is.</summary>
    public string Text => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>The bytes that the whole of it is.</summary>
    public string Hex => Convert.ToHexString(bytes.Span);

    /// <summary>Its fields of a number and length-delimited content.</summary>
    public IEnumerable<OtlpMessage> All(int number) => Fields().Where(field => field.Number == number && field.Wire == 2).Select(field => new OtlpMessage(field.Content));

    public OtlpMessage One(int number) => All(number).Single();

    /// <summary>A fixed number of eight bytes as a double, or as an integer.</summary>
    public double Double(int number) => BinaryPrimitives.ReadDoubleLittleEndian(Fixed(number));

    public long Integer(int number) => BinaryPrimitives.ReadInt64LittleEndian(Fixed(number));

    public bool Has(int number) => Fields().Any(field => field.Number == number);

    /// <summary>The value of a text or whole-number attribute (KeyValue: key 1, value 2; AnyValue: string 1, int 3).</summary>
    public string? Attribute(int field, string key)
    {
        foreach (OtlpMessage pair in All(field))
        {
            if (pair.One(1).Text == key)
            {
                OtlpMessage value = pair.One(2);
                return value.Has(1) ? value.One(1).Text : value.Fields().First(f => f.Number == 3).Varint.ToString();
            }
        }

        return null;
    }

    private ReadOnlySpan<byte> Fixed(int number) => Fields().First(field => field.Number == number && field.Wire == 1).Content.Span;

    private List<(int Number, int Wire, ReadOnlyMemory<byte> Content, ulong Varint)> Fields()
    {
        var fields = new List<(int, int, ReadOnlyMemory<byte>, ulong)>();
        int at = 0;
        while (at < bytes.Length)
        {
            ulong key = Varint(ref at);
            int wire = (int)(key & 7), length = 0;
            ulong value = 0;
            switch (wire)
            {
                case 0:
                    value = Varint(ref at);
                    break;
                case 1:
                    length = 8;
                    break;
                case 2:
                    length = (int)Varint(ref at);
                    break;
                case 5:
                    length = 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {wire}");
            }

            fields.Add(((int)(key >> 3), wire, bytes.Slice(at, length), value));
            at += length;
        }

        return fields;
    }

    private ulong Varint(ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
