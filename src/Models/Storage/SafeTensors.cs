using System.Buffers.Binary;
using System.Text.Json;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Models.Storage;

/// <summary>
/// A safetensors file (format of Hugging Face, version 0.4): 8 bytes little-endian length of the header, the header as
/// JSON <c>{"__metadata__":{text:text}, name:{"dtype","shape","data_offsets":[begin,end]}}</c>, then the data, every
/// byte of it covered by exactly one tensor. Written files are canonical: metadata sorted by ordinal key, tensors in the
/// order given and their data in that same order, the header padded with spaces to a multiple of 8.
/// </summary>
internal sealed class SafeTensors
{
    /// <summary>The largest header that readers of this format accept, bytes.</summary>
    private const long MaxHeader = 100_000_000;

    private const int LengthBytes = 8;

    private readonly Dictionary<string, SafeTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Creates a file without tensors.</summary>
    public SafeTensors()
    {
    }

    /// <summary>The file, as the user named it; null for one made in memory.</summary>
    public string? File { get; private init; }

    /// <summary>Free text by key.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the tensors, in the order of their data.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The tensor of a name, or null.</summary>
    public SafeTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="InputException">The file has none of that name.</exception>
    public SafeTensor Require(string name) =>
        Find(name) ?? throw new InputException($"the tensor '{name}' is missing", File);

    /// <summary>Appends a tensor.</summary>
    public void Add(string name, SafeTensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensor);
        _tensors.Add(name, tensor);
        _names.Add(name);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">The file cannot be opened or is not sound.</exception>
    public static SafeTensors Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = LineReader.ReadAllBytes(path);
        }
        catch (IOException e)
        {
            throw new InputException("the file cannot be read", path, found: e.Message, inner: e);
        }

        return Parse(bytes, path);
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="InputException">The bytes are not a sound safetensors file.</exception>
    public static SafeTensors Parse(ReadOnlyMemory<byte> bytes, string? file = null)
    {
        if (bytes.Length < LengthBytes)
        {
            throw new InputException(
                "the file is too short for a safetensors header", file, expected: "at least 8 bytes", found: $"{bytes.Length}");
        }

        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (headerLength > MaxHeader || headerLength > (ulong)(bytes.Length - LengthBytes))
        {
            throw new InputException(
                "the header length is impossible: the file is truncated or not a safetensors file",
                file,
                expected: $"at most {Math.Min(MaxHeader, bytes.Length - LengthBytes)} bytes",
                found: $"{headerLength}");
        }

        ReadOnlyMemory<byte> header = bytes.Slice(LengthBytes, (int)headerLength);
        ReadOnlyMemory<byte> data = bytes[(LengthBytes + (int)headerLength)..];
        SafeTensors result = new() { File = file };
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            result.TakeHeader(document.RootElement, data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: the parser takes text for sound until it is read as text, such as bytes that are not UTF-8.
            throw new InputException("the header is not JSON in UTF-8", file, found: e.Message, inner: e);
        }

        return result;
    }

    /// <summary>The file's bytes; the same tensors and metadata always give the same.</summary>
    public byte[] ToBytes()
    {
        byte[] header = HeaderBytes();
        long dataLength = _names.Sum(name => (long)_tensors[name].Data.Length);
        byte[] bytes = new byte[checked(LengthBytes + header.Length + (int)dataLength)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes, LengthBytes);
        int position = LengthBytes + header.Length;
        foreach (string name in _names)
        {
            ReadOnlySpan<byte> data = _tensors[name].Data.Span;
            data.CopyTo(bytes.AsSpan(position));
            position += data.Length;
        }

        return bytes;
    }

    private byte[] HeaderBytes()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject("__metadata__");
                foreach ((string key, string value) in Metadata)
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            long offset = 0;
            foreach (string name in _names)
            {
                SafeTensor tensor = _tensors[name];
                writer.WriteStartObject(name);
                writer.WriteString("dtype", tensor.Type.ToString());
                writer.WriteStartArray("shape");
                foreach (int dimension in tensor.Shape)
                {
                    writer.WriteNumberValue(dimension);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                offset += tensor.Data.Length;
                writer.WriteNumberValue(offset);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private void TakeHeader(JsonElement root, ReadOnlyMemory<byte> data)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InputException("the header is not a JSON object", File, found: root.ValueKind.ToString());
        }

        List<(long Begin, long End, string Name)> ranges = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            if (!seen.Add(entry.Name))
            {
                throw new InputException($"the header names '{entry.Name}' twice", File);
            }

            if (entry.Name == "__metadata__")
            {
                TakeMetadata(entry.Value);
                continue;
            }

            (SafeTensor tensor, long begin, long end) = ParseTensor(entry.Name, entry.Value, data);
            _tensors.Add(entry.Name, tensor);
            ranges.Add((begin, end, entry.Name));
        }

        ranges.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long covered = 0;
        foreach ((long begin, long end, string name) in ranges)
        {
            if (begin != covered)
            {
                throw new InputException(
                    begin < covered ? $"the data of tensor '{name}' overlap another's" : $"the data before tensor '{name}' have a gap",
                    File,
                    expected: $"data_offsets from {covered}",
                    found: $"{begin}");
            }

            covered = end;
            _names.Add(name);
        }

        if (covered != data.Length)
        {
            throw new InputException(
                "the data end elsewhere than the header says", File, expected: $"{covered} bytes of data", found: $"{data.Length}");
        }
    }

    private void TakeMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new InputException("__metadata__ is not a JSON object", File, found: value.ValueKind.ToString());
        }

        foreach (JsonProperty entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new InputException(
                    $"the metadata entry '{entry.Name}' is not text", File, found: entry.Value.ValueKind.ToString());
            }

            if (!Metadata.TryAdd(entry.Name, entry.Value.GetString()!))
            {
                throw new InputException($"the metadata name '{entry.Name}' twice", File);
            }
        }
    }

    private (SafeTensor Tensor, long Begin, long End) ParseTensor(
        string name, JsonElement entry, ReadOnlyMemory<byte> data)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out JsonElement typeEntry) || typeEntry.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out JsonElement shapeEntry) || shapeEntry.ValueKind != JsonValueKind.Array
            || !entry.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2)
        {
            throw new InputException($"the header of tensor '{name}' lacks dtype, shape or two data_offsets", File);
        }

        string typeName = typeEntry.GetString()!;
        if (!Enum.TryParse(typeName, out TensorType type) || type.ToString() != typeName)
        {
            throw new InputException(
                $"the tensor '{name}' has a type that is not read",
                File,
                expected: string.Join(", ", Enum.GetNames<TensorType>()),
                found: typeName);
        }

        List<int> shape = [];
        long elements = 1;
        foreach (JsonElement dimension in shapeEntry.EnumerateArray())
        {
            if (dimension.ValueKind != JsonValueKind.Number || !dimension.TryGetInt32(out int length) || length < 0)
            {
                throw new InputException(
                    $"a dimension of tensor '{name}' is impossible", File, found: dimension.GetRawText());
            }

            shape.Add(length);
            elements = elements == 0 || length == 0 ? 0 : length > long.MaxValue / elements / 8 ? long.MaxValue / 8 : elements * length;
        }

        long begin = Offset(offsets[0]), end = Offset(offsets[1]);
        if (begin > end || end > data.Length)
        {
            throw new InputException(
                $"the data of tensor '{name}' lie outside of the file (truncated?)",
                File,
                expected: $"offsets within 0 to {data.Length}",
                found: $"[{begin}, {end}]");
        }

        long size = elements * SafeTensor.SizeOf(type);
        if (size != end - begin)
        {
            throw new InputException(
                $"the shape of tensor '{name}' does not fit its data",
                File,
                expected: $"{size} bytes for {typeName}[{string.Join(',', shape)}]",
                found: $"{end - begin}");
        }

        return (new SafeTensor(type, shape, data.Slice((int)begin, (int)size)), begin, end);

        long Offset(JsonElement element) =>
            element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value) && value >= 0
                ? value
                : throw new InputException($"an offset of tensor '{name}' is impossible", File, found: element.GetRawText());
    }
}
