using Glasswright.Kernels;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>
/// Turns the tokens of one HOCON source into <see cref="Syntax"/>. The public HOCON specification is followed
/// (github.com/lightbend/config, HOCON.md); where not, <c>docs/configuration.md</c> names it.
/// </summary>
internal sealed class Parser
{
    /// <summary>Braces and brackets may nest this deep: far beyond use, well below the end of the stack.</summary>
    private const int DeepestNesting = 200;

    private readonly IReadOnlyList<Token> _tokens;
    private readonly ParseScope _scope;
    private int _next;
    private int _depth;

    private Parser(IReadOnlyList<Token> tokens, ParseScope scope)
    {
        _tokens = tokens;
        _scope = scope;
    }

    /// <summary>Parses a whole source: an object, with or without its outer braces, or a list.</summary>
    /// <exception cref="InputException">The text is not HOCON, or an include cannot be read.</exception>
    public static Syntax ParseDocument(string text, ParseScope scope)
    {
        var parser = new Parser(Tokenizer.Read(text, scope.Origin), scope);
        return parser.Document();
    }

    /// <summary>Parses one value, as it may stand after the key <paramref name="path"/>.</summary>
    /// <exception cref="InputException">The text is not one value.</exception>
    public static IReadOnlyList<Syntax> ParseValue(string text, IReadOnlyList<string> path, ParseScope scope)
    {
        var parser = new Parser(Tokenizer.Read(text, scope.Origin), scope);
        IReadOnlyList<Syntax> layers = parser.Value(path, "the value");
        parser.SkipSpace(newlines: true);
        parser.Expect(TokenKind.End, "the end of the value");
        return layers;
    }

    private Token Current => _tokens[_next];

    private Syntax Document()
    {
        SkipSpace(newlines: true);
        Syntax root;
        switch (Current.Kind)
        {
            case TokenKind.ArrayOpen:
                root = Array();
                break;
            case TokenKind.ObjectOpen:
                root = Object(_scope.Path);
                break;
            default:
                var body = new ObjectSyntax(OriginOf(Current));
                Fields(body, _scope.Path, TokenKind.End, openedAt: 1);
                root = body;
                break;
        }

        SkipSpace(newlines: true);
        Expect(TokenKind.End, "the end of the file");
        return root;
    }

    private ObjectSyntax Object(IReadOnlyList<string>? path)
    {
        Token open = Take();
        var result = new ObjectSyntax(OriginOf(open));
        Descend(open);
        Fields(result, path, TokenKind.ObjectClose, open.Line);
        _depth--;
        _next++;
        return result;
    }

    private ArraySyntax Array()
    {
        Token open = Take();
        Descend(open);
        var items = new List<LayerStack>();
        SkipSpace(newlines: true);
        while (Current.Kind != TokenKind.ArrayClose)
        {
            FailIfUnclosed(TokenKind.ArrayClose, open.Line);
            var item = new LayerStack();
            foreach (Syntax layer in Value(path: null, "a list element"))
            {
                item.Add(layer);
            }

            items.Add(item);
            EndOfItem(TokenKind.ArrayClose, open.Line);
        }

        _depth--;
        _next++;
        return new ArraySyntax(items, OriginOf(open));
    }

    private void Descend(Token open)
    {
        if (++_depth > DeepestNesting)
        {
            throw OriginOf(open).Fault(
                "braces or brackets are nested too deep", expected: $"at most {DeepestNesting} levels");
        }
    }

    /// <summary>Reads fields and includes into an object up to its closing token, which stays unread.</summary>
    private void Fields(ObjectSyntax target, IReadOnlyList<string>? path, TokenKind close, int openedAt)
    {
        SkipSpace(newlines: true);
        while (Current.Kind != close)
        {
            FailIfUnclosed(close, openedAt);
            if (Current is { Kind: TokenKind.Unquoted, Text: "include" })
            {
                Include(target, path);
            }
            else
            {
                Field(target, path);
            }

            EndOfItem(close, openedAt);
        }
    }

    private void Field(ObjectSyntax target, IReadOnlyList<string>? path)
    {
        Token first = Current;
        var keyTokens = new List<Token>();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Quoted or TokenKind.Whitespace)
        {
            keyTokens.Add(Take());
        }

        Origin keyOrigin = OriginOf(first);
        if (keyTokens.Count == 0)
        {
            throw keyOrigin.Fault("a key was expected", expected: "a key, then '=' and a value", found: Current.Description);
        }

        IReadOnlyList<string> keys = PathExpression.FromTokens(keyTokens, keyOrigin);
        string name = PathExpression.Render(keys);
        Token afterKey = Current;
        SkipSpace(newlines: true);
        IReadOnlyList<string>? here = path is null ? null : [.. path, .. keys];
        switch (Current.Kind)
        {
            case TokenKind.Append:
                Token append = Take();
                LayerStack appended = target.Field(keys, keyOrigin);
                appended.Add(Appended(Value(null, $"the key {name}"), OriginOf(append)));
                break;
            case TokenKind.Separator:
                _next++;
                AddAll(target.Field(keys, keyOrigin), Value(here, $"the key {name}"));
                break;
            case TokenKind.ObjectOpen:
                AddAll(target.Field(keys, keyOrigin), Value(here, $"the key {name}"));
                break;
            default:
                throw keyOrigin.Fault(
                    $"the key {name} is given no value", expected: "'=', ':', '+=' or '{'", found: afterKey.Description);
        }
    }

    private static void AddAll(LayerStack field, IReadOnlyList<Syntax> layers)
    {
        foreach (Syntax layer in layers)
        {
            field.Add(layer);
        }
    }

    /// <summary><c>a += b</c> is <c>a = ${?a} [b]</c> (section "The += field separator").</summary>
    private static ConcatenationSyntax Appended(IReadOnlyList<Syntax> layers, Origin origin)
    {
        var item = new LayerStack();
        AddAll(item, layers);
        return new ConcatenationSyntax([new PreviousSyntax(origin), new ArraySyntax([item], origin)], origin);
    }

    /// <summary>
    /// Reads one value up to the comma, newline or bracket that ends it. Objects joined with substitutions come back as
    /// several layers, since <c>a = ${b} { c = 1 }</c> merges exactly as two fields would; anything else is one layer.
    /// </summary>
    private IReadOnlyList<Syntax> Value(IReadOnlyList<string>? path, string owner)
    {
        SkipSpace(newlines: true);
        Token first = Current;
        var parts = new List<Syntax>();
        Token space = default;
        while (true)
        {
            Token token = Current;
            if (token.Kind == TokenKind.Whitespace)
            {
                space = Take();
                continue;
            }

            if (Part(token, path) is not { } part)
            {
                break;
            }

            if (space.Kind == TokenKind.Whitespace && parts.Count > 0)
            {
                parts.Add(new ScalarSyntax(new ConfigScalar(ScalarKind.Text, space.Text, OriginOf(space)), isSpace: true));
            }

            space = default;
            parts.Add(part);
        }

        if (Current.Kind is TokenKind.Separator or TokenKind.Append)
        {
            throw OriginOf(Current).Fault(
                $"{owner} holds a separator in its value",
                expected: "a comma or a new line before the next key, or the text in \"quotes\"",
                found: Current.Description);
        }

        return parts switch
        {
            [] => throw OriginOf(first).Fault($"{owner} has no value", expected: "a value", found: Current.Description),
            [var only] => [only],
            _ => Join(parts, OriginOf(first)),
        };
    }

    /// <summary>One part of a value, or null where the value ends.</summary>
    private Syntax? Part(Token token, IReadOnlyList<string>? path) => token.Kind switch
    {
        TokenKind.Unquoted => new ScalarSyntax(ConfigScalar.FromUnquoted(Take().Text, OriginOf(token))),
        TokenKind.Quoted => new ScalarSyntax(new ConfigScalar(ScalarKind.Text, Take().Text, OriginOf(token))),
        TokenKind.SubstitutionOpen => Substitution(),
        TokenKind.ArrayOpen => Array(),
        TokenKind.ObjectOpen => Object(path),
        _ => null,
    };

    private static IReadOnlyList<Syntax> Join(List<Syntax> parts, Origin origin)
    {
        var solid = parts.Where(part => part is not ScalarSyntax { IsSpace: true }).ToList();
        bool objects = solid.Any(part => part is ObjectSyntax)
            && solid.All(part => part is ObjectSyntax or SubstitutionSyntax);
        if (!objects)
        {
            return [new ConcatenationSyntax(parts, origin)];
        }

        return
        [
            .. solid.Select(part => part is not SubstitutionSyntax s
                ? part
                : new SubstitutionSyntax(s.Path, s.Origin)
                {
                    IsOptional = s.IsOptional,
                    IsEnvironmentList = s.IsEnvironmentList,
                    Bases = s.Bases,
                    MustBeObject = true,
                }),
        ];
    }

    private SubstitutionSyntax Substitution()
    {
        Token open = Take();
        Origin origin = OriginOf(open);
        var path = new List<Token>();
        bool list = false;
        while (Current.Kind != TokenKind.ObjectClose)
        {
            if (Current.Kind is TokenKind.Newline or TokenKind.End)
            {
                throw origin.Fault("a substitution is not closed", expected: "'}'", found: Current.Description);
            }

            if (Current.Kind == TokenKind.ArrayOpen && _tokens[_next + 1].Kind == TokenKind.ArrayClose)
            {
                list = true;
                _next += 2;
                continue;
            }

            path.Add(Take());
        }

        _next++;
        if (_scope.Path is null)
        {
            throw origin.Fault("a file that is included inside a list holds a substitution", expected: "an include outside of the list");
        }

        return new SubstitutionSyntax(PathExpression.FromTokens(path, origin), origin)
        {
            IsOptional = open.Text.EndsWith('?'),
            IsEnvironmentList = list,
            Bases = _scope.Bases,
        };
    }

    /// <summary>
    /// <c>include "f"</c>, <c>include file("f")</c>, <c>include required(…)</c> (section "Include syntax"): the fields of
    /// the file take the place of the statement.
    /// </summary>
    private void Include(ObjectSyntax target, IReadOnlyList<string>? path)
    {
        Token keyword = Take();
        Origin origin = OriginOf(keyword);
        SkipSpace(newlines: true);
        string opening = Words();
        Token name = Current;
        bool known = opening is "" or "file(" or "required(" or "required(file(";
        if (name.Kind != TokenKind.Quoted || !known)
        {
            throw origin.Fault(
                opening.Contains("url(") || opening.Contains("classpath(")
                    ? "an include can only name a file"
                    : "an include has no file name in quotes",
                expected: "include \"file\", include file(\"file\") or include required(\"file\")",
                found: opening.Length > 0 ? $"'{opening}'" : name.Description);
        }

        _next++;
        if (opening.Length > 0)
        {
            string closing = Words();
            string wanted = new(')', opening.Count(c => c == '('));
            if (closing != wanted)
            {
                throw origin.Fault(
                    "the parentheses of an include do not match", expected: $"'{wanted}'", found: closing.Length > 0 ? $"'{closing}'" : Current.Description);
            }
        }

        foreach (ObjectSyntax included in _scope.Include(name.Text, OriginOf(name), path))
        {
            target.Merge(included);
        }
    }

    /// <summary>Unquoted text up to the next other token, without the white space in it.</summary>
    private string Words()
    {
        var words = new System.Text.StringBuilder();
        while (Current.Kind is TokenKind.Unquoted or TokenKind.Whitespace)
        {
            Token token = Take();
            if (token.Kind == TokenKind.Unquoted)
            {
                words.Append(token.Text);
            }
        }

        return words.ToString();
    }

    /// <summary>Reads what separates items: one comma, newlines, or both (section "Commas").</summary>
    private void EndOfItem(TokenKind close, int openedAt)
    {
        SkipSpace(newlines: false);
        bool newline = Current.Kind == TokenKind.Newline;
        SkipSpace(newlines: true);
        if (Current.Kind == TokenKind.Comma)
        {
            _next++;
            SkipSpace(newlines: true);
        }
        else if (!newline && Current.Kind != close)
        {
            FailIfUnclosed(close, openedAt);
            throw OriginOf(Current).Fault(
                "two values stand side by side", expected: "a comma or a new line between them", found: Current.Description);
        }
    }

    private void FailIfUnclosed(TokenKind close, int openedAt)
    {
        string mark = close == TokenKind.ArrayClose ? "']'" : "'}'";
        if (Current.Kind == TokenKind.End)
        {
            throw OriginOf(Current).Fault(
                close == TokenKind.ArrayClose
                    ? $"the bracket opened in line {openedAt} is not closed"
                    : $"the brace opened in line {openedAt} is not closed",
                expected: mark,
                found: Current.Description);
        }

        if (Current.Kind == TokenKind.Comma)
        {
            throw OriginOf(Current).Fault("a comma separates nothing", expected: "a value or a key", found: "','");
        }

        if (Current.Kind is TokenKind.ObjectClose or TokenKind.ArrayClose)
        {
            throw OriginOf(Current).Fault(
                "a closing mark fits no opening one",
                expected: close == TokenKind.End ? "the end of the file" : mark,
                found: Current.Description);
        }
    }

    private void Expect(TokenKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            throw OriginOf(Current).Fault("there is text after the end", expected: expected, found: Current.Description);
        }
    }

    private void SkipSpace(bool newlines)
    {
        while (Current.Kind == TokenKind.Whitespace || (newlines && Current.Kind == TokenKind.Newline))
        {
            _next++;
        }
    }

    private Token Take() => _tokens[_next++];

    private Origin OriginOf(Token token) => _scope.Origin.At(token.Line);
}
