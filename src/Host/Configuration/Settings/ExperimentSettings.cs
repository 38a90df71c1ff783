using Glasswright.Host.Configuration.Binding;
using Glasswright.Host.Configuration.Hocon;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>
/// A whole configuration, as <c>reference.conf</c>, an experiment file and <c>-D</c> overrides give it. Meaning, unit and
/// default of every setting stand in <c>config/reference.conf</c>; the range stands here, beside the setting. Input paths
/// are absolute: relative ones started from the folder of the file that named them.
/// </summary>
internal sealed record ExperimentSettings : ICheckedSettings
{
    /// <summary>The glass to start from.</summary>
    [InputPath]
    public string? Structure { get; init; }

    /// <summary>The interatomic potential, setfl <c>eam/alloy</c> or <c>eam/fs</c>.</summary>
    [InputPath]
    public string? Potential { get; init; }

    /// <summary>Element of atom type 1, 2, …, where the structure does not name them.</summary>
    [MinimumCount(1)]
    public IReadOnlyList<string>? Species { get; init; }

    /// <summary>What computes forces.</summary>
    public ForceBackend Backend { get; init; }

    /// <summary>The OpenCL device of the backend <c>opencl</c>; null for a GPU, the one with the most memory.</summary>
    [NullWord("auto")]
    [AtLeast(0)]
    [AtMost(1000)]
    [NotInRunId]
    public int? Device { get; init; }

    /// <summary>Threads of kernels, labels and training; null for one a core.</summary>
    [NullWord("auto")]
    [AtLeast(1)]
    [AtMost(4096)]
    [NotInRunId]
    public int? Threads { get; init; }

    /// <summary>The run folder.</summary>
    [OutputPath]
    [NotInRunId]
    public string Out { get; init; } = string.Empty;

    /// <summary>What happens when the run folder already holds a run.</summary>
    [NotInRunId]
    public OutExists OutExists { get; init; }

    /// <summary>Where the state of the run lives: <c>sqlite</c>, or the address of a PostgreSQL database.</summary>
    [NotInRunId]
    public string Store { get; init; } = string.Empty;

    /// <summary>How long claimed work stays claimed without a sign of life.</summary>
    [AtLeast(0.05)]
    [NotInRunId]
    public TimeSpan StoreLease { get; init; }

    /// <summary>The run among others of the same configuration.</summary>
    public RunSettings Run { get; init; } = new();

    /// <summary>Values of the user's own, to be used by substitutions; nothing else reads them.</summary>
    [NotInRunId]
    public ConfigObject? Define { get; init; }

    /// <summary>The Monte Carlo search.</summary>
    public SearchSettings Search { get; init; } = new();

    /// <summary>Number of Markov chains.</summary>
    [AtLeast(1)]
    [AtMost(100000)]
    public int Replicas { get; init; }

    /// <summary>Exchange of constants between chains.</summary>
    public TemperingSettings Tempering { get; init; } = new();

    /// <summary>True labels by quasistatic loading.</summary>
    public LabelSettings Label { get; init; } = new();

    /// <summary>Training of a model.</summary>
    public TrainSettings Train { get; init; } = new();

    /// <summary>What <c>evaluate --suite</c> judges.</summary>
    [NotInRunId]
    public SuiteSettings Suite { get; init; } = new();

    /// <summary>Glasses from the melt by molecular dynamics.</summary>
    [NotInRunId]
    public PrepareSettings Prepare { get; init; } = new();

    /// <summary>Where the measurements of a search are sent.</summary>
    [NotInRunId]
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>The shape of the network to train.</summary>
    public ArchitectureSettings Architecture { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Replicas % Tempering.Scales.Count != 0)
        {
            yield return new SettingFault(
                "replicas",
                "does not fill whole ladders",
                $"a multiple of the number of tempering.scales, {Tempering.Scales.Count}")
            {
                Others = ["tempering.scales"],
            };
        }

        if (Store != "sqlite" && !Store.StartsWith("postgres://", StringComparison.Ordinal)
            && !Store.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            yield return new SettingFault("store", "names no store", "sqlite or \"postgres://user@host:port/db\"");
        }

        if (Species is not null && Species.Distinct(StringComparer.Ordinal).Count() != Species.Count)
        {
            yield return new SettingFault("species", "names an element twice", "each element once, in the order of the atom types");
        }
    }
}

/// <summary>What computes forces.</summary>
internal enum ForceBackend
{
    /// <summary>The vectorized kernels.</summary>
    Cpu,

    /// <summary>The plain kernels that the others are checked against.</summary>
    Reference,

    /// <summary>An OpenCL device.</summary>
    [Key("opencl")]
    OpenCl,
}

/// <summary>What happens when the run folder already holds a run.</summary>
internal enum OutExists
{
    /// <summary>Nothing is started.</summary>
    Error,

    /// <summary>A number is appended: <c>runs/quickstart-2</c>.</summary>
    Number,
}

/// <summary>The run among others of the same configuration.</summary>
internal sealed record RunSettings
{
    /// <summary>A name that tells it from another run of equal configuration; part of the run id.</summary>
    public string? Name { get; init; }
}

/// <summary>The ladder of constants (method section 4).</summary>
internal sealed record TemperingSettings : ICheckedSettings
{
    /// <summary>s_r of every rung, from 1 upward.</summary>
    [MinimumCount(1)]
    [AtLeast(1)]
    public IReadOnlyList<double> Scales { get; init; } = [];

    /// <summary>Trials between two exchanges.</summary>
    [AtLeast(1)]
    public int Every { get; init; }

    /// <summary>Rounds in which the ladder adapts.</summary>
    [AtLeast(0)]
    public int WarmUpRounds { get; init; }

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        bool ascending = Scales.Zip(Scales.Skip(1)).All(pair => pair.First < pair.Second);
        if (Scales[0] != 1 || !ascending)
        {
            yield return new SettingFault("scales", "is no ladder", "1 first, then larger and larger scales");
        }
    }
}
