using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Reports;

/// <summary>The atoms of two structures of a run, matched by their ids.</summary>
internal sealed class AtomPairing
{
    private readonly AtomicStructure _before;
    private readonly AtomicStructure _after;
    private readonly int[] _places;

    private AtomPairing(AtomicStructure before, AtomicStructure after, int[] places) => (_before, _after, _places) = (before, after, places);

    /// <summary>Whether each atom has another species after than before, in the order of those before.</summary>
    public bool[] Changed => [.. _places.Select((place, i) => _before.SpeciesNames[_before.Species[i]] != _after.SpeciesNames[_after.Species[place]])];

    /// <summary>
    /// How far each atom has moved, Å: the shortest way over the periodic images, |h (f - round f)| with f the difference in fractions of the cell before.
    /// Exact for ways below half of the cell's width.
    /// </summary>
    public double[] Displacements()
    {
        Cell cell = _before.Cell;
        return
        [
            .. _places.Select((place, i) =>
            {
                Vector3 f = cell.ToFractional(_after.Position(place)) - cell.ToFractional(_before.Position(i));
                return (cell.Vectors * new Vector3(f.X - Math.Round(f.X), f.Y - Math.Round(f.Y), f.Z - Math.Round(f.Z))).Length;
            }),
        ];
    }

    /// <summary>A column after, in the order of the atoms before.</summary>
    public double[] Ordered(double[] columnAfter) => [.. _places.Select(place => columnAfter[place])];

    /// <summary>Matches two structures; null if they are not of the same atoms.</summary>
    public static AtomPairing? Of(AtomicStructure before, AtomicStructure after)
    {
        var places = new Dictionary<long, int>(after.Count);
        for (int i = 0; i < after.Count; i++)
        {
            places[after.Ids[i]] = i;
        }

        return before.Count == after.Count && before.Ids.All(places.ContainsKey) ? new AtomPairing(before, after, [.. before.Ids.Select(id => places[id])]) : null;
    }
}
