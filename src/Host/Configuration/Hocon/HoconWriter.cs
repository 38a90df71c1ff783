using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>Writes a resolved tree as HOCON text that reads back to the same tree.</summary>
internal static partial class HoconWriter
{
    private const int IndentWidth = 2;

    /// <summary>The text of a whole document: fields without outer braces, one a line.</summary>
    public static string Write(ConfigObject root)
    {
        var text = new StringBuilder();
        WriteFields(text, root, indent: 0);
        return text.ToString();
    }

    /// <summary>A value on as few lines as it needs.</summary>
    public static string Write(ConfigNode node)
    {
        var text = new StringBuilder();
        WriteValue(text, node, indent: 0);
        return text.ToString();
    }

    /// <summary>A key as it must be written to be one key: quoted when it is more than a plain word.</summary>
    public static string RenderKey(string key) => PlainWord().IsMatch(key) && key != "include" ? key : Quote(key);

    private static void WriteFields(StringBuilder text, ConfigObject node, int indent)
    {
        foreach (ConfigField field in node.Fields)
        {
            text.Append(' ', indent).Append(RenderKey(field.Key));
            text.Append(field.Value is ConfigObject ? " " : " = ");
            WriteValue(text, field.Value, indent);
            text.Append('\n');
        }
    }

    private static void WriteValue(StringBuilder text, ConfigNode node, int indent)
    {
        switch (node)
        {
            case ConfigScalar scalar:
                text.Append(RenderScalar(scalar));
                break;
            case ConfigObject { Fields.Count: 0 }:
                text.Append("{}");
                break;
            case ConfigObject group:
                text.Append("{\n");
                WriteFields(text, group, indent + IndentWidth);
                text.Append(' ', indent).Append('}');
                break;
            case ConfigArray array when array.Items.All(item => item is ConfigScalar):
                text.Append('[').AppendJoin(", ", array.Items.Cast<ConfigScalar>().Select(RenderScalar)).Append(']');
                break;
            case ConfigArray array:
                text.Append("[\n");
                foreach (ConfigNode item in array.Items)
                {
                    text.Append(' ', indent + IndentWidth);
                    WriteValue(text, item, indent + IndentWidth);
                    text.Append('\n');
                }

                text.Append(' ', indent).Append(']');
                break;
        }
    }

    private static string RenderScalar(ConfigScalar scalar)
    {
        bool bare = scalar.Kind != ScalarKind.Text
            || (PlainWord().IsMatch(scalar.Text) && ConfigScalar.KindOf(scalar.Text) == ScalarKind.Text);
        return bare ? scalar.Text : Quote(scalar.Text);
    }

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\')
            {
                text.Append('\\').Append(c);
            }
            else if (c < ' ' || char.IsSurrogate(c))
            {
                // A lone surrogate would not survive UTF-8; a pair of escapes reads back to the same two code units.
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append('"').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_-]*\z")]
    private static partial Regex PlainWord();
}
