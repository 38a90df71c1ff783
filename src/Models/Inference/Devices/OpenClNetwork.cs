using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference.Devices;

/// <summary>
/// The weights of a network on a device, BatchNorms folded as in <see cref="FoldedLayer"/>, each matrix by inputs: weight (o, m) at
/// m·outputs + o, so that neighboring work-items read neighboring numbers.
/// </summary>
internal sealed class OpenClNetwork : IDisposable
{
    /// <summary>Folds a network and copies it.</summary>
    /// <exception cref="InputException">The network has a part that the device path lacks.</exception>
    public OpenClNetwork(DeviceQueue queue, ParameterSet parameters)
    {
        Architecture = parameters.Layout.Architecture;
        RequireAvailable(Architecture);
        int n = Architecture.NodeWidth;
        ReferenceNetwork reference = new(parameters);
        Embedding = Copy(queue, Enumerable.Range(0, Architecture.Species.Count).SelectMany(reference.Embed));
        Layers = [.. Enumerable.Range(0, Architecture.Layers).Select(layer => new OpenClLayer(queue, parameters, layer))];
        Centers = new DeviceBuffer<double>(queue, Architecture.EdgeWidth);
        Centers.Write([.. Enumerable.Range(0, Architecture.EdgeWidth).Select(Architecture.Gaussian.Center)]);

        ReadoutMap[] maps = [.. ReadoutMap.Of(parameters)];
        List<double> readout = [];
        foreach (ReadoutMap map in maps)
        {
            for (int m = 0; m < map.Inputs; m++)
            {
                readout.AddRange(Enumerable.Range(0, map.Outputs).Select(o => map.Weight(o, m)));
            }

            readout.AddRange(Enumerable.Range(0, map.Outputs).Select(map.Bias));
        }

        int[] widths = [n, .. maps.Select(map => map.Outputs)];
        Readout = Copy(queue, readout);
        Widest = widths.Max();
        ReadoutMaps = maps.Length;
        ReadoutWidths = new DeviceBuffer<int>(queue, widths.Length);
        ReadoutWidths.Write(widths);
    }

    /// <summary>The network's shape.</summary>
    public Architecture Architecture { get; }

    /// <summary>First state of each species, [species][n].</summary>
    public DeviceBuffer<float> Embedding { get; }

    /// <summary>μ_m, Å.</summary>
    public DeviceBuffer<double> Centers { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<OpenClLayer> Layers { get; }

    /// <summary>Maps and biases of the readout, one after the other.</summary>
    public DeviceBuffer<float> Readout { get; }

    /// <summary>Inputs of the readout's first map, outputs of all.</summary>
    public DeviceBuffer<int> ReadoutWidths { get; }

    /// <summary>Number of the readout's maps.</summary>
    public int ReadoutMaps { get; }

    /// <summary>The widest row of the readout.</summary>
    public int Widest { get; }

    /// <summary>A buffer of numbers, each rounded once.</summary>
    public static DeviceBuffer<float> Copy(DeviceQueue queue, IEnumerable<double> values)
    {
        float[] rounded = [.. values.Select(value => (float)value)];
        DeviceBuffer<float> buffer = new(queue, rounded.Length);
        buffer.Write(rounded);
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        Centers.Dispose();
        Readout.Dispose();
        ReadoutWidths.Dispose();
        foreach (OpenClLayer layer in Layers)
        {
            layer.Dispose();
        }
    }

    /// <summary>The part of a network that the device path lacks; null where it has all.</summary>
    public static string? Lacks(Architecture shape) => shape.Pooling == Pooling.Set2set ? "pooling set2set"
        : shape.Remember != Remember.Residual ? $"remember {shape.Remember.ToString().ToLowerInvariant()}"
        : shape.OutputWidth > 1 ? "classes" : null;

    private static void RequireAvailable(Architecture shape)
    {
        if (Lacks(shape) is { } lacking)
        {
            throw new InputException($"the OpenCL backend has no {lacking}", expected: "a network with pooling sum, mean or max, remember residual and one output");
        }
    }
}
