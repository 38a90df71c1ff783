using Glasswright.Kernels.Neighbors;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Analysis;

/// <summary>
/// How many steps from neighbor to neighbor an atom lies away from one of a few centers. Neighbors are atoms within a cutoff, as the first minimum of
/// g(r), so shells are defined in cells of any size. Only atoms in the shells asked for are visited.
/// </summary>
internal sealed class NeighborShells(AtomicStructure structure, double cutoff)
{
    private readonly ImageSearch _search = new(structure, cutoff);

    /// <summary>Shell of every atom: 0 of a center, 1 of its neighbors, …; <paramref name="last"/> + 1 of all that are farther.</summary>
    public int[] Around(ReadOnlySpan<int> centers, int last)
    {
        var shells = new int[structure.Count];
        Array.Fill(shells, last + 1);
        var front = new List<int>();
        foreach (int center in centers)
        {
            shells[center] = 0;
            front.Add(center);
        }

        var near = new List<NeighborImage>();
        for (int shell = 1; shell <= last; shell++)
        {
            var next = new List<int>();
            foreach (int atom in front)
            {
                _search.Collect(atom, near);
                foreach (NeighborImage image in near)
                {
                    if (shells[image.Neighbor] > shell)
                    {
                        shells[image.Neighbor] = shell;
                        next.Add(image.Neighbor);
                    }
                }
            }

            front = next;
        }

        return shells;
    }
}
