using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Glasswright.Host.Configuration.Hocon;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>What a record of settings says about itself: the keys it has and what each may hold.</summary>
internal sealed class SettingSchema
{
    private static readonly ConcurrentDictionary<Type, SettingSchema> Known = new();

    private SettingSchema(Type type)
    {
        var nullability = new NullabilityInfoContext();
        Settings =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite)
                .OrderBy(property => property.MetadataToken)
                .Select(property => new Setting(property, nullability)),
        ];
    }

    /// <summary>The settings, in the order of the record's source.</summary>
    public IReadOnlyList<Setting> Settings { get; }

    /// <summary>The schema of a record type.</summary>
    public static SettingSchema Of(Type type) => Known.GetOrAdd(type, t => new SettingSchema(t));

    /// <summary>The setting of a key, or null.</summary>
    public Setting? Find(string key) => Settings.FirstOrDefault(setting => setting.Key == key);

    /// <summary>Whether values of a type are groups of settings.</summary>
    public static bool IsGroup(Type type) =>
        type.IsClass && type != typeof(string) && type != typeof(ConfigObject) && !type.IsGenericType;

    /// <summary>Every path of keys below a record type; what stands in list elements is not included.</summary>
    public static IEnumerable<string> Paths(Type type, string prefix = "")
    {
        foreach (Setting setting in Of(type).Settings)
        {
            yield return prefix + setting.Key;
            if (IsGroup(setting.ValueType))
            {
                foreach (string path in Paths(setting.ValueType, prefix + setting.Key + "."))
                {
                    yield return path;
                }
            }
        }
    }

    /// <summary><c>BiasExponent</c> as <c>bias-exponent</c>.</summary>
    public static string KebabCase(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]))
            {
                key.Append('-');
            }

            key.Append(char.ToLowerInvariant(name[i]));
        }

        return key.ToString();
    }

    /// <summary>The names of an enumeration as they are written in a configuration.</summary>
    public static IReadOnlyDictionary<string, object> NamesOf(Type enumeration) =>
        enumeration.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(
            field => field.GetCustomAttribute<KeyAttribute>()?.Key ?? KebabCase(field.Name),
            field => field.GetValue(null)!,
            StringComparer.Ordinal);
}

/// <summary>One setting of a record.</summary>
internal sealed class Setting
{
    /// <summary>Reads what the property declares.</summary>
    public Setting(PropertyInfo property, NullabilityInfoContext nullability)
    {
        Property = property;
        Key = property.GetCustomAttribute<KeyAttribute>()?.Key ?? SettingSchema.KebabCase(property.Name);
        ValueType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        NullWord = property.GetCustomAttribute<NullWordAttribute>()?.Word;
        AllowsNull = nullability.Create(property).WriteState == NullabilityState.Nullable;
        Default = property.GetCustomAttribute<DefaultAttribute>()?.Value;
        IsInputPath = property.IsDefined(typeof(InputPathAttribute));
        IsOutputPath = property.IsDefined(typeof(OutputPathAttribute));
        IsOneOrMore = property.IsDefined(typeof(OneOrMoreAttribute));
        IsSize = property.IsDefined(typeof(SizeAttribute));
        IsInRunId = !property.IsDefined(typeof(NotInRunIdAttribute));
        MinimumCount = property.GetCustomAttribute<MinimumCountAttribute>()?.Count ?? 0;
        Rules = [.. property.GetCustomAttributes<RuleAttribute>()];
        ElementType = ValueType.IsGenericType && ValueType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? ValueType.GetGenericArguments()[0]
            : null;
    }

    /// <summary>The property that holds it.</summary>
    public PropertyInfo Property { get; }

    /// <summary>Its key.</summary>
    public string Key { get; }

    /// <summary>Its type, without a question mark.</summary>
    public Type ValueType { get; }

    /// <summary>The type of the elements when it is a list.</summary>
    public Type? ElementType { get; }

    /// <summary>The word that stands for null.</summary>
    public string? NullWord { get; }

    /// <summary>Whether it may be null.</summary>
    public bool AllowsNull { get; }

    /// <summary>The value when a list element does not give it.</summary>
    public string? Default { get; }

    /// <summary>Whether it names an input file.</summary>
    public bool IsInputPath { get; }

    /// <summary>Whether it names an output.</summary>
    public bool IsOutputPath { get; }

    /// <summary>Whether a list of one element may stand without brackets.</summary>
    public bool IsOneOrMore { get; }

    /// <summary>Whether it is a number of bytes.</summary>
    public bool IsSize { get; }

    /// <summary>Whether it belongs to what identifies a run.</summary>
    public bool IsInRunId { get; }

    /// <summary>The fewest elements of a list.</summary>
    public int MinimumCount { get; }

    /// <summary>Conditions on the value or on each element.</summary>
    public IReadOnlyList<RuleAttribute> Rules { get; }
}
