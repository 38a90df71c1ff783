namespace Glasswright.Actors.Search;

/// <summary>
/// Two computations that must give the same bits did not: the run stops, since its answer would depend on its schedule.
/// </summary>
internal sealed class LawBrokenException(string what)
    : Exception($"The law of one answer was broken: {what}.");
