namespace Glasswright.Host.Configuration.Hocon;

/// <summary>What a token of a HOCON text is.</summary>
internal enum TokenKind
{
    /// <summary><c>{</c></summary>
    ObjectOpen,

    /// <summary><c>}</c></summary>
    ObjectClose,

    /// <summary><c>[</c></summary>
    ArrayOpen,

    /// <summary><c>]</c></summary>
    ArrayClose,

    /// <summary><c>=</c> or <c>:</c></summary>
    Separator,

    /// <summary><c>+=</c></summary>
    Append,

    /// <summary><c>,</c></summary>
    Comma,

    /// <summary>An ASCII newline, which separates fields and elements.</summary>
    Newline,

    /// <summary>A run of other white space, kept because it belongs to a string that it stands inside.</summary>
    Whitespace,

    /// <summary>Text outside quotes: a word, a number, <c>true</c>, <c>null</c>.</summary>
    Unquoted,

    /// <summary>A quoted or triple-quoted string, its escapes already read.</summary>
    Quoted,

    /// <summary><c>${</c> or <c>${?</c></summary>
    SubstitutionOpen,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One token, with the line it begins on.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a quoted string the meaning, not the spelling.</param>
/// <param name="Line">The line it begins on, counted from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    /// <summary>The token as an error message names it.</summary>
    public string Description => Kind switch
    {
        TokenKind.Newline => "the end of the line",
        TokenKind.Whitespace => "white space",
        TokenKind.End => "the end of the file",
        TokenKind.Quoted => $"\"{Text}\"",
        _ => $"'{Text}'",
    };
}
