using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>What the composition costs where trials may change it.</summary>
internal enum CompositionChoice
{
    /// <summary>It is fixed.</summary>
    Off,

    /// <summary>-Σ μ_A N_A.</summary>
    SemiGrand,

    /// <summary>κ N Σ (N_A/N - c_A)².</summary>
    VarianceConstrained,
}

/// <summary>The composition of a search.</summary>
internal sealed record CompositionSettings : ICheckedSettings
{
    /// <summary>What it costs.</summary>
    public CompositionChoice Kind { get; init; }

    /// <summary>semi-grand: μ_A in eV by element.</summary>
    public IReadOnlyDictionary<string, double>? ChemicalPotential { get; init; }

    /// <summary>variance-constrained: wanted share of the atoms by element.</summary>
    [AtLeast(0)]
    [AtMost(1)]
    public IReadOnlyDictionary<string, double>? Target { get; init; }

    /// <summary>variance-constrained: κ, eV.</summary>
    [MoreThan(0)]
    public double? Kappa { get; init; }

    /// <summary>Gives the target its constant, C = k_B T, K.</summary>
    [MoreThan(0)]
    public double? Temperature { get; init; }

    /// <summary>C of the target, eV.</summary>
    [Key("C")]
    [MoreThan(0)]
    public double? Constant { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        foreach ((string key, object? value, CompositionChoice kind) in ((string, object?, CompositionChoice)[])
        [
            ("chemical-potential", ChemicalPotential, CompositionChoice.SemiGrand),
            ("target", Target, CompositionChoice.VarianceConstrained),
            ("kappa", Kappa, CompositionChoice.VarianceConstrained),
        ])
        {
            string name = SettingSchema.KebabCase(kind.ToString());
            if (value is null && Kind == kind)
            {
                yield return new SettingFault("kind", $"needs {key}", $"search.composition.{key} beside it");
            }
            else if (value is not null && Kind != kind)
            {
                yield return new SettingFault(key, $"belongs to the kind {name}", $"kind = {name}, or no {key}");
            }
        }

        if (Kind == CompositionChoice.Off && (Temperature is not null || Constant is not null))
        {
            yield return new SettingFault(
                Constant is not null ? "C" : "temperature", "is of a composition that may vary", "kind = semi-grand or variance-constrained");
        }

        if (Temperature is not null && Constant is not null)
        {
            yield return new SettingFault("C", "and temperature both give the constant of the composition", "one of the two");
        }

        if (Target is { } shares && Sum(shares.Values) > 1 + 1e-9)
        {
            yield return new SettingFault("target", "asks for more than all atoms", "shares that add up to at most 1");
        }
    }

    private static double Sum(IEnumerable<double> shares)
    {
        double sum = 0;
        foreach (double share in shares)
        {
            sum += share;
        }

        return sum;
    }
}
