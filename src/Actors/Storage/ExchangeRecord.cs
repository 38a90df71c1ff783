namespace Glasswright.Actors.Storage;

/// <summary>An exchange that was tried.</summary>
/// <param name="Ladder">The ladder.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="Pair">The lower rung of the two.</param>
/// <param name="ReplicaLow">The replica on that rung before.</param>
/// <param name="ReplicaHigh">The replica on the next rung before.</param>
/// <param name="VersionLow">The version of the first.</param>
/// <param name="VersionHigh">The version of the second.</param>
/// <param name="Probability">p of the exchange.</param>
/// <param name="Accepted">Whether the rungs were exchanged.</param>
internal sealed record ExchangeRecord(
    int Ladder,
    int Round,
    int Pair,
    int ReplicaLow,
    int ReplicaHigh,
    long VersionLow,
    long VersionHigh,
    double Probability,
    bool Accepted);
