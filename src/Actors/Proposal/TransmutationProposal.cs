using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Proposal;

/// <summary>
/// Draws a transmutation: any of the N atoms with equal probability, then any of the S - 1 other species. The way back has the same
/// probability 1/(N (S - 1)), so the choice needs no correction, whatever bias swaps have: a bias by z would move the composition by
/// itself, beside what its target says.
/// </summary>
internal static class TransmutationProposal
{
    /// <summary>Whether a trial is a transmutation, and which one.</summary>
    /// <param name="structure">The structure; only its species are read.</param>
    /// <param name="share">Share of transmutations among the trials.</param>
    /// <param name="seed">The key of the random numbers.</param>
    /// <param name="stream">Their stream: draw 0 the kind of trial, then the atom, then the species.</param>
    /// <param name="replica">The chain.</param>
    /// <param name="trial">The trial.</param>
    /// <returns>Null where it is a trial of another kind.</returns>
    public static AtomPair? Draw(AtomicStructure structure, double share, ulong seed, RandomStream stream, int replica, long trial)
    {
        // Without transmutations no number is drawn.
        if (!(share > 0))
        {
            return null;
        }

        var draws = new DrawSequence(seed, stream, replica, trial);
        if (draws.NextUniform() >= share)
        {
            return null;
        }

        int atom = (int)draws.NextBelow(structure.Count);
        int other = (int)draws.NextBelow(structure.SpeciesNames.Count - 1);
        return AtomPair.Transmutation(atom, other < structure.Species[atom] ? other : other + 1);
    }
}
