using System.Collections;
using Glasswright.Host.Configuration.Hocon;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>
/// Turns records of settings back into a tree, every value in one fixed spelling: <c>0.0001</c>, <c>1e-4</c> and
/// <c>"1e-4"</c> all become the same text.
/// </summary>
internal static class SettingTree
{
    private static readonly Origin Nowhere = new("resolved settings", null, Path.DirectorySeparatorChar.ToString());

    /// <summary>The tree of a record, with all its settings in the order of its source.</summary>
    public static ConfigObject From(object record) => From(record, _ => true, path => path);

    /// <summary>The tree of what decides a run's answer, input files replaced by what identifies their content.</summary>
    public static ConfigObject OfRunId(object record, Func<string, string> identify) =>
        From(record, setting => setting.IsInRunId, identify);

    private static ConfigObject From(object record, Func<Setting, bool> include, Func<string, string> identify) => new(
        [
            .. SettingSchema.Of(record.GetType()).Settings.Where(include).Select(setting => new ConfigField(
                setting.Key, Nowhere, Value(setting, setting.Property.GetValue(record), include, identify))),
        ],
        Nowhere);

    private static ConfigNode Value(Setting setting, object? value, Func<Setting, bool> include, Func<string, string> identify)
    {
        return value switch
        {
            null when setting.NullWord is { } word => new ConfigScalar(ScalarKind.Text, word, Nowhere),
            null => new ConfigScalar(ScalarKind.Null, "null", Nowhere),
            ConfigNode node => node,
            string path when setting.IsInputPath => ScalarConversion.ToScalar(identify(path), Nowhere),
            string text => ScalarConversion.ToScalar(text, Nowhere),
            IReadOnlyDictionary<string, double> figures => new ConfigObject(
                [.. figures.Select(figure => new ConfigField(figure.Key, Nowhere, ScalarConversion.ToScalar(figure.Value, Nowhere)))], Nowhere),
            IList { Count: 1 } only when setting.IsOneOrMore => Value(setting, only[0], include, identify),
            IEnumerable items => new ConfigArray(
                [.. items.Cast<object>().Select(item => Value(setting, item, include, identify))], Nowhere),
            _ when SettingSchema.IsGroup(value.GetType()) => From(value, include, identify),
            _ => ScalarConversion.ToScalar(value, Nowhere),
        };
    }
}
