using System.Text.Json.Serialization;

namespace Glasswright.Models.Storage;

/// <summary>A file that training read.</summary>
/// <param name="Name">Its name, without the folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Part"><c>training</c>, <c>validation</c> or <c>test</c>.</param>
internal sealed record TrainingFile(string Name, string Sha256, string Part);

/// <summary>Where a model comes from: enough to train it again.</summary>
internal sealed record ModelProvenance
{
    /// <summary>Version of the program that trained it.</summary>
    [JsonRequired]
    public string Program { get; init; } = "";

    /// <summary>
    /// <see cref="Kernels.Numerics.NumericsIdentity"/> of the training; null when unknown: files written before there was
    /// this field read well.
    /// </summary>
    public string? Numerics { get; init; }

    /// <summary>The numerics that computed the labels, several with <c>", "</c> between; null when unknown, as of plain columns.</summary>
    public string? LabelNumerics { get; init; }

    /// <summary>Structures and labels, each with the part of the split it belongs to.</summary>
    public IReadOnlyList<TrainingFile> Files { get; init; } = [];

    /// <summary>How the split was made, in words.</summary>
    public string Split { get; init; } = "";

    /// <summary>Seed of initialization, order and dropout.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Which member of which ensemble it is: the identity of its training, by which a training that goes on finds it. Null for a model alone.</summary>
    public string? Training { get; init; }

    /// <summary>Scores by name, for example <c>validation/pearson</c>.</summary>
    public SortedDictionary<string, double> Metrics { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Limits a user should know.</summary>
    public string Notes { get; init; } = "";
}
