using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>Durations and sizes (sections "Units format", "Duration format", "Size in bytes format").</summary>
internal static class Units
{
    private const string DurationUnits = "a number with ns, us, ms, s, m, h or d (milliseconds without a unit)";
    private const string SizeUnits = "a number with B, kB, KiB, MB, MiB, GB, GiB, … (bytes without a unit)";

    private static readonly string[] Decimal = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] DecimalNames = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
    private static readonly string[] BinaryNames = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];

    /// <summary>What a duration looks like, for an error message.</summary>
    public static string ExpectedDuration => DurationUnits;

    /// <summary>What a size looks like, for an error message.</summary>
    public static string ExpectedSize => SizeUnits;

    /// <summary>Reads a duration; resolution 100 ns.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, out decimal number, out string? unit) || NanosecondsPer(unit) is not { } nanoseconds)
        {
            return false;
        }

        decimal ticks;
        try
        {
            ticks = number * nanoseconds / 100m;
        }
        catch (OverflowException)
        {
            return false;
        }

        if (ticks != Math.Truncate(ticks) && Math.Abs(ticks) < 1m)
        {
            return false;
        }

        if (Math.Abs(ticks) > long.MaxValue)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>A duration in the largest unit that holds it exactly.</summary>
    public static string Render(TimeSpan duration)
    {
        (string Unit, long Ticks)[] units =
        [
            ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
            ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
        ];
        foreach ((string unit, long ticks) in units)
        {
            if (duration.Ticks != 0 && duration.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks} {unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks * TimeSpan.NanosecondsPerTick} ns");
    }

    /// <summary>Reads a number of bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out decimal number, out string? unit) || number < 0 || BytesPer(unit) is not { } factor)
        {
            return false;
        }

        // Exact in integers: a decimal has at most 28 digits after its point.
        decimal scaled = number;
        var denominator = BigInteger.One;
        while (scaled != Math.Truncate(scaled))
        {
            scaled *= 10m;
            denominator *= 10;
        }

        BigInteger total = new BigInteger(scaled) * factor / denominator;
        if (total > long.MaxValue)
        {
            return false;
        }

        bytes = (long)total;
        return true;
    }

    private static bool TrySplit(string text, out decimal number, [NotNullWhen(true)] out string? unit)
    {
        string trimmed = text.Trim();
        int end = trimmed.Length;
        while (end > 0 && char.IsLetter(trimmed[end - 1]))
        {
            end--;
        }

        unit = trimmed[end..];
        return decimal.TryParse(
            trimmed[..end].TrimEnd(),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out number);
    }

    private static decimal? NanosecondsPer(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 1m,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => 1e3m,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => 1e6m,
        "s" or "second" or "seconds" => 1e9m,
        "m" or "minute" or "minutes" => 60e9m,
        "h" or "hour" or "hours" => 3600e9m,
        "d" or "day" or "days" => 86400e9m,
        _ => null,
    };

    private static BigInteger? BytesPer(string unit)
    {
        if (unit is "" or "B" or "b" or "byte" or "bytes")
        {
            return BigInteger.One;
        }

        for (int i = 0; i < Decimal.Length; i++)
        {
            string letter = Decimal[i];
            string upper = letter.ToUpperInvariant();
            string lower = letter.ToLowerInvariant();
            if (unit == letter + "B" || unit == DecimalNames[i] + "byte" || unit == DecimalNames[i] + "bytes")
            {
                return BigInteger.Pow(1000, i + 1);
            }

            // One letter is a power of two, as in `ls` and `java -Xmx`: the specification's choice.
            if (unit == upper || unit == lower || unit == upper + "i" || unit == upper + "iB"
                || unit == BinaryNames[i] + "byte" || unit == BinaryNames[i] + "bytes")
            {
                return BigInteger.Pow(1024, i + 1);
            }
        }

        return null;
    }
}
