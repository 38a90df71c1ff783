using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Glasswright.Host.Output;

/// <summary>
/// The result of a command: entries with a key for programs and a label, value and unit for people. One description gives both
/// the JSON object of <c>--json</c> and the table on a terminal.
/// </summary>
internal sealed class Report
{
    private readonly List<Entry> _entries = [];

    private sealed record Entry(string? Key, string? Label, string Unit, string Format, object? Value);

    /// <summary>A number.</summary>
    /// <param name="key">The key in JSON.</param>
    /// <param name="label">What it is, for people; null to leave it out of the table.</param>
    /// <param name="value">Not finite: null in JSON.</param>
    /// <param name="unit">For people.</param>
    /// <param name="format">How people see it; JSON has the shortest text that reads back to the same bits.</param>
    public Report Number(string key, string? label, double? value, string unit = "", string format = "G9") =>
        Add(key, label, unit, format, value);

    /// <summary>A whole number.</summary>
    public Report Whole(string key, string? label, long value, string unit = "") => Add(key, label, unit, "", value);

    /// <summary>A text.</summary>
    public Report Text(string key, string? label, string? value) => Add(key, label, "", "", value);

    /// <summary>Yes or no.</summary>
    public Report Flag(string key, string? label, bool value) => Add(key, label, "", "", value);

    /// <summary>A list of numbers; people see each under its name.</summary>
    public Report Numbers(
        string key, string? label, IReadOnlyList<double> values, IReadOnlyList<string> names, string unit = "", string format = "G9") =>
        Add(key, label, unit, format, new Vector([.. values], names));

    /// <summary>Numbers by name: an object in JSON.</summary>
    public Report Map(
        string key, string? label, IEnumerable<KeyValuePair<string, double>> values, string unit = "", string format = "G9") =>
        Add(key, label, unit, format, values.ToArray());

    /// <summary>Texts: an array in JSON.</summary>
    public Report Texts(string key, string? label, IEnumerable<string> values) => Add(key, label, "", "", values.ToArray());

    /// <summary>An object below this one; people see its entries indented by its label.</summary>
    public Report Group(string key, string? label, Report inner) => Add(key, label, "", "", inner);

    /// <summary>Objects below this one: an array in JSON; people do not see it.</summary>
    public Report List(string key, IEnumerable<Report> items) => Add(key, null, "", "", items.ToArray());

    /// <summary>A line for people that programs find elsewhere in the object; not in JSON.</summary>
    public Report Line(string label, string value) => Add(null, label, "", "", value);

    /// <summary>What is JSON already; people do not see it.</summary>
    public Report Json(string key, JsonNode? node) => Add(key, null, "", "", node);

    /// <summary>The whole report as one JSON object on one line.</summary>
    public void WriteJson(TextWriter writer)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            WriteObject(json);
        }

        writer.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>The labeled entries as aligned lines.</summary>
    public void WriteTable(TextWriter writer)
    {
        var lines = new List<(string Label, string Value, string Unit)>();
        Collect(lines, "");
        int labels = lines.Count == 0 ? 0 : lines.Max(line => line.Label.Length);
        int values = lines.Count == 0 ? 0 : lines.Where(line => line.Unit.Length > 0).Select(line => line.Value.Length).DefaultIfEmpty().Max();
        foreach ((string label, string value, string unit) in lines)
        {
            string text = unit.Length > 0
                ? $"{label.PadRight(labels)}  {value.PadLeft(values)} {unit}"
                : $"{label.PadRight(labels)}  {value}";
            writer.WriteLine(text.TrimEnd());
        }
    }

    private Report Add(string? key, string? label, string unit, string format, object? value)
    {
        _entries.Add(new Entry(key, label, unit, format, value));
        return this;
    }

    private void Collect(List<(string Label, string Value, string Unit)> lines, string indent)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Label is null)
            {
                continue;
            }

            string label = indent + entry.Label;
            switch (entry.Value)
            {
                case Vector vector:
                    for (int i = 0; i < vector.Values.Length; i++)
                    {
                        lines.Add(($"{label} {vector.Names[i]}", Show(vector.Values[i], entry.Format), entry.Unit));
                    }

                    break;
                case KeyValuePair<string, double>[] map:
                    foreach ((string name, double value) in map)
                    {
                        lines.Add(($"{label} {name}", Show(value, entry.Format), entry.Unit));
                    }

                    break;
                case Report inner:
                    lines.Add((label, "", ""));
                    inner.Collect(lines, indent + "  ");
                    break;
                case string[] texts:
                    lines.Add((label, string.Join(", ", texts), ""));
                    break;
                default:
                    lines.Add((label, Show(entry.Value, entry.Format), entry.Unit));
                    break;
            }
        }
    }

    private static string Show(object? value, string format) => value switch
    {
        null => "-",
        double number when double.IsNaN(number) => "-",
        double number => number.ToString(format, CultureInfo.InvariantCulture),
        bool flag => flag ? "yes" : "no",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "-",
    };

    private void WriteObject(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (Entry entry in _entries)
        {
            if (entry.Key is not null)
            {
                json.WritePropertyName(entry.Key);
                WriteValue(json, entry.Value);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case JsonNode node:
                node.WriteTo(json);
                break;
            case Report inner:
                inner.WriteObject(json);
                break;
            case Vector vector:
                WriteArray(json, vector.Values.Cast<object>());
                break;
            case string[] texts:
                WriteArray(json, texts);
                break;
            case Report[] items:
                WriteArray(json, items);
                break;
            case KeyValuePair<string, double>[] map:
                json.WriteStartObject();
                foreach ((string name, double number) in map)
                {
                    json.WritePropertyName(name);
                    WriteValue(json, number);
                }

                json.WriteEndObject();
                break;
            default:
                // Absent, or a number that JSON cannot hold.
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable<object> values)
    {
        json.WriteStartArray();
        foreach (object value in values)
        {
            WriteValue(json, value);
        }

        json.WriteEndArray();
    }

    private sealed record Vector(double[] Values, IReadOnlyList<string> Names);
}
