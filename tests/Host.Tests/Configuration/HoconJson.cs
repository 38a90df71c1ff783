using System.Text.Json.Nodes;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Kernels;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>Compares trees with JSON read by another parser, that of the base library.</summary>
internal static class HoconJson
{
    /// <summary>Asserts that a HOCON text means what a JSON text says.</summary>
    public static void ShouldMean(string hocon, string json, Func<string, string?>? environment = null) =>
        ShouldEqual(HoconReader.ReadText(hocon, "text", environment), json);

    /// <summary>Asserts that a tree equals a JSON text.</summary>
    public static void ShouldEqual(ConfigNode actual, string json)
    {
        JsonNode expected = JsonNode.Parse(json)!;
        JsonNode.DeepEquals(ToJson(actual), expected).ShouldBeTrue($"expected {expected.ToJsonString()}, found {HoconWriter.Write(actual)}");
    }

    /// <summary>The error of a HOCON text.</summary>
    public static InputException ShouldFail(string hocon) =>
        Should.Throw<InputException>(() => HoconReader.ReadText(hocon, "bad.conf"));

    private static JsonNode? ToJson(ConfigNode node) => node switch
    {
        ConfigObject group => new JsonObject(group.Fields.Select(field => KeyValuePair.Create(field.Key, ToJson(field.Value)))),
        ConfigArray array => new JsonArray([.. array.Items.Select(ToJson)]),
        ConfigScalar { Kind: ScalarKind.Text } text => JsonValue.Create(text.Text),
        ConfigScalar scalar => JsonNode.Parse(scalar.Text),
        _ => throw new InvalidOperationException(),
    };
}
