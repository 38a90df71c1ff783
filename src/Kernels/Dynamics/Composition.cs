using System.Globalization;
using System.Text.RegularExpressions;

namespace Glasswright.Kernels.Dynamics;

/// <summary>What a glass is made of, written as <c>Cu50Zr50</c> or <c>Cu64.5Zr35.5</c>: elements with their shares, in any unit; no number means 1.</summary>
internal sealed partial class Composition
{
    private readonly double[] _shares;

    private Composition(string text, string[] elements, double[] shares, bool partlyNumbered)
    {
        IsPartlyNumbered = partlyNumbered;
        Text = text;
        Elements = elements;
        _shares = shares;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Whether some elements have a number and others none: <c>Cu50Zr</c> is nearly all copper, which few mean.</summary>
    public bool IsPartlyNumbered { get; }

    /// <summary>Elements in the order written.</summary>
    public IReadOnlyList<string> Elements { get; }

    /// <summary>Reads a composition.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static Composition Parse(string text)
    {
        Match match = Pattern().Match(text);
        if (!match.Success)
        {
            throw new InputException("the composition cannot be read", expected: "elements with their shares, such as Cu50Zr50", found: $"'{text}'");
        }

        string[] elements = [.. match.Groups[1].Captures.Select(capture => capture.Value)];
        double[] shares =
            [.. match.Groups[2].Captures.Select(capture => capture.Length == 0 ? 1 : double.Parse(capture.ValueSpan, CultureInfo.InvariantCulture))];
        if (elements.Distinct(StringComparer.Ordinal).Count() != elements.Length || shares.Any(share => share <= 0))
        {
            throw new InputException(
                "the composition cannot be used", expected: "each element once, with a share above 0", found: $"'{text}'");
        }

        int numbered = match.Groups[2].Captures.Count(capture => capture.Length > 0);
        return new Composition(text, elements, shares, numbered > 0 && numbered < elements.Length);
    }

    /// <summary>Atoms of each element out of <paramref name="atoms"/>: the whole parts of the shares, and one more for the largest remainders.</summary>
    public int[] Counts(int atoms)
    {
        double whole = 0;
        foreach (double share in _shares)
        {
            whole += share;
        }

        double[] exact = [.. _shares.Select(share => share / whole * atoms)];
        int[] counts = [.. exact.Select(number => (int)Math.Floor(number))];
        int missing = atoms;
        foreach (int count in counts)
        {
            missing -= count;
        }

        foreach (int k in Enumerable.Range(0, counts.Length).OrderByDescending(k => exact[k] - counts[k]).ThenBy(k => k).Take(missing))
        {
            counts[k]++;
        }

        return counts;
    }

    [GeneratedRegex(@"^(?:([A-Z][a-z]?)(\d*(?:\.\d+)?))+$")]
    private static partial Regex Pattern();
}
