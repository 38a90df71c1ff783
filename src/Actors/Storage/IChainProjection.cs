using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>
/// The files of one chain: a projection of the store, appended to after each of its commits and by one thread at a time.
/// Opening one brings the files to what the store has, whatever a crash left of them.
/// </summary>
internal interface IChainProjection
{
    /// <summary>Appends trials that the store has committed, and the version that the last of them made.</summary>
    void Append(IReadOnlyList<TrialRecord> trials, StoredVersion? next);
}
