using Glasswright.Kernels;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>Joins values that stand in a row: words to a string, lists to a list, objects to an object (section "Value concatenation").</summary>
internal static class Concatenation
{
    /// <summary>The joined value, or null when every part is an undefined substitution.</summary>
    /// <param name="parts">The values, null where a substitution is undefined; white space between them is marked.</param>
    /// <param name="origin">Where the row begins.</param>
    /// <exception cref="InputException">Lists, objects and words are mixed.</exception>
    public static ConfigNode? Join(IReadOnlyList<(ConfigNode? Node, bool IsSpace)> parts, Origin origin)
    {
        List<ConfigNode> solid = [.. parts.Where(part => !part.IsSpace).Select(part => part.Node).OfType<ConfigNode>()];
        if (solid.Count == 0)
        {
            return null;
        }

        if (solid.Any(node => node is ConfigArray))
        {
            return new ConfigArray([.. solid.SelectMany(node => Items(node, origin))], origin);
        }

        if (solid.Any(node => node is ConfigObject))
        {
            return solid.Cast<ConfigNode>().Aggregate((lower, upper) => Merge(lower, upper, origin));
        }

        return new ConfigScalar(
            ScalarKind.Text, string.Concat(parts.Select(part => (part.Node as ConfigScalar)?.Text)), origin);
    }

    private static IReadOnlyList<ConfigNode> Items(ConfigNode node, Origin origin) => node switch
    {
        ConfigArray array => array.Items,
        ConfigObject group when group.TryGetIndexed(out ConfigArray? array) => array.Items,
        _ => throw Mixed(node, "a list", origin),
    };

    private static ConfigObject Merge(ConfigNode lower, ConfigNode upper, Origin origin)
    {
        if (lower is not ConfigObject below || upper is not ConfigObject above)
        {
            throw Mixed(lower is ConfigObject ? upper : lower, "a group in braces", origin);
        }

        var fields = new OrderedDictionary<string, ConfigField>(StringComparer.Ordinal);
        foreach (ConfigField field in below.Fields.Concat(above.Fields))
        {
            bool bothObjects = fields.TryGetValue(field.Key, out ConfigField? other)
                && other.Value is ConfigObject && field.Value is ConfigObject;
            fields[field.Key] = bothObjects ? field with { Value = Merge(other!.Value, field.Value, origin) } : field;
        }

        return new ConfigObject([.. fields.Values], origin);
    }

    private static InputException Mixed(ConfigNode node, string expected, Origin origin) =>
        origin.Fault("values of different kinds stand in a row", expected: expected, found: node.Description);
}
