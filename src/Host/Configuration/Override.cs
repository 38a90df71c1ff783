using Glasswright.Host.Configuration.Hocon;
using Glasswright.Kernels;

namespace Glasswright.Host.Configuration;

/// <summary>
/// One <c>-D path=value</c>. A value that begins with <c>[</c>, <c>{</c> or <c>"</c> is HOCON; any other is text, converted
/// to the type of its key when it is bound, so that a shell needs no second layer of quotes.
/// </summary>
internal sealed class Override
{
    private readonly IReadOnlyList<string> _path;
    private readonly IReadOnlyList<Syntax> _layers;
    private readonly Origin _origin;

    private Override(IReadOnlyList<string> path, IReadOnlyList<Syntax> layers, Origin origin)
    {
        _path = path;
        _layers = layers;
        _origin = origin;
    }

    /// <summary>Reads an assignment.</summary>
    /// <param name="assignment">The <c>path=value</c>.</param>
    /// <param name="workingDirectory">The folder that relative paths in it start from.</param>
    /// <param name="flag">The flag that stands for it, which errors name; null for <c>-D</c> itself.</param>
    /// <exception cref="InputException">There is no '=', the path is none, or the value is broken HOCON.</exception>
    public static Override Parse(string assignment, string workingDirectory, string? flag = null)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new InputException($"-D {assignment} gives no value", expected: "-D path=value", found: $"'{assignment}'");
        }

        string key = assignment[..equals].Trim();
        string value = assignment[(equals + 1)..].Trim();
        var origin = new Origin(flag ?? $"-D {key}", null, workingDirectory);
        IReadOnlyList<string> path = PathExpression.Parse(key, origin);
        IReadOnlyList<Syntax> layers = value is ['[' or '{' or '"', ..]
            ? Parser.ParseValue(value, path, ParseScope.OfText(origin))
            : [new ScalarSyntax(new ConfigScalar(value == "null" ? ScalarKind.Null : ScalarKind.Text, value, origin))];
        return new Override(path, layers, origin);
    }

    /// <summary>Lays the value over a configuration.</summary>
    public void ApplyTo(ObjectSyntax root)
    {
        LayerStack field = root.Field(_path, _origin);
        foreach (Syntax layer in _layers)
        {
            field.Add(layer);
        }
    }
}
