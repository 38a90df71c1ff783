using System.Globalization;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// ⟨n₃, n₄, n₅, n₆⟩ of a Voronoi cell: how many of its faces have three, four, five and six edges (J. L. Finney, Proc. R. Soc. A 319, 479
/// (1970), doi:10.1098/rspa.1970.0189).
/// </summary>
/// <param name="N3">Faces with three edges.</param>
/// <param name="N4">Faces with four edges.</param>
/// <param name="N5">Faces with five edges.</param>
/// <param name="N6">Faces with six edges.</param>
internal readonly record struct VoronoiIndex(int N3, int N4, int N5, int N6)
{
    /// <summary>⟨0,0,12,0⟩, the icosahedron.</summary>
    public static VoronoiIndex Icosahedron { get; } = new(0, 0, 12, 0);

    /// <summary>⟨0,0,12,4⟩, the Frank-Kasper polyhedron of sixteen neighbors.</summary>
    public static VoronoiIndex FrankKasper16 { get; } = new(0, 0, 12, 4);

    /// <summary>Whether 2n₄ + n₅ = 12: the cell of an atom whose neighbors pack as tetrahedra.</summary>
    public bool IsPolytetrahedral => (2 * N4) + N5 == 12;

    /// <summary>The index as it is written in papers.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<{N3},{N4},{N5},{N6}>");
}
