using System.Text;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// The second line of an extended XYZ frame: entries <c>key=value</c> separated by blanks. A value is a bare word, a text in
/// double quotes with <c>\"</c>, <c>\\</c> and <c>\n</c>, an array in brackets (kept with them), or the older <c>{…}</c>. A key
/// without a value means true.
/// </summary>
internal static class ExtendedXyzHeader
{
    /// <summary>Splits the current line of a reader into entries, in file order.</summary>
    /// <exception cref="InputException">A quote or bracket is not closed, or a key occurs twice.</exception>
    public static Dictionary<string, string> Parse(LineReader reader)
    {
        string line = Encoding.UTF8.GetString(reader.Current);
        Dictionary<string, string> entries = [];
        int at = SkipBlanks(line, 0);
        while (at < line.Length)
        {
            string key = line[at] == '"' ? Quoted(line, ref at, reader) : Bare(line, ref at, stopAtEquals: true);
            int equals = SkipBlanks(line, at);
            string value = "T";
            if (equals < line.Length && line[equals] == '=')
            {
                at = SkipBlanks(line, equals + 1);
                value = at == line.Length ? ""
                    : line[at] == '"' ? Quoted(line, ref at, reader)
                    : line[at] is '[' or '{' ? Bracketed(line, ref at, reader)
                    : Bare(line, ref at, stopAtEquals: false);
            }

            if (!entries.TryAdd(key, value))
            {
                throw reader.Error("an entry occurs twice", "every key once", $"'{key}'");
            }

            at = SkipBlanks(line, at);
        }

        return entries;
    }

    /// <summary>An entry as text; the value is quoted where it must be.</summary>
    public static string Format(string key, string value)
    {
        bool array = value.Length > 1 && value[0] == '[' && value[^1] == ']' && !value.Any(c => char.IsControl(c) || c == '"');
        return $"{Escape(key)}={(array ? value : Escape(value))}";
    }

    private static string Escape(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '+' or '.' or ':' or '/'))
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => " ", _ => c.ToString() });
        }

        return quoted.Append('"').ToString();
    }

    private static int SkipBlanks(string line, int at)
    {
        while (at < line.Length && char.IsWhiteSpace(line[at]))
        {
            at++;
        }

        return at;
    }

    private static string Bare(string line, ref int at, bool stopAtEquals)
    {
        int start = at;
        while (at < line.Length && !char.IsWhiteSpace(line[at]) && !(stopAtEquals && line[at] == '=' && at > start))
        {
            at++;
        }

        return line[start..at];
    }

    private static string Quoted(string line, ref int at, LineReader reader)
    {
        int start = at++;
        StringBuilder text = new();
        while (at < line.Length && line[at] != '"')
        {
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                text.Append(line[at] == 'n' ? '\n' : line[at]);
            }
            else
            {
                text.Append(line[at]);
            }

            at++;
        }

        if (at == line.Length)
        {
            throw Open(line[start..], "a closing \"", reader);
        }

        at++;
        return text.ToString();
    }

    private static string Bracketed(string line, ref int at, LineReader reader)
    {
        int start = at;
        bool braces = line[at] == '{';
        int depth = 0;
        bool quoted = false;
        while (at < line.Length)
        {
            char c = line[at++];
            quoted ^= c == '"';
            depth += quoted ? 0 : c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            if (depth == 0)
            {
                return braces ? line[(start + 1)..(at - 1)] : line[start..at];
            }
        }

        throw Open(line[start..], braces ? "a closing }" : "a closing ]", reader);
    }

    private static InputException Open(string text, string expected, LineReader reader) =>
        reader.Error("a value of the header is not closed", expected, LineReader.Quote(Encoding.UTF8.GetBytes(text)));
}
