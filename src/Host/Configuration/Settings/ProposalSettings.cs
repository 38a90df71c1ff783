using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>What judges a trial.</summary>
internal enum DeciderChoice
{
    /// <summary>The graph network's prediction of ln D²min.</summary>
    Gnn,

    /// <summary>The potential energy: basin hopping, or traditional swap Monte Carlo.</summary>
    Energy,

    /// <summary>ln D²min from true quasistatic loading.</summary>
    Aqs,
}

/// <summary>The decider of a search.</summary>
internal sealed record DeciderSettings : ICheckedSettings
{
    /// <summary>Which one.</summary>
    public DeciderChoice Kind { get; init; }

    /// <summary>The model file.</summary>
    [InputPath]
    public string? Model { get; init; }

    /// <summary>Gives the energy C = k_B T, K.</summary>
    [MoreThan(0)]
    public double? Temperature { get; init; }

    /// <summary>C of the energy, eV.</summary>
    [Key("C")]
    [MoreThan(0)]
    public double? Constant { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Temperature is not null && Constant is not null)
        {
            yield return new SettingFault("C", "and temperature both give the constant of the energy", "one of the two");
        }
    }
}

/// <summary>How a trial is made (Eqs. 5 and 6).</summary>
internal sealed record ProposalSettings
{
    /// <summary>n of Eq. 5.</summary>
    [AtLeast(0)]
    [AtMost(1000)]
    public double BiasExponent { get; init; }

    /// <summary>Whether the asymmetric choice of pairs is corrected for.</summary>
    public bool Hastings { get; init; }

    /// <summary>Whether a would-be acceptance must relax back when undone.</summary>
    public bool Reversible { get; init; }

    /// <summary>Whether trials are relaxed to their inherent structures.</summary>
    public bool Relax { get; init; }

    /// <summary>With <c>relax = off</c>: all energies are computed anew at every trial number divisible by this.</summary>
    [AtLeast(1)]
    public int RecomputeEvery { get; init; }

    /// <summary>Moves of single atoms with <c>relax = off</c>.</summary>
    public DisplacementSettings Displacement { get; init; } = new();
}

/// <summary>Displacement moves of traditional Monte Carlo (Eq. 6).</summary>
internal sealed record DisplacementSettings
{
    /// <summary>Share of the trials; null is one half with <c>relax = off</c>, otherwise none.</summary>
    [NullWord("auto")]
    [AtLeast(0)]
    [AtMost(1)]
    public double? Fraction { get; init; }

    /// <summary>Largest change of a coordinate, Å.</summary>
    [MoreThan(0)]
    [AtMost(Actors.Search.ProposalSettings.LongestDisplacementStep)]
    public double Step { get; init; }
}
