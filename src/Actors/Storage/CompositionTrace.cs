using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Search;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The number of atoms of each species after every trial of a chain, from its start structure and its rows alone: a row tells which
/// atoms a trial changed, and whether it was accepted.
/// </summary>
internal sealed class CompositionTrace
{
    private readonly Dictionary<long, int> _species = [];
    private readonly int[] _counts;

    /// <summary>Stands at version 0.</summary>
    public CompositionTrace(AtomicStructure start)
    {
        SpeciesNames = start.SpeciesNames;
        _counts = CompositionTerm.Count(start);
        for (int i = 0; i < start.Count; i++)
        {
            _species.Add(start.Ids[i], start.Species[i]);
        }
    }

    /// <summary>The species, in the order of the counts.</summary>
    public IReadOnlyList<string> SpeciesNames { get; }

    /// <summary>Takes the next trial in.</summary>
    /// <returns>The numbers of atoms in its structure, whether it was accepted or not.</returns>
    public int[] Next(TrialRecord trial)
    {
        int[] counts = [.. _counts];
        if (trial.IsTransmutation)
        {
            counts[_species[trial.AtomA]]--;
            counts[trial.NewSpecies]++;
        }

        if (!trial.Accepted)
        {
            return counts;
        }

        if (trial.IsTransmutation)
        {
            _species[trial.AtomA] = trial.NewSpecies;
            counts.CopyTo(_counts, 0);
        }
        else if (trial.AtomB > 0)
        {
            (_species[trial.AtomA], _species[trial.AtomB]) = (_species[trial.AtomB], _species[trial.AtomA]);
        }

        return counts;
    }
}
