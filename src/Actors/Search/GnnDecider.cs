using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>The graph network's prediction of ln D²min, every atom in full.</summary>
/// <param name="model">The model.</param>
/// <param name="predict">What gives its values; null for the caller's own thread.</param>
internal sealed class GnnDecider(PropertyModel model, Func<PropertyModel, IPredictor>? predict = null) : IDecider
{
    private readonly IPredictor _engine = predict?.Invoke(model) ?? new InferenceEngine(model);

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
