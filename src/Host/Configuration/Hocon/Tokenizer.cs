using System.Globalization;
using System.Text;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>
/// Cuts a HOCON text into tokens. Comments vanish, white space and newlines stay, because they carry meaning
/// (HOCON specification, sections "Comments", "Whitespace", "Unquoted strings", "Multi-line strings").
/// </summary>
internal sealed class Tokenizer
{
    private const string TripleQuote = "\"\"\"";
    private const string ForbiddenInUnquoted = "$\"{}[]:=,+#`^?!@*&\\";

    private readonly string _text;
    private readonly Origin _origin;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;

    private Tokenizer(string text, Origin origin)
    {
        _text = text;
        _origin = origin;
    }

    /// <summary>All tokens of a text, the last one being <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="Kernels.InputException">A bad escape, an unclosed string, or a character that must be quoted.</exception>
    public static IReadOnlyList<Token> Read(string text, Origin origin)
    {
        var tokenizer = new Tokenizer(text, origin);
        tokenizer.ReadAll();
        return tokenizer._tokens;
    }

    private char Current => _text[_position];

    private bool StartsWith(string expected) =>
        string.CompareOrdinal(_text, _position, expected, 0, expected.Length) == 0;

    private void ReadAll()
    {
        while (_position < _text.Length)
        {
            ReadOne();
        }

        _tokens.Add(new Token(TokenKind.End, string.Empty, _line));
    }

    private void ReadOne()
    {
        char c = Current;
        if (c == '\n')
        {
            Take(TokenKind.Newline, 1);
            _line++;
        }
        else if (IsWhitespace(c))
        {
            int start = _position;
            while (_position < _text.Length && Current != '\n' && IsWhitespace(Current))
            {
                _position++;
            }

            _tokens.Add(new Token(TokenKind.Whitespace, _text[start.._position], _line));
        }
        else if (c == '#' || StartsWith("//"))
        {
            int end = _text.IndexOf('\n', _position);
            _position = end < 0 ? _text.Length : end;
        }
        else if (StartsWith(TripleQuote))
        {
            ReadTripleQuoted();
        }
        else if (c == '"')
        {
            ReadQuoted();
        }
        else if (StartsWith("${"))
        {
            Take(TokenKind.SubstitutionOpen, StartsWith("${?") ? 3 : 2);
        }
        else if (StartsWith("+="))
        {
            Take(TokenKind.Append, 2);
        }
        else if (KindOfMark(c) is { } kind)
        {
            Take(kind, 1);
        }
        else if (ForbiddenInUnquoted.Contains(c))
        {
            throw _origin.At(_line).Fault(
                "this character may not stand outside quotes", expected: "the text in \"quotes\"", found: $"'{c}'");
        }
        else
        {
            ReadUnquoted();
        }
    }

    private static TokenKind? KindOfMark(char c) => c switch
    {
        '{' => TokenKind.ObjectOpen,
        '}' => TokenKind.ObjectClose,
        '[' => TokenKind.ArrayOpen,
        ']' => TokenKind.ArrayClose,
        '=' or ':' => TokenKind.Separator,
        ',' => TokenKind.Comma,
        _ => null,
    };

    private void Take(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _text.Substring(_position, length), _line));
        _position += length;
    }

    private void ReadUnquoted()
    {
        int start = _position;
        bool number = char.IsAsciiDigit(Current) || Current == '-';
        while (_position < _text.Length)
        {
            char c = Current;
            if (IsWhitespace(c) || StartsWith("//") || (ForbiddenInUnquoted.Contains(c) && !(number && IsExponentSign())))
            {
                break;
            }

            _position++;
        }

        _tokens.Add(new Token(TokenKind.Unquoted, _text[start.._position], _line));
    }

    /// <summary>The plus of <c>1e+5</c>: the only place where an unquoted token may hold one.</summary>
    private bool IsExponentSign() =>
        Current == '+'
        && _text[_position - 1] is 'e' or 'E'
        && _position + 1 < _text.Length
        && char.IsAsciiDigit(_text[_position + 1]);

    private void ReadTripleQuoted()
    {
        int startLine = _line;
        int start = _position + TripleQuote.Length;
        int end = _text.IndexOf(TripleQuote, start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _origin.At(startLine).Fault(
                "a triple-quoted string is not closed", expected: "three quotes", found: "the end of the file");
        }

        // Quotes beyond three belong to the string, as in Scala.
        while (end + TripleQuote.Length < _text.Length && _text[end + TripleQuote.Length] == '"')
        {
            end++;
        }

        string value = _text[start..end];
        _tokens.Add(new Token(TokenKind.Quoted, value, startLine));
        _line += value.AsSpan().Count('\n');
        _position = end + TripleQuote.Length;
    }

    private void ReadQuoted()
    {
        var value = new StringBuilder();
        _position++;
        while (true)
        {
            if (_position >= _text.Length || Current == '\n')
            {
                throw _origin.At(_line).Fault(
                    "a quoted string is not closed",
                    expected: "'\"'",
                    found: _position >= _text.Length ? "the end of the file" : "the end of the line");
            }

            char c = Current;
            _position++;
            if (c == '"')
            {
                break;
            }

            if (c < ' ')
            {
                throw _origin.At(_line).Fault(
                    "a control character stands in a quoted string",
                    expected: "an escape such as \\t",
                    found: string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"));
            }

            value.Append(c == '\\' ? ReadEscape() : c);
        }

        _tokens.Add(new Token(TokenKind.Quoted, value.ToString(), _line));
    }

    private char ReadEscape()
    {
        char c = _position < _text.Length ? Current : '\n';
        _position++;
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadCodeUnit(),
            _ => throw _origin.At(_line).Fault(
                "a bad escape in a quoted string",
                expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
                found: c < ' ' ? "'\\' at the end of the line" : $"'\\{c}'"),
        };
    }

    private char ReadCodeUnit()
    {
        string digits = _text.Substring(_position, Math.Min(4, _text.Length - _position));
        if (digits.Length < 4 || !digits.All(char.IsAsciiHexDigit))
        {
            throw _origin.At(_line).Fault(
                "a bad escape in a quoted string", expected: "four hexadecimal digits after \\u", found: $"'\\u{digits}'");
        }

        _position += 4;
        return (char)int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>White space of the specification: Unicode separators, the ASCII controls it lists, and a byte-order mark.</summary>
    private static bool IsWhitespace(char c) =>
        c is '\t' or '\n' or '\v' or '\f' or '\r' or ' ' or (>= '\u001C' and <= '\u001F') or '\uFEFF'
        || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
