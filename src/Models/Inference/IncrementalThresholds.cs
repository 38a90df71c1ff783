namespace Glasswright.Models.Inference;

/// <summary>What an incremental evaluation may overlook. With zeros it overlooks nothing: its values are those of the full evaluation, bit for bit.</summary>
/// <param name="Length">A node whose species and neighbors are the same is not due while no edge changed its length by more, Å.</param>
/// <param name="State">A change of a node's state is not passed on to its neighbors while no component changed by more.</param>
internal readonly record struct IncrementalThresholds(double Length, double State)
{
    /// <summary>Nothing is overlooked.</summary>
    public static IncrementalThresholds Exact => default;
}
