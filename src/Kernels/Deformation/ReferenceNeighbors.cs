using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// All neighbors of every atom within a cutoff in one structure, over periodic images: atom i's are the pairs
/// <c>Offsets[i] … Offsets[i+1]</c>, ordered by neighbor index, then by image. A cell smaller than twice the cutoff gives
/// several images of one neighbor, and the atom's own images.
/// </summary>
/// <remarks>Found by <see cref="ImageSearch"/>: time and memory grow linearly with the number of atoms.</remarks>
internal sealed class ReferenceNeighbors
{
    private ReferenceNeighbors(int[] offsets, int[] neighbors, Vector3[] separations)
    {
        Offsets = offsets;
        Neighbors = neighbors;
        Separations = separations;
    }

    /// <summary>First pair of every atom, <c>[N + 1]</c>.</summary>
    public int[] Offsets { get; }

    /// <summary>The neighbor's index, by pair.</summary>
    public int[] Neighbors { get; }

    /// <summary>d = r_j - r_i with the image's translation, Å, by pair.</summary>
    public Vector3[] Separations { get; }

    /// <summary>Finds all pairs with 0 &lt; |d| ≤ cutoff; an atom is not its own neighbor, its images may be.</summary>
    public static ReferenceNeighbors Find(AtomicStructure structure, double cutoff)
    {
        var search = new ImageSearch(structure, cutoff);
        int count = structure.Count;
        var offsets = new int[count + 1];
        var neighbors = new List<int>(32 * count);
        var separations = new List<Vector3>(32 * count);
        var found = new List<NeighborImage>();
        for (int i = 0; i < count; i++)
        {
            search.Collect(i, found);
            foreach (NeighborImage image in found)
            {
                neighbors.Add(image.Neighbor);
                separations.Add(image.Separation);
            }

            offsets[i + 1] = neighbors.Count;
        }

        return new(offsets, [.. neighbors], [.. separations]);
    }
}
