using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>One value of a resolved configuration: no substitutions left, and its origin known.</summary>
internal abstract class ConfigNode(Origin origin)
{
    /// <summary>Where the value was written.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>The value in the words of an error message.</summary>
    public abstract string Description { get; }

    /// <summary>Whether two trees hold the same values, wherever they were written and in whatever order of keys.</summary>
    public static bool SameValue(ConfigNode? left, ConfigNode? right) => (left, right) switch
    {
        (null, null) => true,
        (ConfigScalar a, ConfigScalar b) => a.Kind == b.Kind && a.Text == b.Text,
        (ConfigArray a, ConfigArray b) =>
            a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => SameValue(pair.First, pair.Second)),
        (ConfigObject a, ConfigObject b) =>
            a.Fields.Count == b.Fields.Count && a.Fields.All(field => SameValue(field.Value, b.Find(field.Key))),
        _ => false,
    };
}

/// <summary>The type a scalar had where it was written.</summary>
internal enum ScalarKind
{
    /// <summary>Quoted or unquoted text.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,
}

/// <summary>A string, number, boolean or null; numbers keep the spelling they had.</summary>
internal sealed partial class ConfigScalar(ScalarKind kind, string text, Origin origin) : ConfigNode(origin)
{
    /// <summary>The type it was written as.</summary>
    public ScalarKind Kind { get; } = kind;

    /// <summary>The text, as it was written.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string Description => Kind == ScalarKind.Text ? $"\"{Text}\"" : Text;

    /// <summary>The scalar that one unquoted token stands for.</summary>
    public static ConfigScalar FromUnquoted(string text, Origin origin) => new(KindOf(text), text, origin);

    /// <summary>What an unquoted token would be read as.</summary>
    public static ScalarKind KindOf(string text) => text switch
    {
        "true" or "false" => ScalarKind.Boolean,
        "null" => ScalarKind.Null,
        _ => JsonNumber().IsMatch(text) ? ScalarKind.Number : ScalarKind.Text,
    };

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();
}

/// <summary>A list of values.</summary>
internal sealed class ConfigArray(IReadOnlyList<ConfigNode> items, Origin origin) : ConfigNode(origin)
{
    /// <summary>The elements, in order.</summary>
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Description => "a list";
}

/// <summary>One field of a <see cref="ConfigObject"/>.</summary>
/// <param name="Key">Its key.</param>
/// <param name="KeyOrigin">Where the key was given last; the value may come from elsewhere by a substitution.</param>
/// <param name="Value">Its value.</param>
internal sealed record ConfigField(string Key, Origin KeyOrigin, ConfigNode Value);

/// <summary>Fields in the order in which their keys first appeared.</summary>
internal sealed class ConfigObject : ConfigNode
{
    private readonly Dictionary<string, ConfigField> _byKey;

    /// <summary>Creates an object of fields whose keys differ.</summary>
    public ConfigObject(IReadOnlyList<ConfigField> fields, Origin origin)
        : base(origin)
    {
        Fields = fields;
        _byKey = fields.ToDictionary(field => field.Key, StringComparer.Ordinal);
    }

    /// <summary>The fields, in order.</summary>
    public IReadOnlyList<ConfigField> Fields { get; }

    /// <inheritdoc/>
    public override string Description => "a group in braces";

    /// <summary>The value of a key, or null.</summary>
    public ConfigNode? Find(string key) => _byKey.GetValueOrDefault(key)?.Value;

    /// <summary>The field of a key, or null.</summary>
    public ConfigField? FindField(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>The value at a path of keys, or null; of a list the keys are 0, 1, 2, ….</summary>
    public ConfigNode? Find(IEnumerable<string> path)
    {
        ConfigNode? node = this;
        foreach (string key in path)
        {
            node = node switch
            {
                ConfigObject group => group.Find(key),
                ConfigArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) =>
                    list.Items.ElementAtOrDefault(index),
                _ => null,
            };
        }

        return node;
    }

    /// <summary>
    /// The list that an object with the keys 0, 1, 2, … stands for (section "Conversion of numerically-indexed objects
    /// to arrays"): sorted by index, other keys ignored; false when it has no such key.
    /// </summary>
    public bool TryGetIndexed([NotNullWhen(true)] out ConfigArray? array)
    {
        var indexed = new SortedDictionary<int, ConfigNode>();
        foreach (ConfigField field in Fields)
        {
            if (int.TryParse(field.Key, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                indexed[index] = field.Value;
            }
        }

        array = indexed.Count == 0 ? null : new ConfigArray([.. indexed.Values], Origin);
        return array is not null;
    }
}
