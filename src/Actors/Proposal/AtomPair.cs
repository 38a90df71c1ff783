namespace Glasswright.Actors.Proposal;

/// <summary>Two atoms of different species whose species a trial exchanges; indices into the structure, not file ids.</summary>
/// <param name="A">The atom of the lower species index.</param>
/// <param name="B">The atom of the higher species index.</param>
internal readonly record struct AtomPair(int A, int B);
