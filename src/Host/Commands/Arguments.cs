using System.CommandLine;
using System.Globalization;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Commands;

/// <summary>The values of a parsed command line, converted with errors that name the flag, what was expected and what was found.</summary>
internal sealed class Arguments(ParseResult result)
{
    /// <summary>The verb, for messages that tell how to call it.</summary>
    public string Verb => result.CommandResult.Command.Name;

    /// <summary>Whether a flag without a value is given.</summary>
    public bool Has(Option<bool> option) => result.GetValue(option);

    /// <summary>Whether a flag is given at all.</summary>
    public bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>The value of a flag; null when it is not given.</summary>
    public string? Text(Option<string> option) =>
        result.GetValue(option) is { } text ? CheckText(option, text) : null;

    /// <summary>The value of a flag that cannot be left out.</summary>
    public string Required(Option<string> option) => Text(option) ?? throw new InputException(
        $"{option.Name} is not given", expected: $"{option.Name} {option.HelpName}");

    /// <summary>The values of a flag that may be given several times.</summary>
    public IReadOnlyList<string> Repeated(Option<string[]> option) =>
        [.. (result.GetValue(option) ?? []).Select(text => CheckText(option, text))];

    /// <summary>The positional values.</summary>
    public IReadOnlyList<string> Positional(Argument<string[]> argument) => result.GetValue(argument) ?? [];

    /// <summary>The positional value; null when it is not given.</summary>
    public string? Positional(Argument<string?> argument) => result.GetValue(argument);

    /// <summary>A number; null when the flag is not given.</summary>
    /// <param name="option">The flag.</param>
    /// <param name="expected">What it should be, in words.</param>
    /// <param name="isValid">Which finite numbers are allowed.</param>
    public double? Number(Option<string> option, string expected, Func<double, bool> isValid) =>
        Text(option) is { } text ? ParseNumber(option.Name, text, expected, isValid) : null;

    /// <summary>Numbers between commas; null when the flag is not given.</summary>
    public IReadOnlyList<double>? Numbers(Option<string> option, string expected, Func<double, bool> isValid) =>
        Text(option) is { } text
            ? [.. text.Split(',').Select(part => ParseNumber(option.Name, part.Trim(), expected, isValid))]
            : null;

    /// <summary>A whole number within limits; null when the flag is not given.</summary>
    public long? Whole(Option<string> option, long least, long most = int.MaxValue)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw new InputException(
                $"{option.Name} is not usable",
                expected: FormattableString.Invariant($"a whole number from {least} to {most}"),
                found: $"'{text}'");
    }

    /// <summary>The key of random streams, any number of 64 bits; null when the flag is not given.</summary>
    public ulong? Seed(Option<string> option) =>
        Text(option) is not { } text ? null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
            : throw new InputException(
                $"{option.Name} is not usable",
                expected: FormattableString.Invariant($"a whole number from 0 to {ulong.MaxValue}"),
                found: $"'{text}'");

    /// <summary>The value of a flag with a fixed set of words; null when it is not given.</summary>
    public T? Choice<T>(Option<string> option, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        if (Text(option) is not { } text)
        {
            return null;
        }

        var names = new List<string>();
        foreach ((string name, T value) in choices)
        {
            if (name == text)
            {
                return value;
            }

            names.Add(name);
        }

        throw new InputException(
            $"{option.Name} has no such value", expected: string.Join(", ", names), found: $"'{text}'", nearest: NearestName.Find(text, names));
    }

    /// <summary>Names between commas; null when the flag is not given.</summary>
    public IReadOnlyList<string>? Names(Option<string> option) =>
        Text(option)?.Split(',').Select(name => name.Trim()).ToArray();

    private static double ParseNumber(string flag, string text, string expected, Func<double, bool> isValid) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && isValid(value)
            ? value
            : throw new InputException($"{flag} is not usable", expected: expected, found: $"'{text}'");

    /// <summary>A flag that follows another is not its value: the value was forgotten.</summary>
    private static string CheckText(Option option, string text) =>
        text.Length > 0 && !text.StartsWith("--", StringComparison.Ordinal)
            ? text
            : throw new InputException($"{option.Name} has no value", expected: $"{option.Name} {option.HelpName}", found: $"'{text}'");
}
