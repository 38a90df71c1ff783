using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>The graph network's prediction of ln D²min, every atom in full.</summary>
internal sealed class GnnDecider(PropertyModel model) : IDecider
{
    private readonly InferenceEngine _engine = new(model);

    /// <inheritdoc/>
    public string Kind => "gnn";

    /// <inheritdoc/>
    public bool GivesValues => true;

    /// <inheritdoc/>
    public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default)
    {
        _engine.Predict(structure, values);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();
}
