using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>What <c>evaluate --suite</c> judges (method section 7).</summary>
internal sealed record SuiteSettings : ICheckedSettings
{
    /// <summary>Strains with models of their own; null for those that every label file holds.</summary>
    [NullWord("auto")]
    [MoreThan(0)]
    public IReadOnlyList<double>? Strains { get; init; }

    /// <summary>Models of each ensemble.</summary>
    [AtLeast(1)]
    [AtMost(1000)]
    public int Ensemble { get; init; }

    /// <summary>Resamples of the test glasses.</summary>
    [AtLeast(1)]
    public int Bootstrap { get; init; }

    /// <summary>Sizes of the softest and hardest classes.</summary>
    [MoreThan(0)]
    [LessThan(1)]
    public IReadOnlyList<double> Fractions { get; init; } = [];

    /// <summary>Other glasses that the models of each strain are judged on.</summary>
    public IReadOnlyList<TransferSettings> Transfer { get; init; } = [];

    /// <summary>What else is tried, at <c>train.strain</c>.</summary>
    public ScanSettings Scan { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Transfer.Select(set => set.Name).Distinct(StringComparer.Ordinal).Count() != Transfer.Count || Transfer.Any(set => set.Name == "test"))
        {
            yield return new SettingFault("transfer", "names a set twice, or test", "sets of different names, none of them test");
        }
    }
}

/// <summary>Glasses of another kind.</summary>
internal sealed record TransferSettings
{
    /// <summary>What the table calls them.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The glasses.</summary>
    [MinimumCount(1)]
    public IReadOnlyList<GlassSettings> Glasses { get; init; } = [];
}

/// <summary>Values of one setting at a time; everything else stays as configured.</summary>
internal sealed record ScanSettings
{
    /// <summary>Numbers of layers.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>R_c, Å.</summary>
    [MoreThan(0)]
    public IReadOnlyList<double> Cutoff { get; init; } = [];

    /// <summary>Node widths.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> NodeWidth { get; init; } = [];

    /// <summary>Numbers of training glasses, the first of <c>train.split.train</c>.</summary>
    [AtLeast(1)]
    public IReadOnlyList<int> TrainingGlasses { get; init; } = [];

    /// <summary>Shares of the softest and hardest atoms that classifiers of their own learn to find.</summary>
    [MoreThan(0)]
    [LessThan(1)]
    public IReadOnlyList<double> Classifiers { get; init; } = [];
}
