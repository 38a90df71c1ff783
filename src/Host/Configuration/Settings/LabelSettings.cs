using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>True labels by athermal quasistatic loading (method section 5).</summary>
internal sealed record LabelSettings : ICheckedSettings
{
    /// <summary>Strains at which D²min is kept.</summary>
    [MinimumCount(1)]
    [MoreThan(0)]
    [AtMost(1)]
    public IReadOnlyList<double> Strains { get; init; } = [];

    /// <summary>Strain of one quasistatic step.</summary>
    [MoreThan(0)]
    [AtMost(0.1)]
    public double Step { get; init; }

    /// <summary>What the lengths across the loading do.</summary>
    [OneOf("isochoric", "fixed", "stress")]
    public string Lateral { get; init; } = string.Empty;

    /// <summary>The loading modes.</summary>
    [MinimumCount(1)]
    [OneOf("xy+", "xy-", "xz+", "xz-", "yz+", "yz-", "x+", "x-", "y+", "y-", "z+", "z-")]
    public IReadOnlyList<string> Modes { get; init; } = [];

    /// <summary>Tolerance of ‖F‖₂ in every minimization, eV/Å.</summary>
    [MoreThan(0)]
    public double ForceTolerance { get; init; }

    /// <summary>The most force evaluations of one minimization.</summary>
    [AtLeast(1)]
    public int MaxEvaluations { get; init; }

    /// <summary>r_c of D²min, Å.</summary>
    [MoreThan(0)]
    public double NeighborCutoff { get; init; }

    /// <summary>Whether D²min is divided by the number of neighbors.</summary>
    public bool DivideByNeighbors { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Strains.Zip(Strains.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            yield return new SettingFault("strains", "is out of order", "strains that grow");
        }

        if (Modes.Distinct(StringComparer.Ordinal).Count() != Modes.Count)
        {
            yield return new SettingFault("modes", "names a mode twice", "each mode once");
        }
    }
}
