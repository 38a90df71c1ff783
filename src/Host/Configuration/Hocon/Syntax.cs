namespace Glasswright.Host.Configuration.Hocon;

/// <summary>
/// One value as it was parsed, before substitutions are resolved. Substitutions look at the whole configuration, so
/// nothing may be thrown away while parsing but what a later plain value hides for certain.
/// </summary>
internal abstract class Syntax(Origin origin)
{
    /// <summary>Where it was written.</summary>
    public Origin Origin { get; } = origin;
}

/// <summary>A scalar that stands as it is.</summary>
/// <param name="value">The scalar.</param>
/// <param name="isSpace">Whether it is the unquoted white space between two parts of a concatenation.</param>
internal sealed class ScalarSyntax(ConfigScalar value, bool isSpace = false) : Syntax(value.Origin)
{
    /// <summary>The scalar.</summary>
    public ConfigScalar Value { get; } = value;

    /// <summary>White space between parts: kept between words, ignored between lists or objects.</summary>
    public bool IsSpace { get; } = isSpace;
}

/// <summary>A list; each element is a stack of values, as a field is.</summary>
internal sealed class ArraySyntax(IReadOnlyList<LayerStack> items, Origin origin) : Syntax(origin)
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<LayerStack> Items { get; } = items;
}

/// <summary>Several values in a row that make one string or one list.</summary>
internal sealed class ConcatenationSyntax(IReadOnlyList<Syntax> parts, Origin origin) : Syntax(origin)
{
    /// <summary>The parts, white space between them included.</summary>
    public IReadOnlyList<Syntax> Parts { get; } = parts;
}

/// <summary>The value of the same field before this one: the <c>${?a}</c> hidden in <c>a += b</c>.</summary>
internal sealed class PreviousSyntax(Origin origin) : Syntax(origin);

/// <summary><c>${a.b}</c> or <c>${?a.b}</c>.</summary>
/// <param name="path">The keys, as written.</param>
/// <param name="origin">Where it was written.</param>
internal sealed class SubstitutionSyntax(IReadOnlyList<string> path, Origin origin) : Syntax(origin)
{
    /// <summary>The keys, as written.</summary>
    public IReadOnlyList<string> Path { get; } = path;

    /// <summary>Whether it may stay without a value.</summary>
    public bool IsOptional { get; init; }

    /// <summary><c>${X[]}</c>: a list from the environment variables X_0, X_1, ….</summary>
    public bool IsEnvironmentList { get; init; }

    /// <summary>Whether it is joined with an object, so that it has to be one itself.</summary>
    public bool MustBeObject { get; init; }

    /// <summary>
    /// The paths at which its file, and the files including that one, were included; innermost first, the root last. The
    /// path is looked up below each of them in turn (section "Include semantics: substitution").
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<string>> Bases { get; init; }

    /// <summary>The substitution as it is spelled.</summary>
    public override string ToString() =>
        (IsOptional ? "${?" : "${") + PathExpression.Render(Path) + (IsEnvironmentList ? "[]}" : "}");
}

/// <summary>An object literal, its fields in order of first appearance.</summary>
internal sealed class ObjectSyntax(Origin origin) : Syntax(origin)
{
    private readonly OrderedDictionary<string, LayerStack> _fields = new(StringComparer.Ordinal);

    /// <summary>Keys and the values given to them.</summary>
    public IReadOnlyDictionary<string, LayerStack> Fields => _fields;

    /// <summary>The stack of values of a key, empty when the key is new.</summary>
    public LayerStack Field(string key, Origin keyOrigin)
    {
        if (!_fields.TryGetValue(key, out LayerStack? stack))
        {
            stack = new LayerStack();
            _fields.Add(key, stack);
        }

        stack.KeyOrigin = keyOrigin;
        return stack;
    }

    /// <summary>The stack of values below a path of keys, with the objects on the way.</summary>
    public LayerStack Field(IReadOnlyList<string> path, Origin keyOrigin)
    {
        ObjectSyntax parent = this;
        for (int i = 0; i + 1 < path.Count; i++)
        {
            LayerStack stack = parent.Field(path[i], keyOrigin);
            stack.Add(new ObjectSyntax(keyOrigin));
            parent = (ObjectSyntax)stack.Layers[^1];
        }

        return parent.Field(path[^1], keyOrigin);
    }

    /// <summary>Lays all fields of another object over this one.</summary>
    public void Merge(ObjectSyntax other)
    {
        foreach ((string key, LayerStack theirs) in other._fields)
        {
            LayerStack mine = Field(key, theirs.KeyOrigin ?? other.Origin);
            foreach (Syntax layer in theirs.Layers)
            {
                mine.Add(layer);
            }
        }
    }
}

/// <summary>
/// All values given to one field, the oldest first (sections "Duplicate keys and object merging" and "Self-referential
/// substitutions"). Two objects in a row are merged at once; a plain value drops what it hides.
/// </summary>
internal sealed class LayerStack
{
    private readonly List<Syntax> _layers = [];

    /// <summary>The values, the oldest first.</summary>
    public IReadOnlyList<Syntax> Layers => _layers;

    /// <summary>Where the key was given last.</summary>
    public Origin? KeyOrigin { get; set; }

    /// <summary>Gives the field one more value.</summary>
    public void Add(Syntax layer)
    {
        if (layer is ObjectSyntax next && _layers is [.., ObjectSyntax last])
        {
            last.Merge(next);
            return;
        }

        if (layer is ScalarSyntax or ArraySyntax)
        {
            _layers.Clear();
        }

        _layers.Add(layer);
    }
}
