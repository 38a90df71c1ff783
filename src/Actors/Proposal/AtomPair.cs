using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Proposal;

/// <summary>
/// What a trial changes: two atoms of different species whose species are exchanged, or one atom that takes another species. Indices
/// into the structure, not file ids.
/// </summary>
/// <param name="A">The atom of the lower species index; of a transmutation the one atom.</param>
/// <param name="B">The atom of the higher species index; of a transmutation -1 - s, s being the species that the atom takes.</param>
internal readonly record struct AtomPair(int A, int B)
{
    /// <summary>Of a swap in a structure of one species: there is no pair, and nothing changes.</summary>
    public static AtomPair None { get; } = new(-1, -1);

    /// <summary>Whether there is nothing to change.</summary>
    public bool IsNone => A < 0;

    /// <summary>Whether one atom takes another species.</summary>
    public bool IsTransmutation => A >= 0 && B < 0;

    /// <summary>The species that the atom of a transmutation takes.</summary>
    public int NewSpecies => ~B;

    /// <summary>An atom that takes another species.</summary>
    public static AtomPair Transmutation(int atom, int species) => new(atom, ~species);

    /// <summary>Makes the change.</summary>
    public void Apply(AtomicStructure structure)
    {
        if (IsTransmutation)
        {
            structure.Species[A] = NewSpecies;
        }
        else
        {
            structure.SwapSpecies(A, B);
        }
    }

    /// <summary>What takes the change back.</summary>
    /// <param name="origin">The structure before the change.</param>
    public AtomPair Inverse(AtomicStructure origin) => IsTransmutation ? Transmutation(A, origin.Species[A]) : this;
}
