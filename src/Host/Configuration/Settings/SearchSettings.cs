using Glasswright.Host.Configuration.Binding;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>The Monte Carlo search (method section 3).</summary>
internal sealed record SearchSettings : ICheckedSettings
{
    /// <summary>Trials of each replica.</summary>
    [AtLeast(1)]
    public long Trials { get; init; }

    /// <summary>Key of every random stream.</summary>
    public ulong Seed { get; init; }

    /// <summary>Trials in flight at once; null for one a core.</summary>
    [NullWord("auto")]
    [AtLeast(1)]
    [AtMost(4096)]
    [NotInRunId]
    public int? Samplers { get; init; }

    /// <summary>What judges a trial.</summary>
    public DeciderSettings Decider { get; init; } = new();

    /// <summary>How a trial is made.</summary>
    public ProposalSettings Proposal { get; init; } = new();

    /// <summary>What is driven where; null for the paper's seven, or the energy with the decider <c>energy</c>.</summary>
    [NullWord("auto")]
    [MinimumCount(1)]
    public IReadOnlyList<TargetSettings>? Targets { get; init; }

    /// <summary>What the composition costs where transmutations change it.</summary>
    public CompositionSettings Composition { get; init; } = new();

    /// <summary>What given constants of mean and quantiles are meant for.</summary>
    [Key("C-scaling")]
    public ConstantScaling ConstantScaling { get; init; }

    /// <summary>Pilot trials that scale the constants; null takes them as written.</summary>
    [NullWord("off")]
    public CalibrationSettings? Calibrate { get; init; }

    /// <summary>When a chain ends before its last trial.</summary>
    public StopSettings Stop { get; init; } = new();

    /// <summary>How a trial is relaxed.</summary>
    public MinimizerSettings Minimizer { get; init; } = new();

    /// <summary>What the estimate at a pause on the way of a relaxation may decide.</summary>
    public ScreeningChoice Screening { get; init; }

    /// <summary>Where that pause is: ‖F‖₂ over all 3N components, eV/Å.</summary>
    [MoreThan(0)]
    public double ScreeningForceTolerance { get; init; }

    /// <summary>How far the estimated S must lie above -ln u for an early rejection.</summary>
    [AtLeast(0)]
    public double ScreeningMargin { get; init; }

    /// <summary>Share of the early rejections that are followed to the end, to observe.</summary>
    [AtLeast(0)]
    [AtMost(1)]
    public double ScreeningAudit { get; init; }

    /// <summary>True labels of accepted structures meanwhile; no chain sees them.</summary>
    [NotInRunId]
    public ValidateSettings Validate { get; init; } = new();

    /// <summary>When and how the model is fine-tuned on the way.</summary>
    public LearnSettings Learn { get; init; } = new();

    /// <summary>The longest time between two checkpoints.</summary>
    [AtLeast(0.001)]
    [AtMost(49 * 86400)]
    [NotInRunId]
    public TimeSpan CheckpointEvery { get; init; }

    /// <summary>Switches for those who test the engine.</summary>
    public DebugSettings Debug { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Proposal.Relax && Proposal.Displacement.Fraction > 0)
        {
            yield return new SettingFault(
                "proposal.displacement.fraction",
                "asks for displacement moves, which a relaxation takes back",
                "0 or auto, or search.proposal.relax = off");
        }

        if (!Proposal.Relax && Proposal.Reversible)
        {
            yield return new SettingFault(
                "proposal.reversible", "checks relaxations, and there are none", "off with search.proposal.relax = off")
            {
                Others = ["proposal.relax"],
            };
        }

        if (!Proposal.Relax && Decider.Kind != DeciderChoice.Energy)
        {
            yield return new SettingFault(
                "proposal.relax", "is off, and the decider needs relaxed structures", "on, or search.decider.kind = energy")
            {
                Others = ["decider.kind"],
            };
        }

        if (!Proposal.Relax && Decider.Properties.Count > 0)
        {
            yield return new SettingFault(
                "proposal.relax", "is off, and properties are those of relaxed structures", "on, or search.decider.properties = []")
            {
                Others = ["decider.properties"],
            };
        }

        if (Screening != ScreeningChoice.Off && !Proposal.Relax)
        {
            yield return new SettingFault(
                "screening", "pauses relaxations, and there are none", "off with search.proposal.relax = off")
            {
                Others = ["proposal.relax"],
            };
        }

        if (Screening != ScreeningChoice.Off && ScreeningForceTolerance <= Minimizer.ForceTolerance)
        {
            yield return new SettingFault(
                "screening-force-tolerance", "leaves nothing to save", "more than search.minimizer.force-tolerance")
            {
                Others = ["minimizer.force-tolerance"],
            };
        }

        if (Screening != ScreeningChoice.Off && Decider.Kind == DeciderChoice.Aqs)
        {
            yield return new SettingFault(
                "screening", "would cost a true simulation for each estimate", "off with search.decider.kind = aqs")
            {
                Others = ["decider.kind"],
            };
        }

        if (Decider.Kind == DeciderChoice.Random && Targets is not null)
        {
            yield return new SettingFault("targets", "has no part in a decision by chance", "auto with search.decider.kind = random")
            {
                Others = ["decider.kind"],
            };
        }

        foreach (SettingFault fault in CheckComposition())
        {
            yield return fault;
        }

        IReadOnlyList<TargetSettings> targets = Targets ?? [];
        string[] properties = [.. Decider.Properties.Select(property => property.Name)];
        for (int k = 0; k < targets.Count; k++)
        {
            if (targets[k].Property is { } named && !properties.Contains(named))
            {
                yield return new SettingFault(
                    FormattableString.Invariant($"targets.{k}.property"),
                    "names a property that nothing defines",
                    properties.Length == 0 ? "one of search.decider.properties, and there are none" : string.Join(", ", properties),
                    NearestName.Find(named, properties));
            }
        }

        if (Learn.Every is not null && Decider.Kind != DeciderChoice.Gnn)
        {
            yield return new SettingFault("learn.every", "needs a decider with a model to fine-tune", "off, or search.decider.kind = gnn")
            {
                Others = ["decider.kind"],
            };
        }

        if (Decider.Kind != DeciderChoice.Energy)
        {
            yield break;
        }

        if (targets.FirstOrDefault(target => target is { Kind: not TargetChoice.Energy, Property: null }) is { } odd)
        {
            yield return new SettingFault(
                "targets",
                $"names {SettingSchema.KebabCase(odd.Kind.ToString())}, which the decider energy does not see",
                "auto, [ { kind = energy } ], or targets with a property of search.decider.properties");
        }

        bool constantKnown = Decider.Temperature is not null || Decider.Constant is not null
            || targets.Any(target => target.Constant is not null);
        if (Calibrate is null && !constantKnown)
        {
            yield return new SettingFault(
                "decider.temperature",
                "leaves the energy without a constant",
                "a temperature in K, decider.C in eV, or calibrate { … }")
            {
                Others = ["calibrate", "decider.kind"],
            };
        }
    }

    private IEnumerable<SettingFault> CheckComposition()
    {
        bool varies = Composition.Kind != CompositionChoice.Off;
        if (varies != Proposal.Transmutation.Fraction > 0)
        {
            yield return varies
                ? new SettingFault(
                    "proposal.transmutation.fraction", "is 0, and nothing else changes a composition", "more than 0, or search.composition.kind = off")
                {
                    Others = ["composition.kind"],
                }
                : new SettingFault(
                    "proposal.transmutation.fraction",
                    "asks for transmutations, and nothing says what a composition costs",
                    "0, or search.composition.kind = semi-grand or variance-constrained");
        }

        if (varies && Decider.Kind == DeciderChoice.Random)
        {
            yield return new SettingFault("composition.kind", "has no part in a decision by chance", "off with search.decider.kind = random")
            {
                Others = ["decider.kind"],
            };
        }

        if (varies && Decider.Kind == DeciderChoice.Energy && (Composition.Temperature is not null || Composition.Constant is not null))
        {
            yield return new SettingFault(
                Composition.Constant is not null ? "composition.C" : "composition.temperature",
                "is a second constant: the decider energy weighs energy and composition with one",
                "none; search.decider.temperature or search.decider.C");
        }

        if (!Proposal.Relax && (Proposal.Displacement.Fraction ?? 0) + Proposal.Transmutation.Fraction > 1)
        {
            yield return new SettingFault(
                "proposal.displacement.fraction", "leaves no room for the transmutations", "at most 1 together with search.proposal.transmutation.fraction")
            {
                Others = ["proposal.transmutation.fraction"],
            };
        }
    }
}

/// <summary>What is measured.</summary>
internal enum TargetChoice
{
    /// <summary>The largest value.</summary>
    Max,

    /// <summary>The mean value.</summary>
    Mean,

    /// <summary>A quantile.</summary>
    Quantile,

    /// <summary>The potential energy.</summary>
    Energy,
}

/// <summary>Where a target is driven.</summary>
internal enum DirectionChoice
{
    /// <summary>Down.</summary>
    Lower,

    /// <summary>Up.</summary>
    Raise,

    /// <summary>Toward a value.</summary>
    Toward,
}

/// <summary>One target: <c>{ kind = quantile, q = 0.9, C = 0.01, direction = lower }</c>.</summary>
internal sealed record TargetSettings : ICheckedSettings
{
    /// <summary>What is measured.</summary>
    public TargetChoice Kind { get; init; }

    /// <summary>The quantile's level.</summary>
    [AtLeast(0)]
    [AtMost(1)]
    public double? Q { get; init; }

    /// <summary>The constant of Eq. 7; null takes the standard deviation over pilot trials.</summary>
    [Key("C")]
    [NullWord("auto")]
    [MoreThan(0)]
    public double? Constant { get; init; }

    /// <summary>Where it is driven.</summary>
    [Default("lower")]
    public DirectionChoice Direction { get; init; }

    /// <summary>The goal of <c>toward</c>.</summary>
    public double? Value { get; init; }

    /// <summary>The further property that it is about; null for the decider's own z.</summary>
    public string? Property { get; init; }

    /// <summary>The element that it is about; null for all.</summary>
    public string? Species { get; init; }

    /// <summary>Where its atoms are; null for everywhere.</summary>
    public RegionSettings? Region { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Kind == TargetChoice.Energy && (Species is not null || Region is not null))
        {
            yield return new SettingFault(
                Species is not null ? "species" : "region", "belongs to targets over atoms, not to the energy", "kind = max, mean or quantile");
        }

        if (Kind == TargetChoice.Energy && Property is not null)
        {
            yield return new SettingFault("property", "belongs to targets over atoms, not to the energy", "kind = max, mean or quantile");
        }

        if ((Kind == TargetChoice.Quantile) != Q.HasValue)
        {
            yield return Q.HasValue
                ? new SettingFault("q", "belongs to quantiles only", "kind = quantile, or no q")
                : new SettingFault("kind", "needs the level of the quantile", "q between 0 and 1 beside it");
        }

        if ((Direction == DirectionChoice.Toward) != Value.HasValue)
        {
            yield return Value.HasValue
                ? new SettingFault("value", "belongs to the direction toward only", "direction = toward, or no value")
                : new SettingFault("direction", "needs a goal", "value beside it");
        }
    }
}

/// <summary>What given constants of mean and quantiles are meant for.</summary>
internal enum ConstantScaling
{
    /// <summary>For 16,000 atoms; they scale by 16,000/N.</summary>
    PerAtom,

    /// <summary>For this glass; taken as they are.</summary>
    None,
}

/// <summary>What the estimate at a pause on the way of a relaxation may decide.</summary>
internal enum ScreeningChoice
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>It rejects what is far above the threshold.</summary>
    EarlyReject,

    /// <summary>It is the first of two stages.</summary>
    DelayedAcceptance,
}

/// <summary>Pilot trials that scale the constants.</summary>
internal sealed record CalibrationSettings
{
    /// <summary>Wanted share of accepted trials.</summary>
    [MoreThan(0)]
    [LessThan(1)]
    public double Acceptance { get; init; }

    /// <summary>Number of pilot trials.</summary>
    [AtLeast(2)]
    public int Pilot { get; init; }
}

/// <summary>When a chain ends before its last trial.</summary>
internal sealed record StopSettings
{
    /// <summary>After so many accepted trials.</summary>
    [NullWord("none")]
    [AtLeast(1)]
    public long? Accepted { get; init; }

    /// <summary>As soon as the mean lies below this.</summary>
    [NullWord("none")]
    public double? MeanBelow { get; init; }
}

/// <summary>The minimizers.</summary>
internal enum MinimizerChoice
{
    /// <summary>Limited-memory BFGS preconditioned by the stiffness of near pairs.</summary>
    Plbfgs,

    /// <summary>Limited-memory BFGS.</summary>
    Lbfgs,

    /// <summary>Conjugate gradient.</summary>
    Cg,
}

/// <summary>How a structure is relaxed (method section 2).</summary>
internal sealed record MinimizerSettings
{
    /// <summary>Which minimizer.</summary>
    public MinimizerChoice Kind { get; init; }

    /// <summary>Converged when ‖F‖₂ over all 3N components is at most this, eV/Å.</summary>
    [MoreThan(0)]
    public double ForceTolerance { get; init; }

    /// <summary>Gives up after so many force evaluations.</summary>
    [AtLeast(1)]
    public int MaxEvaluations { get; init; }
}

/// <summary>Switches for those who test the engine.</summary>
internal sealed record DebugSettings
{
    /// <summary>Serializes and reloads the state after every commit.</summary>
    public bool RoundTrip { get; init; }
}
