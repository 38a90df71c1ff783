using Glasswright.Host.Configuration.Binding;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>Training of a model on labels (method section 7).</summary>
internal sealed record TrainSettings : ICheckedSettings
{
    /// <summary>The labeled glasses.</summary>
    public IReadOnlyList<GlassSettings> Data { get; init; } = [];

    /// <summary>Which glasses serve for what.</summary>
    public SplitSettings Split { get; init; } = new();

    /// <summary>The strain whose labels are learned.</summary>
    [MoreThan(0)]
    [AtMost(1)]
    public double Strain { get; init; }

    /// <summary>A column of the label files, or a per-atom column of extended XYZ, in place of the strain's.</summary>
    [NullWord("auto")]
    public string? Column { get; init; }

    /// <summary>Key of the random streams: start values, order, dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>The most epochs.</summary>
    [AtLeast(1)]
    public int Epochs { get; init; }

    /// <summary>Epochs without a better validation loss before training ends.</summary>
    [AtLeast(1)]
    public int Patience { get; init; }

    /// <summary>Glasses of one optimizer step.</summary>
    [AtLeast(1)]
    public int BatchSize { get; init; }

    /// <summary>Core atoms of a piece of a glass; null for whole glasses.</summary>
    [NullWord("all")]
    [AtLeast(1)]
    public int? CoreAtoms { get; init; }

    /// <summary>Adam's first step size.</summary>
    [MoreThan(0)]
    [AtMost(1)]
    public double LearningRate { get; init; }

    /// <summary>Adam's L2 penalty.</summary>
    [AtLeast(0)]
    public double WeightDecay { get; init; }

    /// <summary>Whether BatchNorm's running statistics are taken anew from all training glasses after every epoch.</summary>
    public bool SettleNormalization { get; init; }

    /// <summary>When the step size falls.</summary>
    public PlateauSettings Plateau { get; init; } = new();

    /// <summary>What is left out at random while training.</summary>
    public DropoutSettings Dropout { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<SettingFault> Check()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (GlassSettings glass in Data)
        {
            if (!names.Add(glass.Name))
            {
                yield return new SettingFault("data", $"holds two glasses named {glass.Name}", "structure files of different names");
            }
        }

        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        (string Key, IReadOnlyList<string> Names)[] parts =
            [("train", Split.Train), ("validation", Split.Validation), ("test", Split.Test)];
        foreach ((string key, IReadOnlyList<string> list) in parts)
        {
            foreach (string name in list)
            {
                if (!names.Contains(name))
                {
                    yield return new SettingFault(
                        $"split.{key}",
                        $"names the glass {name}, which train.data does not hold",
                        "names of structure files without folder and extension",
                        NearestName.Find(name, names));
                }

                if (!used.TryAdd(name, key))
                {
                    yield return new SettingFault(
                        $"split.{key}", $"names the glass {name}, which {used[name]} holds already", "each glass in one part only");
                }
            }
        }
    }
}

/// <summary>One labeled glass.</summary>
internal sealed record GlassSettings
{
    /// <summary>The structure file.</summary>
    [InputPath]
    public string Structure { get; init; } = string.Empty;

    /// <summary>Its label file; null when the structure file itself carries the column.</summary>
    [InputPath]
    public string? Labels { get; init; }

    /// <summary>The name by which <c>split</c> calls it: the structure file's, without folder and extension.</summary>
    public string Name => Path.GetFileNameWithoutExtension(Structure);
}

/// <summary>The parts of the data, by glass: atoms of one glass never serve for two of them.</summary>
internal sealed record SplitSettings
{
    /// <summary>Learned from.</summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Decide when to stop.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Judge the finished model.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];
}

/// <summary>Adam's step size falls when the validation loss stands still.</summary>
internal sealed record PlateauSettings
{
    /// <summary>It is multiplied by this.</summary>
    [MoreThan(0)]
    [LessThan(1)]
    public double Factor { get; init; }

    /// <summary>After so many epochs without a better validation loss.</summary>
    [AtLeast(1)]
    public int Patience { get; init; }

    /// <summary>A loss is better when it is below (1 - this) times the best.</summary>
    [AtLeast(0)]
    [LessThan(1)]
    public double Threshold { get; init; }

    /// <summary>The step size never falls below this.</summary>
    [AtLeast(0)]
    public double MinLearningRate { get; init; }
}

/// <summary>Shares that are left out at random while training.</summary>
internal sealed record DropoutSettings
{
    /// <summary>Of the edges of a graph, in each epoch.</summary>
    [AtLeast(0)]
    [LessThan(1)]
    public double Edges { get; init; }

    /// <summary>Of the attention coefficients.</summary>
    [AtLeast(0)]
    [LessThan(1)]
    public double Attention { get; init; }

    /// <summary>Of the node states that enter a layer.</summary>
    [AtLeast(0)]
    [LessThan(1)]
    public double Input { get; init; }

    /// <summary>Of the readout's hidden values.</summary>
    [AtLeast(0)]
    [LessThan(1)]
    public double Readout { get; init; }
}
