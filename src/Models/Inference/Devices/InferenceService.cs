using Glasswright.Kernels.Devices;
using Glasswright.Models.Graphs;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference.Devices;

/// <summary>
/// Predicts with one model on a device for many threads: what is asked while the device works is its next batch. Who came together leaves no
/// trace in what they get.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="model">The model.</param>
internal sealed class InferenceService(ComputeDevice device, PropertyModel model) : DeviceThread<InferenceQuestion>("inference")
{
    // Enough to fill a large device; more would only wait longer and take more memory.
    private const int MostNodes = 1 << 17;

    private readonly List<InferenceQuestion> _batch = [];

    /// <inheritdoc/>
    protected override IEnumerable<InferenceQuestion> Taken => _batch;

    /// <inheritdoc/>
    protected override void Serve()
    {
        using var queue = new DeviceQueue(device);
        using var inference = new OpenClInference(queue, model.Parameters);
        var joined = new NeighborGraph();
        double[] values = [];
        while (Asked.TryTake(out InferenceQuestion? question, Timeout.Infinite))
        {
            int nodes = 0;
            do
            {
                _batch.Add(question);
                nodes += question.Graph.NodeCount;
            }
            while (nodes < MostNodes && Asked.TryTake(out question));

            joined.Join([.. _batch.Select(asked => asked.Graph)]);
            if (values.Length < nodes)
            {
                values = new double[nodes];
            }

            inference.Predict(joined, values.AsSpan(0, nodes));
            int from = 0;
            foreach (InferenceQuestion asked in _batch)
            {
                values.AsSpan(from, asked.Graph.NodeCount).CopyTo(asked.Values);
                from += asked.Graph.NodeCount;
                asked.Answer();
            }

            _batch.Clear();
        }
    }
}
