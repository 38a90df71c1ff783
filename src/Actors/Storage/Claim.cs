using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;

namespace Glasswright.Actors.Storage;

/// <summary>A trial that a node evaluates for the owner of its chain.</summary>
/// <param name="Replica">The chain.</param>
/// <param name="Version">The version that the trial starts from.</param>
/// <param name="Trial">Its number.</param>
/// <param name="Pair">Its pair.</param>
internal sealed record Claim(int Replica, long Version, long Trial, AtomPair Pair);

/// <summary>What came of it.</summary>
/// <param name="Replica">The chain.</param>
/// <param name="Version">The version that the trial started from.</param>
/// <param name="Trial">Its number.</param>
/// <param name="Outcome">The numbers of its pair.</param>
/// <param name="Structure">Canonical bytes of a structure that would be accepted, else null.</param>
internal sealed record RemoteResult(int Replica, long Version, long Trial, PairOutcome Outcome, byte[]? Structure);
