using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>How far atoms are from where they were.</summary>
internal static class Displacements
{
    /// <summary>
    /// √⟨|H(s - s⁰ - ⟨s - s⁰⟩)|²⟩ with fractional positions s and the present cell H, Å: what remains after the deformation of the cell and the
    /// drift of the mean. Positions of one trajectory are followed through the cell's faces, since they are not wrapped.
    /// </summary>
    /// <param name="before">Positions s⁰.</param>
    /// <param name="after">The same atoms later.</param>
    /// <param name="nearest">Takes each displacement to its nearest image: for positions that were wrapped in between.</param>
    public static double RootMeanSquare(AtomicStructure before, AtomicStructure after, bool nearest = false)
    {
        int count = after.Count;
        var moved = new Vector3[count];
        Vector3 mean = default;
        for (int i = 0; i < count; i++)
        {
            Vector3 d = after.Cell.ToFractional(after.Position(i)) - before.Cell.ToFractional(before.Position(i));
            moved[i] = nearest ? d - new Vector3(Math.Round(d.X), Math.Round(d.Y), Math.Round(d.Z)) : d;
            mean += moved[i];
        }

        mean = (1.0 / count) * mean;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            Vector3 d = after.Cell.Vectors * (moved[i] - mean);
            sum += Vector3.Dot(d, d);
        }

        return Math.Sqrt(sum / count);
    }
}
