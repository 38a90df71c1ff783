namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Some atoms of a block with the edges they own, so few that the rows of a strip stay in a core's own caches while the
/// operations of a pass go over them one after the other. Part of the numerics.
/// </summary>
/// <param name="Block">The block.</param>
/// <param name="Node">First atom.</param>
/// <param name="Nodes">Number of atoms.</param>
/// <param name="Edge">First edge.</param>
/// <param name="Edges">Number of edges.</param>
internal readonly record struct Strip(int Block, int Node, int Nodes, int Edge, int Edges);
