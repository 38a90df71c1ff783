using Glasswright.Actors.Search;

namespace Glasswright.Actors.Tests.Search;

/// <summary>Does something at every report, on the coordinator's thread.</summary>
internal sealed class ActionProgress(Action<SearchProgress> action) : IProgress<SearchProgress>
{
    public void Report(SearchProgress value) => action(value);
}
