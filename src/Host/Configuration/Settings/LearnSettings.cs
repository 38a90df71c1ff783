using Glasswright.Host.Configuration.Binding;

namespace Glasswright.Host.Configuration.Settings;

/// <summary>Active learning: the model of a search is fine-tuned on true labels of the search's own structures.</summary>
internal sealed record LearnSettings
{
    /// <summary>Trials of each replica between two decisions; null for never.</summary>
    [NullWord("off")]
    [AtLeast(1)]
    public long? Every { get; init; }

    /// <summary>The model is fine-tuned where the Pearson of the new labels lies below this; null for at every decision.</summary>
    [NullWord("none")]
    [AtLeast(-1)]
    [AtMost(1)]
    public double? LimitPearson { get; init; }

    /// <summary>How often the model changes at most; null for any number.</summary>
    [NullWord("none")]
    [AtLeast(1)]
    public int? AtMost { get; init; }

    /// <summary>Passes over all labels.</summary>
    [AtLeast(1)]
    public int Epochs { get; init; }

    /// <summary>Adam's step size.</summary>
    [MoreThan(0)]
    [AtMost(1)]
    public double LearningRate { get; init; }

    /// <summary>Labeled glasses that every fine-tuning goes through beside the search's own structures, such as those of the first training.</summary>
    public IReadOnlyList<GlassSettings> Replay { get; init; } = [];
}
