using System.Globalization;
using Glasswright.Host.Configuration.Hocon;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>Scalars to typed values (section "Automatic type conversions") and back.</summary>
internal static class ScalarConversion
{
    private const double LargestExactInteger = 9007199254740992;

    /// <summary>The value of a type that a scalar stands for, or null when it stands for none.</summary>
    public static object? Convert(ConfigScalar scalar, Type type, bool isSize)
    {
        string text = scalar.Text;
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(bool))
        {
            return text switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null };
        }

        if (type == typeof(TimeSpan))
        {
            return Units.TryDuration(text, out TimeSpan duration) ? duration : null;
        }

        if (isSize)
        {
            return Units.TrySize(text, out long bytes) ? bytes : null;
        }

        if (type == typeof(double))
        {
            return Number(text);
        }

        if (type == typeof(ulong))
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;
        }

        if (type == typeof(long))
        {
            return Whole(text);
        }

        if (type == typeof(int))
        {
            return Whole(text) is { } whole and >= int.MinValue and <= int.MaxValue ? (int)whole : null;
        }

        return type.IsEnum
            ? SettingSchema.NamesOf(type).GetValueOrDefault(text)
            : throw new NotSupportedException($"settings of type {type.Name} are not supported");
    }

    /// <summary>What text a type takes, for an error message.</summary>
    public static string Expected(Type type, bool isSize) => type switch
    {
        _ when isSize => Units.ExpectedSize,
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "on or off",
        _ when type == typeof(TimeSpan) => Units.ExpectedDuration,
        _ when type == typeof(double) => "a number",
        _ when type == typeof(ulong) => "a whole number, 0 or more",
        _ when type == typeof(long) || type == typeof(int) => "a whole number",
        _ when type.IsEnum => "one of " + string.Join(", ", SettingSchema.NamesOf(type).Keys),
        _ => "a group in braces",
    };

    /// <summary>The scalar that converts back to a value, in one fixed spelling.</summary>
    public static ConfigScalar ToScalar(object value, Origin origin)
    {
        return value switch
        {
            string text => new ConfigScalar(ScalarKind.Text, text, origin),
            bool flag => new ConfigScalar(ScalarKind.Text, flag ? "on" : "off", origin),
            double number => new ConfigScalar(ScalarKind.Number, Render(number), origin),
            int or long or ulong =>
                new ConfigScalar(ScalarKind.Number, ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), origin),
            TimeSpan duration => new ConfigScalar(ScalarKind.Text, Units.Render(duration), origin),
            Enum name => new ConfigScalar(
                ScalarKind.Text, SettingSchema.NamesOf(name.GetType()).First(pair => pair.Value.Equals(name)).Key, origin),
            _ => throw new NotSupportedException($"settings of type {value.GetType().Name} are not supported"),
        };
    }

    /// <summary>The shortest text that reads back to the same bits.</summary>
    private static string Render(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>A whole number, also spelled <c>1e6</c>, as far as a double holds it exactly.</summary>
    private static long? Whole(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        return Number(text) is { } number && number == Math.Truncate(number) && Math.Abs(number) <= LargestExactInteger
            ? (long)number
            : null;
    }
}
