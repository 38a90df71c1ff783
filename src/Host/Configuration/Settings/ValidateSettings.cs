using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>True labels of accepted structures while the search goes on.</summary>
internal sealed record ValidateSettings : ICheckedSettings
{
    /// <summary>Every so many versions, from version 0; null for never.</summary>
    [NullWord("off")]
    [AtLeast(1)]
    public long? Every { get; init; }

    /// <summary>The strain of the labels; null for that of the model.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    [AtMost(1)]
    public double? Strain { get; init; }

    /// <summary>Strain of one step; null for that of <c>label</c>.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    [AtMost(0.1)]
    public double? Step { get; init; }

    /// <summary>What the lengths across the loading do; null for that of the model, or of <c>label</c>.</summary>
    [NullWord("auto")]
    [OneOf("isochoric", "fixed", "stress")]
    public string? Lateral { get; init; }

    /// <summary>The loading modes; null for those of the model, or of <c>label</c>.</summary>
    [NullWord("auto")]
    [MinimumCount(1)]
    [OneOf("xy+", "xy-", "xz+", "xz-", "yz+", "yz-", "x+", "x-", "y+", "y-", "z+", "z-")]
    public IReadOnlyList<string>? Modes { get; init; }

    /// <summary>The search halts after a Pearson below this; null for never.</summary>
    [NullWord("none")]
    [AtLeast(-1)]
    [AtMost(1)]
    public double? LimitPearson { get; init; }

    /// <summary>The search halts after a mean spread of the ensemble above this; null for never.</summary>
    [NullWord("none")]
    [AtLeast(0)]
    public double? LimitSpread { get; init; }

    /// <summary>The search halts after a share of atoms outside the training range above this; null for never.</summary>
    [NullWord("none")]
    [AtLeast(0)]
    [AtMost(1)]
    public double? LimitOutside { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Modes is { } modes && modes.Distinct(StringComparer.Ordinal).Count() != modes.Count)
        {
            yield return new SettingFault("modes", "names a mode twice", "each mode once");
        }
    }
}
