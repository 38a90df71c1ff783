using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Learning;

/// <summary>The models of a run by generation, each read once. Any thread may ask.</summary>
/// <param name="store">Where later models are.</param>
/// <param name="parts">Reads them, and has the first.</param>
internal sealed class Generations(IRunStore store, LearningParts parts)
{
    private readonly Lock _gate = new();
    private int _generation = -1;
    private Func<ITrialEvaluator>? _make;

    /// <summary>The files of a generation's models.</summary>
    public IReadOnlyList<byte[]> Models(int generation) => generation == 0 ? parts.Models : store.ReadModels(generation);

    /// <summary>An evaluator by a generation's models.</summary>
    public ITrialEvaluator MakeEvaluator(int generation)
    {
        Func<ITrialEvaluator> make;
        lock (_gate)
        {
            // Samplers ask for the present one nearly always.
            if (_generation != generation || _make is null)
            {
                _make = parts.Load(Models(generation));
                _generation = generation;
            }

            make = _make;
        }

        return make();
    }
}
