using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>A ball in the cell: <c>region { center = [10, 20, 30], radius = 8, softness = 2 }</c>.</summary>
internal sealed record RegionSettings : ICheckedSettings
{
    /// <summary>The center, Å.</summary>
    [MinimumCount(3)]
    public IReadOnlyList<double> Center { get; init; } = [];

    /// <summary>The radius, Å.</summary>
    [MoreThan(0)]
    public double Radius { get; init; }

    /// <summary>Half the width of its rim, Å; 0 for a hard one.</summary>
    [AtLeast(0)]
    [Default("0")]
    public double Softness { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Center.Count != 3)
        {
            yield return new SettingFault("center", "is no place", "[x, y, z] in A");
        }

        if (Softness > Radius)
        {
            yield return new SettingFault("softness", "leaves no atom a weight of 1", "at most the radius");
        }
    }
}
