using Glasswright.Kernels.Devices;
using Glasswright.Models.Storage;

namespace Glasswright.Models.Inference.Devices;

/// <summary>
/// Gives each thread its predictor of a model on one device; the service behind those of a model is made with the first and ends with the last. A
/// network with a part that the device path lacks stays on the processor. Any thread may ask.
/// </summary>
internal sealed class PredictorPool(ComputeDevice device)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InferenceService> _services = [];

    /// <summary>A predictor for one thread.</summary>
    public IPredictor Make(PropertyModel model)
    {
        if (OpenClNetwork.Lacks(model.Architecture) is not null)
        {
            return new InferenceEngine(model);
        }

        lock (_gate)
        {
            if (!_services.TryGetValue(model.Sha256, out InferenceService? service) || !service.TryJoin())
            {
                _services[model.Sha256] = service = new InferenceService(device, model);
                service.TryJoin();
            }

            return new DevicePredictor(service, model);
        }
    }
}
