using Glasswright.Kernels.Analysis;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Analysis;

/// <summary>
/// How the values of atoms changed from one structure to another, by their distance from the atoms whose species changed: swapped, first to fourth shell,
/// farther. A shell is so many steps between neighbors in the structure before.
/// </summary>
/// <param name="Swapped">Ids of the atoms whose species changed.</param>
/// <param name="Atoms">Atoms in each group.</param>
/// <param name="Means">Mean change of each group; NaN of an empty one.</param>
/// <param name="Absolutes">Mean of the absolute change.</param>
internal sealed record ShellChange(IReadOnlyList<long> Swapped, int[] Atoms, double[] Means, double[] Absolutes)
{
    private const int LastShell = 4;

    /// <summary>What the groups are called.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["swapped", "shell_1", "shell_2", "shell_3", "shell_4", "farther"];

    /// <summary>The sign of every group's mean, one character each: + (raised), - (lowered), 0 (no atoms or no change).</summary>
    public string Signs => string.Concat(Means.Select(mean => mean > 0 ? '+' : mean < 0 ? '-' : '0'));

    /// <summary>Compares two structures of the same atoms.</summary>
    /// <param name="before">The atoms before.</param>
    /// <param name="valuesBefore">Their values.</param>
    /// <param name="after">The same ids, in any order.</param>
    /// <param name="valuesAfter">Their values.</param>
    /// <param name="cutoff">Where neighbors end, Å.</param>
    /// <returns>Null if the ids are others or no species changed.</returns>
    public static ShellChange? Of(AtomicStructure before, double[] valuesBefore, AtomicStructure after, double[] valuesAfter, double cutoff)
    {
        if (Match(before, after) is not { } places)
        {
            return null;
        }

        int[] swapped = [.. Enumerable.Range(0, before.Count).Where(i => before.SpeciesNames[before.Species[i]] != after.SpeciesNames[after.Species[places[i]]])];
        if (swapped.Length == 0)
        {
            return null;
        }

        int[] shells = new NeighborShells(before, cutoff).Around(swapped, LastShell);
        var atoms = new int[LastShell + 2];
        double[] sums = new double[atoms.Length], absolutes = new double[atoms.Length];
        for (int i = 0; i < before.Count; i++)
        {
            double change = valuesAfter[places[i]] - valuesBefore[i];
            atoms[shells[i]]++;
            sums[shells[i]] += change;
            absolutes[shells[i]] += Math.Abs(change);
        }

        return new(
            Array.ConvertAll(swapped, i => before.Ids[i]), atoms, [.. sums.Zip(atoms, (sum, count) => sum / count)], [.. absolutes.Zip(atoms, (sum, count) => sum / count)]);
    }

    /// <summary>Where every atom stands in the other structure; null if one is missing.</summary>
    private static int[]? Match(AtomicStructure before, AtomicStructure after)
    {
        if (before.Ids.AsSpan().SequenceEqual(after.Ids))
        {
            return [.. Enumerable.Range(0, before.Count)];
        }

        Dictionary<long, int> places = after.Ids.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        return before.Count == after.Count && before.Ids.All(places.ContainsKey) ? Array.ConvertAll(before.Ids, id => places[id]) : null;
    }
}
