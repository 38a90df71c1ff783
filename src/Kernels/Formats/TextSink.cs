using System.Globalization;
using System.Text;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Writes text as UTF-8 into a stream through one buffer: numbers in invariant culture, doubles as the shortest text that
/// reads back to the same bits, lines ended by LF. Disposing it flushes the buffer and leaves the stream open.
/// </summary>
internal sealed class TextSink(Stream stream) : IDisposable
{
    /// <summary>No number takes more.</summary>
    private const int LongestNumber = 32;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    /// <summary>A double, shortest round-trip.</summary>
    public TextSink Number(double value)
    {
        Reserve(LongestNumber);
        value.TryFormat(_buffer.AsSpan(_used), out int written, default, CultureInfo.InvariantCulture);
        _used += written;
        return this;
    }

    /// <summary>A whole number.</summary>
    public TextSink Whole(long value)
    {
        Reserve(LongestNumber);
        value.TryFormat(_buffer.AsSpan(_used), out int written, default, CultureInfo.InvariantCulture);
        _used += written;
        return this;
    }

    /// <summary>Text as it stands.</summary>
    public TextSink Text(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _buffer.Length)
        {
            Flush();
            stream.Write(Encoding.UTF8.GetBytes(text));
            return this;
        }

        Reserve(most);
        _used += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used));
        return this;
    }

    /// <summary>One blank.</summary>
    public TextSink Blank() => Byte((byte)' ');

    /// <summary>The end of a line.</summary>
    public TextSink EndLine() => Byte((byte)'\n');

    /// <inheritdoc/>
    public void Dispose() => Flush();

    private TextSink Byte(byte value)
    {
        Reserve(1);
        _buffer[_used++] = value;
        return this;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
