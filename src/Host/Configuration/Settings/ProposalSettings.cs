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

    /// <summary>Chance: a control.</summary>
    Random,
}

/// <summary>The decider of a search.</summary>
internal sealed record DeciderSettings : ICheckedSettings
{
    /// <summary>Which one.</summary>
    public DeciderChoice Kind { get; init; }

    /// <summary>The model file, or those of an ensemble.</summary>
    [InputPath]
    [OneOrMore]
    [MinimumCount(1)]
    public IReadOnlyList<string>? Model { get; init; }

    /// <summary>κ of an ensemble: z = mean + κ·spread.</summary>
    public double Kappa { get; init; }

    /// <summary>What else of every atom is predicted.</summary>
    public IReadOnlyList<PropertySettings> Properties { get; init; } = [];

    /// <summary>aqs: the strain at which ln D²min is taken.</summary>
    [MoreThan(0)]
    [AtMost(1)]
    public double Strain { get; init; }

    /// <summary>aqs: strain of one step; null for that of <c>label</c>.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    [AtMost(0.1)]
    public double? Step { get; init; }

    /// <summary>aqs: what the lengths across the loading do; null for that of <c>label</c>.</summary>
    [NullWord("auto")]
    [OneOf("isochoric", "fixed", "stress")]
    public string? Lateral { get; init; }

    /// <summary>aqs: the loading modes; null for those of <c>label</c>.</summary>
    [NullWord("auto")]
    [MinimumCount(1)]
    [OneOf("xy+", "xy-", "xz+", "xz-", "yz+", "yz-", "x+", "x-", "y+", "y-", "z+", "z-")]
    public IReadOnlyList<string>? Modes { get; init; }

    /// <summary>random: with which probability a trial that converged is accepted.</summary>
    [MoreThan(0)]
    [AtMost(1)]
    public double? Acceptance { get; init; }

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

        if (Kappa != 0 && Model is not { Count: > 1 })
        {
            yield return new SettingFault("kappa", "weighs the spread of an ensemble, and there is none", "0, or two models and more");
        }

        if (Kind == DeciderChoice.Aqs && Model is not null)
        {
            yield return new SettingFault("model", "has nothing to do: the values of aqs bias the pairs themselves", "null with kind = aqs")
            {
                Others = ["kind"],
            };
        }

        if ((Kind == DeciderChoice.Random) != Acceptance.HasValue)
        {
            yield return Acceptance.HasValue
                ? new SettingFault("acceptance", "belongs to the decider random only", "kind = random, or no acceptance; calibrate.acceptance is another one")
                : new SettingFault("kind", "needs the probability of an acceptance", "acceptance beside it, more than 0 and at most 1");
        }

        for (int p = 0; p < Properties.Count; p++)
        {
            if (Properties.Take(p).Any(other => other.Name == Properties[p].Name))
            {
                yield return new SettingFault(FormattableString.Invariant($"properties.{p}.name"), "is given twice", "every name once");
            }
        }

        if (Modes is { } modes && modes.Distinct(StringComparer.Ordinal).Count() != modes.Count)
        {
            yield return new SettingFault("modes", "names a mode twice", "each mode once");
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

    /// <summary>Trials in which one atom takes another species.</summary>
    public TransmutationSettings Transmutation { get; init; } = new();
}

/// <summary>Trials that change the composition.</summary>
internal sealed record TransmutationSettings
{
    /// <summary>Share of the trials.</summary>
    [AtLeast(0)]
    [AtMost(1)]
    public double Fraction { get; init; }
}

/// <summary>Displacement moves of traditional Monte Carlo (Eq. 6).</summary>
internal sealed record DisplacementSettings
{
    /// <summary>Share of the trials; null is one half of those that are no transmutations with <c>relax = off</c>, otherwise none.</summary>
    [NullWord("auto")]
    [AtLeast(0)]
    [AtMost(1)]
    public double? Fraction { get; init; }

    /// <summary>Largest change of a coordinate, Å.</summary>
    [MoreThan(0)]
    [AtMost(Actors.Search.ProposalSettings.LongestDisplacementStep)]
    public double Step { get; init; }
}
