using Glasswright.Kernels.Structure;
using Glasswright.Models.Graphs;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference.Devices;

/// <summary>Values of a model from a device that several threads share through one <see cref="InferenceService"/>; graphs are built in the caller's thread.</summary>
/// <param name="service">A service that was joined.</param>
/// <param name="model">Its model.</param>
internal sealed class DevicePredictor(InferenceService service, PropertyModel model) : IPredictor
{
    private readonly ModelGraph _graph = new(model.Architecture.Cutoff, model);
    private readonly InferenceQuestion _question = new();

    /// <inheritdoc/>
    public void Predict(AtomicStructure structure, Span<double> values)
    {
        _graph.Build(structure, _question.Graph);
        if (_question.Values.Length != values.Length)
        {
            _question.Values = new double[values.Length];
        }

        service.Do(_question);
        _question.Values.CopyTo(values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        service.Leave();
        _question.Dispose();
    }
}
