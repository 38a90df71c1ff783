using Glasswright.Kernels.Memory;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>h' = scale·act(W_h h + W_x x + b) + shift of rows [x ‖ h], each padded to S floats: the BatchNorm comes after the activation.</summary>
internal sealed class FoldedConcatenation : IDisposable
{
    /// <summary>Packs the map of a prefix.</summary>
    public FoldedConcatenation(ParameterSet set, string mlp, int n)
    {
        LinearMap map = new(set, ParameterLayout.MlpLinear(mlp, 0));
        NormMap norm = new(set, ParameterLayout.MlpNorm(mlp, 0));
        int stride = PanelMatrix.PaddedWidth(n);

        // PyTorch's columns are [h ‖ x].
        Map = new PanelMatrix(n, 2 * stride, (o, m) =>
            m % stride >= n ? 0 : map.Weight(o, (m < stride ? n : 0) + (m % stride)));
        Bias = FoldedLayer.Buffer(stride, o => o < n ? map.Bias(o) : 0);
        Scale = FoldedLayer.Buffer(stride, o => o < n ? norm.Scale(o) : 0);
        Shift = FoldedLayer.Buffer(stride, o => o < n ? norm.Shift(o) : 0);
    }

    /// <summary>W, [n, 2S].</summary>
    public PanelMatrix Map { get; }

    /// <summary>b.</summary>
    public AlignedBuffer<float> Bias { get; }

    /// <summary>Scale of the BatchNorm.</summary>
    public AlignedBuffer<float> Scale { get; }

    /// <summary>Its shift.</summary>
    public AlignedBuffer<float> Shift { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Map.Dispose();
        Bias.Dispose();
        Scale.Dispose();
        Shift.Dispose();
    }
}
