using Glasswright.Host.Configuration.Binding;
using Glasswright.Models.Network;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>The shape of a network (method section 6); the defaults give the paper's 131,274 parameters.</summary>
internal sealed record ArchitectureSettings : ICheckedSettings
{
    /// <summary>Elements, in the order of the one-hot components.</summary>
    [MinimumCount(1)]
    public IReadOnlyList<string> Species { get; init; } = [];

    /// <summary>Width of a node state.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int NodeWidth { get; init; }

    /// <summary>Width of an edge state.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int EdgeWidth { get; init; }

    /// <summary>Number of attention heads.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int Heads { get; init; }

    /// <summary>Width of a head.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int HeadWidth { get; init; }

    /// <summary>Number of message-passing layers.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int Layers { get; init; }

    /// <summary>R_c of the graph, Å.</summary>
    [MoreThan(0)]
    public double Cutoff { get; init; }

    /// <summary>The edge features.</summary>
    public GaussianSettings Gaussian { get; init; } = new();

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; }

    /// <summary>How messages are pooled.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Queries of set2set.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int PoolingSteps { get; init; }

    /// <summary>How old node states are kept.</summary>
    public Remember Remember { get; init; }

    /// <summary>Widths of the embedding's layers.</summary>
    [MinimumCount(1)]
    [AtLeast(1)]
    [AtMost(4096)]
    public IReadOnlyList<int> Embedding { get; init; } = [];

    /// <summary>Widths of the readout's hidden layers.</summary>
    [MinimumCount(1)]
    [AtLeast(1)]
    [AtMost(4096)]
    public IReadOnlyList<int> Readout { get; init; } = [];

    /// <summary>Levels of the labels' distribution that divide the classes; none for regression.</summary>
    [MoreThan(0)]
    [LessThan(1)]
    public IReadOnlyList<double> ClassLevels { get; init; } = [];

    /// <summary>Normalization of the target.</summary>
    public TargetNormalizationSettings Target { get; init; } = new();

    /// <summary>What an architecture of another pooling writes: it reads back to the same.</summary>
    private const int DefaultPoolingSteps = 3;

    /// <summary>The architecture as the models know it.</summary>
    public Architecture ToArchitecture() => new Architecture
    {
        Species = Species,
        NodeWidth = NodeWidth,
        EdgeWidth = EdgeWidth,
        Heads = Heads,
        HeadWidth = HeadWidth,
        Layers = Layers,
        Cutoff = Cutoff,
        Gaussian = new GaussianBasis(Gaussian.Start, Gaussian.Step, Gaussian.Count, Gaussian.Sigma),
        Activation = Activation,
        Pooling = Pooling,
        PoolingSteps = Pooling == Pooling.Set2set ? PoolingSteps : null,
        Remember = Remember,
        ClassLevels = ClassLevels.Count > 0 ? ClassLevels : null,
        ClassBounds = Target.Bounds.Count > 0 ? Target.Bounds : null,
        Embedding = Embedding,
        Readout = Readout,
        Target = new TargetNormalization(Target.Mean, Target.Std),
    }.Validate();

    /// <summary>The settings that describe an architecture of the models.</summary>
    public static ArchitectureSettings From(Architecture architecture) => new()
    {
        Species = architecture.Species,
        NodeWidth = architecture.NodeWidth,
        EdgeWidth = architecture.EdgeWidth,
        Heads = architecture.Heads,
        HeadWidth = architecture.HeadWidth,
        Layers = architecture.Layers,
        Cutoff = architecture.Cutoff,
        Gaussian = new GaussianSettings
        {
            Start = architecture.Gaussian.Start,
            Step = architecture.Gaussian.Step,
            Count = architecture.Gaussian.Count,
            Sigma = architecture.Gaussian.Sigma,
        },
        Activation = architecture.Activation,
        Pooling = architecture.Pooling,
        PoolingSteps = architecture.PoolingSteps ?? DefaultPoolingSteps,
        Remember = architecture.Remember,
        ClassLevels = architecture.ClassLevels ?? [],
        Embedding = architecture.Embedding,
        Readout = architecture.Readout,
        Target = new TargetNormalizationSettings
        {
            Mean = architecture.Target.Mean,
            Std = architecture.Target.Std,
            Bounds = architecture.ClassBounds ?? [],
        },
    };

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        if (Gaussian.Count != EdgeWidth)
        {
            yield return new SettingFault("gaussian.count", "differs from architecture.edge-width", $"{EdgeWidth}")
            {
                Others = ["edge-width"],
            };
        }

        if (Embedding[^1] != NodeWidth)
        {
            yield return new SettingFault("embedding", "does not end at architecture.node-width", $"{NodeWidth} as the last width")
            {
                Others = ["node-width"],
            };
        }

        if (ClassLevels.Zip(ClassLevels.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            yield return new SettingFault("class-levels", "does not rise", "rising numbers between 0 and 1");
        }

        if (Target.Bounds.Count > 0 && Target.Bounds.Count != ClassLevels.Count)
        {
            yield return new SettingFault("target.bounds", "has not one number for each of class-levels", $"{ClassLevels.Count} numbers, or []")
            {
                Others = ["class-levels"],
            };
        }

        if (ClassLevels.Count > 0 && (Target.Mean != 0 || Target.Std != 1))
        {
            yield return new SettingFault("target", "normalizes classes", "mean = 0, std = 1 beside class-levels") { Others = ["class-levels"] };
        }

        if (Species.Distinct(StringComparer.Ordinal).Count() != Species.Count)
        {
            yield return new SettingFault("species", "names an element twice", "each element once");
        }
    }
}

/// <summary>The edge features exp(-(d - start - m·step)²/sigma²), m = 0 … count-1.</summary>
internal sealed record GaussianSettings
{
    /// <summary>First center, Å.</summary>
    public double Start { get; init; }

    /// <summary>Distance of the centers, Å.</summary>
    [MoreThan(0)]
    public double Step { get; init; }

    /// <summary>Number of centers.</summary>
    [AtLeast(1)]
    [AtMost(4096)]
    public int Count { get; init; }

    /// <summary>Width, Å.</summary>
    [MoreThan(0)]
    public double Sigma { get; init; }
}

/// <summary>The network learns (z - mean)/std.</summary>
internal sealed record TargetNormalizationSettings
{
    /// <summary>Mean of the training targets.</summary>
    public double Mean { get; init; }

    /// <summary>Their standard deviation.</summary>
    [MoreThan(0)]
    public double Std { get; init; }

    /// <summary>Labels at <c>class-levels</c>; none until training has found them.</summary>
    public IReadOnlyList<double> Bounds { get; init; } = [];
}
