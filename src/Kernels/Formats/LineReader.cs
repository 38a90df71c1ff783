using System.Globalization;
using System.Text;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Reads a text file line by line as UTF-8 bytes, without turning them into strings, and knows where it stands so that
/// every complaint names file and line. Lines end with LF or CR LF; a byte order mark is skipped.
/// </summary>
/// <remarks>Belongs to one thread. <see cref="Current"/> is valid until the next <see cref="MoveNext"/>.</remarks>
internal sealed class LineReader : IDisposable
{
    private const int InitialBuffer = 1 << 16;
    private const int LongestLine = 1 << 24;
    private const int LongestQuote = 40;

    private readonly Stream _stream;
    private readonly long _length;
    private byte[] _buffer = new byte[InitialBuffer];
    private long _bytesRead;
    private int _next;
    private int _end;
    private int _lineStart;
    private int _lineEnd;
    private bool _streamEnded;
    private bool _again;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InputException">It does not exist, is a folder, or may not be read.</exception>
    public LineReader(string path)
        : this(Open(path), path)
    {
    }

    /// <summary>Reads a stream, and closes it when disposed.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="name">What to call it in messages.</param>
    public LineReader(Stream stream, string name)
    {
        _stream = stream;
        _length = stream.CanSeek ? stream.Length : long.MaxValue / 2;
        Name = name;
    }

    /// <summary>The file as the user named it.</summary>
    public string Name { get; }

    /// <summary>Number of the current line, from 1; 0 before the first.</summary>
    public int Line { get; private set; }

    /// <summary>The current line without its end.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_lineStart, _lineEnd - _lineStart);

    /// <summary>Bytes behind the current line: a bound on what can still come, to be held against announced counts.</summary>
    public long RemainingBytes => Math.Max(0, _length - _bytesRead + (_end - _next));

    /// <summary>
    /// The content of a file as bytes, with the same errors as the reader's.
    /// </summary>
    /// <exception cref="InputException">It does not exist, is a folder, may not be read, or exceeds 2 GiB.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        using FileStream stream = Open(path);
        if (stream.Length > Array.MaxLength)
        {
            throw new InputException("is too large", file: path, expected: "at most 2 GiB", found: $"{stream.Length} bytes");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Goes to the next line; false at the end of the file.</summary>
    public bool MoveNext()
    {
        if (_again)
        {
            _again = false;
            return true;
        }

        int searched = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_next + searched, _end - _next - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                SetLine(_next + searched + newline, 1);
                return true;
            }

            searched = _end - _next;
            if (!Fill())
            {
                if (searched == 0)
                {
                    return false;
                }

                SetLine(_end, 0);
                return true;
            }
        }
    }

    /// <summary>Makes the next <see cref="MoveNext"/> deliver the current line once more.</summary>
    public void StepBack() => _again = true;

    /// <summary>Goes to the next line that holds anything but white space; false at the end of the file.</summary>
    public bool MoveToContent()
    {
        while (MoveNext())
        {
            if (!Current.Trim(" \t\r"u8).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the next line, which must be there.</summary>
    /// <param name="expected">What that line should hold.</param>
    /// <exception cref="InputException">The file has ended.</exception>
    public void Require(string expected)
    {
        if (!MoveNext())
        {
            throw Ended(expected);
        }
    }

    /// <summary>An error at the current line.</summary>
    public InputException Error(string problem, string? expected = null, string? found = null, string? nearest = null) =>
        new(problem, file: Name, line: Line == 0 ? null : Line, expected: expected, found: found, nearest: nearest);

    /// <summary>The error of a file that stops too early.</summary>
    public InputException Ended(string expected) => Error("the file ends too early", expected, "the end of the file");

    /// <summary>A finite number.</summary>
    /// <param name="token">Its text.</param>
    /// <param name="what">What the number is, for the message.</param>
    /// <exception cref="InputException">It is not a number, or not a finite one.</exception>
    public double Finite(ReadOnlySpan<byte> token, string what)
    {
        double value = Number(token, what);
        return double.IsFinite(value) ? value : throw Error($"{what} is not finite", "a finite number", Quote(token));
    }

    /// <summary>A number, which may be <c>nan</c> or <c>inf</c>.</summary>
    /// <exception cref="InputException">It is not a number.</exception>
    public double Number(ReadOnlySpan<byte> token, string what)
    {
        if (TryNumber(token, out double value))
        {
            return value;
        }

        throw Error($"{what} is not a number", "a number", Quote(token));
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="InputException">It is not a whole number.</exception>
    public long Whole(ReadOnlySpan<byte> token, string what)
    {
        if (long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        throw Error($"{what} is not a whole number", "a whole number", Quote(token));
    }

    /// <summary>A count of 1 or more that the rest of the file can hold; refused before anything is allocated for it.</summary>
    /// <param name="count">The count.</param>
    /// <param name="token">Its text.</param>
    /// <param name="what">What is counted, for the message.</param>
    /// <param name="most">The most that there can be.</param>
    /// <exception cref="InputException">It is smaller or larger.</exception>
    public int Count(long count, ReadOnlySpan<byte> token, string what, long most)
    {
        if (count < 1)
        {
            throw Error($"there are no {what}", "1 or more", Quote(token));
        }

        most = Math.Min(most, Array.MaxLength / 4);
        return count <= most
            ? (int)count
            : throw Error($"the number of {what} is larger than the file can hold", $"at most {most}", Quote(token));
    }

    /// <summary>Parses a number, among them <c>nan</c> and <c>inf</c> as C and Python print them.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> token, out double value)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(token, Style, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        ReadOnlySpan<byte> bare = token.Length > 0 && token[0] is (byte)'-' or (byte)'+' ? token[1..] : token;
        if (Ascii.EqualsIgnoreCase(bare, "inf"u8))
        {
            value = token[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = double.NaN;
        return Ascii.EqualsIgnoreCase(bare, "nan"u8);
    }

    /// <summary>Text of the file for a message: in quotes, cut after 40 characters, control characters replaced.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        // Cutting may split a character in two; the decoder then shows a replacement mark.
        string decoded = Encoding.UTF8.GetString(text.Length > LongestQuote ? text[..LongestQuote] : text);
        StringBuilder quoted = new("'");
        foreach (char c in decoded)
        {
            quoted.Append(char.IsControl(c) ? '?' : c);
        }

        return quoted.Append(text.Length > LongestQuote ? "…'" : "'").ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new InputException("is a folder", file: path, expected: "a file");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException("does not exist", file: path, expected: "an existing file", nearest: NearestName.FindFile(path), inner: missing);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new InputException("may not be read", file: path, expected: "a file with read permission", inner: denied);
        }
    }

    private void SetLine(int end, int terminator)
    {
        _lineStart = _next;
        _lineEnd = end > _next && _buffer[end - 1] == (byte)'\r' ? end - 1 : end;
        _next = end + terminator;
        Line++;
        if (Line == 1 && Current.StartsWith("\uFEFF"u8))
        {
            _lineStart += 3;
        }
    }

    private bool Fill()
    {
        if (_streamEnded)
        {
            return false;
        }

        if (_next > 0)
        {
            _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer);
            _end -= _next;
            _next = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
            {
                Line++;
                throw Error("the line is too long", $"a text file with lines of at most {LongestLine} bytes");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _bytesRead += read;
        _streamEnded = read == 0;
        return read > 0;
    }
}
