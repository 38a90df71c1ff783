using System.Text.Json.Serialization;

namespace Glasswright.Models.Storage;

/// <summary>
/// What a model's value means, in full: two models or label files whose definitions differ must not be mixed. For a plain
/// per-atom column only <see cref="Quantity"/> is told.
/// </summary>
internal sealed record LabelDefinition
{
    /// <summary>The quantity whose definition the other fields complete.</summary>
    public const string LogD2Min = "ln_d2min";

    /// <summary><c>ln_d2min</c>, or the name of the column a model was trained on.</summary>
    [JsonRequired]
    public string Quantity { get; init; } = LogD2Min;

    /// <summary>Strain at which D²min is taken.</summary>
    public double? Strain { get; init; }

    /// <summary>Strain step of the quasistatic run.</summary>
    public double? Step { get; init; }

    /// <summary>What the other two lengths do: <c>isochoric</c>, <c>fixed</c> or <c>stress</c>.</summary>
    public string? Lateral { get; init; }

    /// <summary>The loading modes averaged over, in order.</summary>
    public IReadOnlyList<string> Modes { get; init; } = [];

    /// <summary>r_c: reference neighbors within it enter D²min, Å.</summary>
    public double? D2MinCutoff { get; init; }

    /// <summary><c>sum</c> over the neighbors, or <c>mean</c>.</summary>
    public string? D2MinNormalization { get; init; }

    /// <inheritdoc/>
    public bool Equals(LabelDefinition? other) =>
        other is not null
        && (Quantity, Strain, Step, Lateral, D2MinCutoff, D2MinNormalization) ==
            (other.Quantity, other.Strain, other.Step, other.Lateral, other.D2MinCutoff, other.D2MinNormalization)
        && Modes.SequenceEqual(other.Modes, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Quantity, Strain, Step, Lateral, Modes.Count, D2MinCutoff, D2MinNormalization);
}
