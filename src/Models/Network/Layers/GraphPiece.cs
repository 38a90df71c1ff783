namespace Glasswright.Models.Network.Layers;

/// <summary>A glass, or some of its atoms, in a batch.</summary>
/// <param name="Glass">Number of the glass.</param>
/// <param name="Nodes">Its atoms in the batch, ascending; null for all of them. Edges to others are left out.</param>
/// <param name="IsCore">Whether the loss runs over an atom of <paramref name="Nodes"/>; null for all of them.</param>
internal sealed record GraphPiece(int Glass, int[]? Nodes, bool[]? IsCore)
{
    /// <summary>A whole glass.</summary>
    public static GraphPiece Whole(int glass) => new(glass, null, null);
}
