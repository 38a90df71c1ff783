using Glasswright.Kernels.Devices;
using Glasswright.Models.Graphs;

namespace Glasswright.Models.Inference.Devices;

/// <summary>A graph whose values are wanted.</summary>
internal sealed class InferenceQuestion : DeviceQuestion
{
    /// <summary>The graph; only read.</summary>
    public NeighborGraph Graph { get; } = new();

    /// <summary>The de-normalized value of every node, once it is answered.</summary>
    public double[] Values { get; set; } = [];
}
