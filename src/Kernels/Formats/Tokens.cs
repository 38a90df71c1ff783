namespace Glasswright.Kernels.Formats;

/// <summary>Splits a line at blanks and tabs, from left to right.</summary>
/// <param name="line">The line.</param>
internal ref struct Tokens(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>What has not been taken yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Takes the next token; false (and an empty token) when none is left.</summary>
    public bool Next(out ReadOnlySpan<byte> token)
    {
        int start = 0;
        while (start < _rest.Length && IsBlank(_rest[start]))
        {
            start++;
        }

        int end = start;
        while (end < _rest.Length && !IsBlank(_rest[end]))
        {
            end++;
        }

        token = _rest[start..end];
        _rest = _rest[end..];
        return !token.IsEmpty;
    }

    /// <summary>How many tokens a line holds.</summary>
    public static int Count(ReadOnlySpan<byte> line)
    {
        int count = 0;
        bool blank = true;
        foreach (byte c in line)
        {
            bool isBlank = IsBlank(c);
            count += blank && !isBlank ? 1 : 0;
            blank = isBlank;
        }

        return count;
    }

    /// <summary>The part of a line before its first <c>#</c>.</summary>
    public static ReadOnlySpan<byte> BeforeComment(ReadOnlySpan<byte> line)
    {
        int mark = line.IndexOf((byte)'#');
        return mark < 0 ? line : line[..mark];
    }

    private static bool IsBlank(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\v' or (byte)'\f';
}
