using System.Globalization;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>The key of a setting, where it is not the property's name in kebab-case.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KeyAttribute(string key) : Attribute
{
    /// <summary>The key as it is written in a configuration.</summary>
    public string Key { get; } = key;
}

/// <summary>A word that stands for "no value" of a nullable setting: <c>auto</c>, <c>none</c>, <c>off</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NullWordAttribute(string word) : Attribute
{
    /// <summary>The word.</summary>
    public string Word { get; } = word;
}

/// <summary>The value of a setting inside a list element, which the reference configuration cannot give.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DefaultAttribute(string value) : Attribute
{
    /// <summary>The value, as it would be written.</summary>
    public string Value { get; } = value;
}

/// <summary>A list that may be written without brackets when it has one element, and is then written so again.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOrMoreAttribute : Attribute;

/// <summary>An input file: a relative one starts from the folder of the file that names it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InputPathAttribute : Attribute;

/// <summary>An output path: a relative one starts from the working directory.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OutputPathAttribute : Attribute;

/// <summary>A number of bytes, written with a unit such as <c>64 MiB</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SizeAttribute : Attribute;

/// <summary>A setting that changes how or where a run works but not one bit of its answer: it is left out of the run id.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotInRunIdAttribute : Attribute;

/// <summary>A condition on the value of a setting, or on each element of a list; null is never checked.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal abstract class RuleAttribute : Attribute
{
    /// <summary>What is allowed, as an error message says it.</summary>
    public abstract string Expected { get; }

    /// <summary>The names to choose from, when the rule is a list of names.</summary>
    public virtual IReadOnlyList<string> Names => [];

    /// <summary>Whether a value is allowed.</summary>
    public abstract bool Allows(object value);

    /// <summary>Any number or duration (in seconds) as a double, for comparisons.</summary>
    protected static double Number(object value) =>
        value is TimeSpan duration ? duration.TotalSeconds : Convert.ToDouble(value, CultureInfo.InvariantCulture);
}

/// <summary>The value is not below a bound.</summary>
internal sealed class AtLeastAttribute(double bound) : RuleAttribute
{
    /// <inheritdoc/>
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"at least {bound}");

    /// <inheritdoc/>
    public override bool Allows(object value) => Number(value) >= bound;
}

/// <summary>The value is above a bound.</summary>
internal sealed class MoreThanAttribute(double bound) : RuleAttribute
{
    /// <inheritdoc/>
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"more than {bound}");

    /// <inheritdoc/>
    public override bool Allows(object value) => Number(value) > bound;
}

/// <summary>The value is not above a bound.</summary>
internal sealed class AtMostAttribute(double bound) : RuleAttribute
{
    /// <inheritdoc/>
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"at most {bound}");

    /// <inheritdoc/>
    public override bool Allows(object value) => Number(value) <= bound;
}

/// <summary>The value is below a bound.</summary>
internal sealed class LessThanAttribute(double bound) : RuleAttribute
{
    /// <inheritdoc/>
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"less than {bound}");

    /// <inheritdoc/>
    public override bool Allows(object value) => Number(value) < bound;
}

/// <summary>The text is one of some names.</summary>
internal sealed class OneOfAttribute(params string[] names) : RuleAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => names;

    /// <inheritdoc/>
    public override string Expected => "one of " + string.Join(", ", names);

    /// <inheritdoc/>
    public override bool Allows(object value) => names.Contains((string)value, StringComparer.Ordinal);
}

/// <summary>The list has at least so many elements.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MinimumCountAttribute(int count) : Attribute
{
    /// <summary>The fewest elements.</summary>
    public int Count { get; } = count;
}
