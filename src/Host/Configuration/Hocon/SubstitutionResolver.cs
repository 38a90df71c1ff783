using Glasswright.Kernels;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>
/// Replaces substitutions by what they stand for and folds the layers of each field into one value (sections
/// "Substitutions" and "Self-referential substitutions").
/// <para>
/// A substitution looks at the final value of its path. While the value of a layer is being found, that layer and all
/// above it are invisible, so a field that refers to itself sees what it had before. Objects are looked into without
/// resolving their other fields, so parts of an object may refer to each other. Each occurrence is resolved once.
/// </para>
/// </summary>
internal sealed class SubstitutionResolver
{
    /// <summary>Substitutions may lead to one another this often: beyond use, well below the end of the stack.</summary>
    private const int LongestChain = 200;

    private readonly ObjectSyntax _root;
    private readonly Func<string, string?> _environment;
    private readonly string _workingDirectory;

    /// <summary>Layers whose value is being found: nothing at or above them can be seen.</summary>
    private readonly HashSet<object> _hidden = new(ReferenceEqualityComparer.Instance);

    /// <summary>Objects and lists that are being resolved as a whole; meeting one again is a cycle.</summary>
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<Syntax, ConfigNode?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly List<SubstitutionSyntax> _trail = [];

    private SubstitutionResolver(ObjectSyntax root, Func<string, string?> environment, string workingDirectory)
    {
        _root = root;
        _environment = environment;
        _workingDirectory = workingDirectory;
    }

    /// <summary>The configuration without substitutions.</summary>
    /// <param name="root">All sources, merged.</param>
    /// <param name="environment">Environment variables, for what the configuration does not hold.</param>
    /// <param name="workingDirectory">The folder that a relative path in an environment variable starts from.</param>
    /// <exception cref="InputException">A substitution has no value or is part of a cycle, or unlike values are joined.</exception>
    public static ConfigObject Resolve(ObjectSyntax root, Func<string, string?> environment, string workingDirectory)
    {
        var resolver = new SubstitutionResolver(root, environment, workingDirectory);
        return (ConfigObject)resolver.Fold([new Layer(root)], out _)!;
    }

    /// <summary>The list of a document whose root is a list.</summary>
    public static ConfigArray Resolve(ArraySyntax root, Func<string, string?> environment, string workingDirectory)
    {
        var resolver = new SubstitutionResolver(new ObjectSyntax(root.Origin), environment, workingDirectory);
        return (ConfigArray)resolver.Fold([new Layer(root)], out _)!;
    }

    /// <summary>A value given to a field: as parsed, or already resolved because it came out of a substitution.</summary>
    private readonly record struct Layer(Syntax? Syntax, ConfigNode? Node = null)
    {
        public object Identity => (object?)Syntax ?? Node!;

        public bool NeedsResolving => Syntax is SubstitutionSyntax or ConcatenationSyntax;
    }

    /// <summary>Folds the layers of a field into its value; null when nothing gives it one.</summary>
    private ConfigNode? Fold(IReadOnlyList<Layer> layers, out bool cycle)
    {
        layers = Visible(layers, out cycle);
        if (layers.Count == 0)
        {
            return null;
        }

        object top = layers[^1].Identity;
        if (!_open.Add(top))
        {
            cycle = true;
            return null;
        }

        try
        {
            return FoldVisible(layers);
        }
        finally
        {
            _open.Remove(top);
        }
    }

    private ConfigNode? FoldVisible(IReadOnlyList<Layer> layers)
    {
        // From the newest down, until a plain value hides the rest; only then are the objects above it merged, so that
        // a hidden substitution is never evaluated.
        var objects = new List<Layer>();
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            Layer layer = layers[i];
            if (layer.NeedsResolving)
            {
                if (Evaluate(layer.Syntax!, layers, i) is not { } node)
                {
                    continue;
                }

                layer = new Layer(null, node);
            }

            if (layer is { Syntax: ObjectSyntax } or { Node: ConfigObject })
            {
                objects.Insert(0, layer);
            }
            else if (objects.Count > 0)
            {
                break;
            }
            else
            {
                return layer.Node ?? Plain(layer.Syntax!);
            }
        }

        return objects switch
        {
            [] => null,
            [{ Node: { } node }] => node,
            _ => MergeObjects(objects),
        };
    }

    private ConfigNode Plain(Syntax syntax) => syntax switch
    {
        ScalarSyntax scalar => scalar.Value,
        ArraySyntax array => new ConfigArray(
            [.. array.Items.Select(item => Fold(Layers(item), out _)).OfType<ConfigNode>()], array.Origin),
        _ => throw new InvalidOperationException($"{syntax.GetType().Name} is not a plain value"),
    };

    private ConfigObject MergeObjects(IReadOnlyList<Layer> objects)
    {
        var keys = new OrderedDictionary<string, Origin>(StringComparer.Ordinal);
        foreach (Layer layer in objects)
        {
            if (layer.Syntax is ObjectSyntax syntax)
            {
                foreach ((string key, LayerStack stack) in syntax.Fields)
                {
                    keys[key] = stack.KeyOrigin ?? syntax.Origin;
                }
            }
            else
            {
                foreach (ConfigField field in ((ConfigObject)layer.Node!).Fields)
                {
                    keys[field.Key] = field.KeyOrigin;
                }
            }
        }

        var fields = new List<ConfigField>(keys.Count);
        foreach ((string key, Origin keyOrigin) in keys)
        {
            if (Fold(Descend(objects, key), out _) is { } value)
            {
                fields.Add(new ConfigField(key, keyOrigin, value));
            }
        }

        Layer last = objects[^1];
        return new ConfigObject(fields, last.Syntax?.Origin ?? last.Node!.Origin);
    }

    /// <summary>The layers of one key of a field that holds an object; empty when no visible layer has the key.</summary>
    private List<Layer> Descend(IReadOnlyList<Layer> layers, string key)
    {
        var result = new List<Layer>();
        for (int i = 0; i < layers.Count; i++)
        {
            Layer layer = layers[i];
            if (layer.NeedsResolving)
            {
                if (Evaluate(layer.Syntax!, layers, i) is not { } node)
                {
                    continue;
                }

                layer = new Layer(null, node);
            }

            switch (layer)
            {
                case { Syntax: ObjectSyntax syntax }:
                    if (syntax.Fields.TryGetValue(key, out LayerStack? stack))
                    {
                        result.AddRange(Layers(stack));
                    }

                    break;
                case { Node: ConfigObject node }:
                    if (node.Find(key) is { } value)
                    {
                        result.Add(new Layer(null, value));
                    }

                    break;
                default:
                    result.Clear();
                    break;
            }
        }

        return result;
    }

    /// <summary>The layers below the lowest one whose value is being found.</summary>
    private IReadOnlyList<Layer> Visible(IReadOnlyList<Layer> layers, out bool cut)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            if (_hidden.Contains(layers[i].Identity))
            {
                cut = true;
                return [.. layers.Take(i)];
            }
        }

        cut = false;
        return layers;
    }

    private static IReadOnlyList<Layer> Layers(LayerStack stack) => [.. stack.Layers.Select(layer => new Layer(layer))];

    /// <summary>The value of a substitution or concatenation that is layer <paramref name="index"/> of its field.</summary>
    private ConfigNode? Evaluate(Syntax syntax, IReadOnlyList<Layer> layers, int index)
    {
        if (_known.TryGetValue(syntax, out ConfigNode? known))
        {
            return known;
        }

        _hidden.Add(syntax);
        try
        {
            ConfigNode? value = syntax switch
            {
                SubstitutionSyntax substitution => Substitute(substitution),
                ConcatenationSyntax concatenation => Concatenate(concatenation, layers, index),
                _ => throw new InvalidOperationException($"{syntax.GetType().Name} needs no resolving"),
            };
            _known[syntax] = value;
            return value;
        }
        finally
        {
            _hidden.Remove(syntax);
        }
    }

    private ConfigNode? Concatenate(ConcatenationSyntax concatenation, IReadOnlyList<Layer> layers, int index)
    {
        var parts = new List<(ConfigNode? Node, bool IsSpace)>();
        foreach (Syntax part in concatenation.Parts)
        {
            ConfigNode? node = part switch
            {
                SubstitutionSyntax substitution => Evaluate(substitution, [], 0),
                PreviousSyntax => Fold([.. layers.Take(index)], out _),
                _ => Fold([new Layer(part)], out _),
            };
            parts.Add((node, part is ScalarSyntax { IsSpace: true }));
        }

        return Concatenation.Join(parts, concatenation.Origin);
    }

    private ConfigNode? Substitute(SubstitutionSyntax substitution)
    {
        if (_trail.Count >= LongestChain)
        {
            throw substitution.Origin.Fault(
                "substitutions lead to one another too often", expected: $"at most {LongestChain} in a chain", found: substitution.ToString());
        }

        _trail.Add(substitution);
        bool cycle = false;
        ConfigNode? value = null;
        if (!substitution.IsEnvironmentList)
        {
            foreach (IReadOnlyList<string> start in substitution.Bases)
            {
                value = LookUp([.. start, .. substitution.Path], out bool met);
                cycle |= met;
                if (value is not null)
                {
                    break;
                }
            }
        }

        value ??= FromEnvironment(substitution);
        if (value is null && !substitution.IsOptional)
        {
            throw Unresolved(substitution, cycle);
        }

        if (value is not null and not ConfigObject && substitution.MustBeObject)
        {
            throw substitution.Origin.Fault(
                $"{substitution} is joined with a group in braces", expected: "a group in braces", found: value.Description);
        }

        _trail.RemoveAt(_trail.Count - 1);
        return value;
    }

    private ConfigNode? LookUp(IReadOnlyList<string> path, out bool cycle)
    {
        cycle = false;
        IReadOnlyList<Layer> layers = [new Layer(_root)];
        foreach (string key in path)
        {
            layers = Visible(layers, out bool cut);
            cycle |= cut;
            layers = Descend(layers, key);
        }

        ConfigNode? value = Fold(layers, out bool met);
        cycle |= met;
        return value;
    }

    /// <summary>Environment variables; an empty one counts as absent (section "Substitution fallback to environment variables").</summary>
    private ConfigNode? FromEnvironment(SubstitutionSyntax substitution)
    {
        string name = string.Join('.', substitution.Path);
        if (!substitution.IsEnvironmentList)
        {
            return Variable(name);
        }

        var items = new List<ConfigNode>();
        while (Variable($"{name}_{items.Count}") is { } item)
        {
            items.Add(item);
        }

        return items.Count == 0 ? null : new ConfigArray(items, substitution.Origin);
    }

    private ConfigScalar? Variable(string name)
    {
        string? text = _environment(name);
        return string.IsNullOrEmpty(text)
            ? null
            : new ConfigScalar(ScalarKind.Text, text, new Origin($"environment variable {name}", null, _workingDirectory));
    }

    private InputException Unresolved(SubstitutionSyntax substitution, bool cycle)
    {
        if (!cycle)
        {
            return substitution.Origin.Fault(
                $"the substitution {substitution} has no value",
                expected: "a key of the configuration or an environment variable of that name");
        }

        int first = _trail.FindIndex(other => other != substitution && SameTarget(other, substitution));
        IEnumerable<SubstitutionSyntax> loop = first >= 0 ? _trail.Skip(first) : _trail;
        return substitution.Origin.Fault(
            "substitutions form a cycle",
            expected: "a value that does not lead back to itself",
            found: string.Join(" -> ", loop.Select(other => other.ToString())));
    }

    private static bool SameTarget(SubstitutionSyntax left, SubstitutionSyntax right) =>
        left.Path.SequenceEqual(right.Path, StringComparer.Ordinal);
}
