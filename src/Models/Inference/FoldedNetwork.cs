using Glasswright.Kernels.Memory;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// All weights of a network in the form inference runs on: read-only after construction, shared by any number of engines.
/// The embedding is a table of one vector per species; each BatchNorm of the readout is folded into the map after it.
/// </summary>
internal sealed unsafe class FoldedNetwork : IDisposable
{
    /// <summary>Folds a network; later changes of the parameters are not seen.</summary>
    public FoldedNetwork(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Architecture = parameters.Layout.Architecture;
        int n = Architecture.NodeWidth;
        StateWidth = PanelMatrix.PaddedWidth(n);
        NodeStride = Architecture.Remember == Remember.Lstm ? 2 * StateWidth : StateWidth;
        ReferenceNetwork reference = new(parameters);
        double[][] embedding = [.. Enumerable.Range(0, Architecture.Species.Count).Select(reference.Embed)];
        Embedding = FoldedLayer.Buffer(embedding.Length * NodeStride, i =>
            i % NodeStride < n ? embedding[i / NodeStride][i % NodeStride] : 0);
        Layers = [.. Enumerable.Range(0, Architecture.Layers).Select(layer => new FoldedLayer(parameters, layer))];
        FirstLayer = FirstLayerTable.Create(parameters, embedding, Layers[0]);

        GaussianBasis basis = Architecture.Gaussian;
        Centers = new AlignedBuffer<double>(PanelMatrix.PaddedWidth(basis.Count));
        for (int m = 0; m < basis.Count; m++)
        {
            Centers.Pointer[m] = basis.Center(m);
        }

        ReadoutMap[] maps = [.. ReadoutMap.Of(parameters)];
        ReadoutMaps = [.. maps.Select(map => new PanelMatrix(map.Outputs, map.Inputs, map.Weight))];
        ReadoutBiases = [.. maps.Select(map => FoldedLayer.Buffer(PanelMatrix.PaddedWidth(map.Outputs), o => o < map.Outputs ? map.Bias(o) : 0))];
    }

    /// <summary>The network's shape.</summary>
    public Architecture Architecture { get; }

    /// <summary>Floats of a padded h.</summary>
    public int StateWidth { get; }

    /// <summary>Floats of a row of node states: h, and behind it the cell of a recurrent network, 0 at first.</summary>
    public int NodeStride { get; }

    /// <summary>First node state of each species, [species][NodeStride].</summary>
    public AlignedBuffer<float> Embedding { get; }

    /// <summary>μ_m, Å, padded with zeros.</summary>
    public AlignedBuffer<double> Centers { get; }

    /// <summary>The message-passing layers.</summary>
    public FoldedLayer[] Layers { get; }

    /// <summary>The first layer's edge quantities by distance; null where it is computed like the others.</summary>
    public FirstLayerTable? FirstLayer { get; }

    /// <summary>The readout's maps; an activation follows each but the last.</summary>
    public PanelMatrix[] ReadoutMaps { get; }

    /// <summary>Their biases, padded.</summary>
    public AlignedBuffer<float>[] ReadoutBiases { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        Centers.Dispose();
        Array.ForEach(Layers, layer => layer.Dispose());
        FirstLayer?.Dispose();
        Array.ForEach(ReadoutMaps, map => map.Dispose());
        Array.ForEach(ReadoutBiases, bias => bias.Dispose());
    }
}
