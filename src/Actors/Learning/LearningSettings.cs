namespace Glasswright.Actors.Learning;

/// <summary>Active learning: when the model of a search is fine-tuned on true labels of its own structures, and how. Immutable.</summary>
internal sealed record LearningSettings
{
    /// <summary>Trials of each replica between two decisions.</summary>
    public required long Every { get; init; }

    /// <summary>The model is fine-tuned where Pearson's r of the new labels lies below this; null for always.</summary>
    public double? LimitPearson { get; init; }

    /// <summary>How often it changes at most; null for any number.</summary>
    public int? AtMost { get; init; }

    /// <summary>Passes over the labels.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Adam's learning rate.</summary>
    public double LearningRate { get; init; } = 1e-4;
}
