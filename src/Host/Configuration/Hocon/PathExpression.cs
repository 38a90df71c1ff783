using System.Text;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>Paths of keys: <c>search."odd.key".seed</c> (section "Path expressions").</summary>
internal static class PathExpression
{
    /// <summary>The keys of a path written as text.</summary>
    public static IReadOnlyList<string> Parse(string text, Origin origin)
    {
        IReadOnlyList<Token> tokens = Tokenizer.Read(text, origin);
        return FromTokens([.. tokens.Take(tokens.Count - 1)], origin);
    }

    /// <summary>The keys of a path given as tokens; dots outside quotes separate, outer white space is dropped.</summary>
    /// <exception cref="Kernels.InputException">An empty key without quotes, or a token that no path may hold.</exception>
    public static IReadOnlyList<string> FromTokens(IReadOnlyList<Token> tokens, Origin origin)
    {
        int first = 0;
        int last = tokens.Count - 1;
        while (first <= last && tokens[first].Kind == TokenKind.Whitespace)
        {
            first++;
        }

        while (last >= first && tokens[last].Kind == TokenKind.Whitespace)
        {
            last--;
        }

        var keys = new List<string>();
        var key = new StringBuilder();
        bool quoted = false;
        for (int i = first; i <= last; i++)
        {
            Token token = tokens[i];
            switch (token.Kind)
            {
                case TokenKind.Quoted:
                    key.Append(token.Text);
                    quoted = true;
                    break;
                case TokenKind.Whitespace:
                    key.Append(token.Text);
                    break;
                case TokenKind.Unquoted:
                    string[] pieces = token.Text.Split('.');
                    key.Append(pieces[0]);
                    foreach (string piece in pieces.Skip(1))
                    {
                        EndKey();
                        key.Append(piece);
                    }

                    break;
                default:
                    throw origin.At(token.Line).Fault(
                        "a key holds what no key may hold", expected: "words or \"quoted text\"", found: token.Description);
            }
        }

        EndKey();
        return keys;

        void EndKey()
        {
            if (key.Length == 0 && !quoted)
            {
                string written = string.Concat(tokens.Select(token => token.Text)).Trim();
                throw origin.Fault(
                    "a path has an empty key",
                    expected: "keys separated by single dots; an empty key is written \"\"",
                    found: written.Length == 0 ? "nothing" : $"'{written}'");
            }

            keys.Add(key.ToString());
            key.Clear();
            quoted = false;
        }
    }

    /// <summary>The path as text that reads back to the same keys.</summary>
    public static string Render(IEnumerable<string> keys) => string.Join('.', keys.Select(HoconWriter.RenderKey));
}
