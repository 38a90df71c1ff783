using Glasswright.Kernels.Memory;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// One layer with its BatchNorms folded away, computed in double and rounded once to single. With W = [W₁ W₂ W₃] split by the
/// three parts of z_ij = [h_i ‖ h_j ‖ e_ij] a pair quantity is W₁h_i + W₂h_j + W₃e_ij, the first two made once per node.
/// </summary>
/// <remarks>
/// What is folded into what:
/// <list type="bullet">
/// <item>the edge BN into W_e and its bias;</item>
/// <item>the attention BN (after the relu) into Linear(1), whose own BN is a scale there: shifts cancel in the softmax;</item>
/// <item>the message BN, s·α(W_v z + b) + t, as α·(sW_v z + sb) + t;</item>
/// <item>the BN after the concatenation's Linear into that map.</item>
/// </list>
/// The output BN stays a scale and a shift per node, since a residual follows. Of the 2·K·a head outputs the first K·a
/// are the attention's hidden features, the rest the values; within each, head k's feature c stands at c·K + k, so the K
/// heads of one feature lie side by side and no sum over features crosses lanes.
/// </remarks>
internal sealed unsafe class FoldedLayer : IDisposable
{
    private readonly ParameterSet _set;
    private readonly Architecture _shape;
    private readonly int _layer;

    /// <summary>Folds a layer.</summary>
    public FoldedLayer(ParameterSet set, int layer)
    {
        _set = set;
        _shape = set.Layout.Architecture;
        _layer = layer;
        int n = _shape.NodeWidth, e = _shape.EdgeWidth, heads = 2 * _shape.ConcatenatedWidth;
        EdgeStride = PaddedWidth(e);
        HeadStride = PaddedWidth(heads);
        LinearMap edgeMap = new(set, ParameterLayout.EdgeLinear(layer));
        NormMap edgeNorm = new(set, ParameterLayout.EdgeNorm(layer));
        Edge = new PanelMatrix(e, e, (o, m) => edgeNorm.Scale(o) * edgeMap.Weight(o, (2 * n) + m));
        Heads = new PanelMatrix(heads, e, (o, m) => HeadWeight(o, (2 * n) + m));
        Own = new PanelMatrix(NodeStride, n, (o, m) => NodeWeight(o, m));
        Other = new PanelMatrix(NodeStride, n, (o, m) => NodeWeight(o, n + m));
        NodeBias = Buffer(NodeStride, o =>
            o < e ? (edgeNorm.Scale(o) * edgeMap.Bias(o)) + edgeNorm.Shift(o)
            : o >= EdgeStride && o < EdgeStride + heads ? HeadBias(o - EdgeStride)
            : 0);

        ScoreStride = (_shape.Heads + 7) / 8 * 8;
        ScoreWeights = Buffer(_shape.HeadWidth * ScoreStride, i => ScoreWeight(i / ScoreStride, i % ScoreStride));
        MessageShift = Buffer(PaddedWidth(_shape.ConcatenatedWidth), i =>
            i < _shape.ConcatenatedWidth ? MessageNorm(i % _shape.Heads).Shift(i / _shape.Heads) : 0);

        NormMap output = new(set, ParameterLayout.OutputNorm(layer));
        OutputScale = Buffer(PaddedWidth(n), c => c < n ? output.Scale(c) : 0);
        OutputShift = Buffer(PaddedWidth(n), c => c < n ? output.Shift(c) : 0);
        if (_shape.HasConcatenationMap)
        {
            LinearMap map = new(set, ParameterLayout.ConcatenationLinear(layer));
            NormMap norm = new(set, ParameterLayout.ConcatenationNorm(layer));
            Concatenation = new PanelMatrix(n, _shape.ConcatenatedWidth, (o, m) =>
                norm.Scale(o) * map.Weight(o, ((m % _shape.Heads) * _shape.HeadWidth) + (m / _shape.Heads)));
            ConcatenationBias = Buffer(PaddedWidth(n), o => o < n ? (norm.Scale(o) * map.Bias(o)) + norm.Shift(o) : 0);
        }

        double NodeWeight(int output, int input) =>
            output < e ? edgeNorm.Scale(output) * edgeMap.Weight(output, input)
            : output >= EdgeStride && output < EdgeStride + heads ? HeadWeight(output - EdgeStride, input)
            : 0;
    }

    /// <summary>Floats of a padded edge row.</summary>
    public int EdgeStride { get; }

    /// <summary>Floats of a padded row of hidden attention features and values.</summary>
    public int HeadStride { get; }

    /// <summary>Floats of a row of node parts: first the edge's, then the heads'.</summary>
    public int NodeStride => EdgeStride + HeadStride;

    /// <summary>Floats of a row of scores: K rounded up to 8.</summary>
    public int ScoreStride { get; }

    /// <summary>W₁ of edge and heads, [NodeStride, n].</summary>
    public PanelMatrix Own { get; }

    /// <summary>W₂ of edge and heads, [NodeStride, n].</summary>
    public PanelMatrix Other { get; }

    /// <summary>W₃ of the edge update, [e, e].</summary>
    public PanelMatrix Edge { get; }

    /// <summary>W₃ of the heads, [2·K·a, e].</summary>
    public PanelMatrix Heads { get; }

    /// <summary>Biases, part of W₁h_i, [NodeStride].</summary>
    public AlignedBuffer<float> NodeBias { get; }

    /// <summary>Weight of feature c in head k's score, [a][ScoreStride].</summary>
    public AlignedBuffer<float> ScoreWeights { get; }

    /// <summary>t of the message BN, at c·K + k.</summary>
    public AlignedBuffer<float> MessageShift { get; }

    /// <summary>The map of the concatenated heads to n; null if K·a = n.</summary>
    public PanelMatrix? Concatenation { get; }

    /// <summary>Its bias.</summary>
    public AlignedBuffer<float>? ConcatenationBias { get; }

    /// <summary>Scale of the output BN, [n].</summary>
    public AlignedBuffer<float> OutputScale { get; }

    /// <summary>Shift of the output BN, [n].</summary>
    public AlignedBuffer<float> OutputShift { get; }

    /// <summary>A width rounded up to whole panels.</summary>
    public static int PaddedWidth(int width) => (width + PanelMatrix.Lanes - 1) / PanelMatrix.Lanes * PanelMatrix.Lanes;

    /// <summary>An array of singles, each computed in double and rounded once.</summary>
    public static AlignedBuffer<float> Buffer(int length, Func<int, double> value)
    {
        AlignedBuffer<float> buffer = new(length);
        for (int i = 0; i < length; i++)
        {
            buffer.Pointer[i] = (float)value(i);
        }

        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Own.Dispose();
        Other.Dispose();
        Edge.Dispose();
        Heads.Dispose();
        NodeBias.Dispose();
        ScoreWeights.Dispose();
        MessageShift.Dispose();
        Concatenation?.Dispose();
        ConcatenationBias?.Dispose();
        OutputScale.Dispose();
        OutputShift.Dispose();
    }

    private NormMap MessageNorm(int head) => new(_set, ParameterLayout.MessageNorm(_layer, head));

    /// <summary>Hidden features come first and keep their weights (a relu follows); values carry the message BN's scale.</summary>
    private double HeadWeight(int output, int input)
    {
        (bool isValue, int head, int feature) = HeadOutput(output);
        return isValue
            ? MessageNorm(head).Scale(feature) * new LinearMap(_set, ParameterLayout.Value(_layer, head)).Weight(feature, input)
            : new LinearMap(_set, ParameterLayout.AttentionHidden(_layer, head)).Weight(feature, input);
    }

    private double HeadBias(int output)
    {
        (bool isValue, int head, int feature) = HeadOutput(output);
        return isValue
            ? MessageNorm(head).Scale(feature) * new LinearMap(_set, ParameterLayout.Value(_layer, head)).Bias(feature)
            : new LinearMap(_set, ParameterLayout.AttentionHidden(_layer, head)).Bias(feature);
    }

    private (bool IsValue, int Head, int Feature) HeadOutput(int output)
    {
        int within = output % _shape.ConcatenatedWidth;
        return (output >= _shape.ConcatenatedWidth, within % _shape.Heads, within / _shape.Heads);
    }

    private double ScoreWeight(int feature, int head) => head >= _shape.Heads
        ? 0
        : new LinearMap(_set, ParameterLayout.AttentionScore(_layer, head)).Weight(0, feature)
            * new NormMap(_set, ParameterLayout.AttentionHiddenNorm(_layer, head)).Scale(feature)
            * new NormMap(_set, ParameterLayout.AttentionScoreNorm(_layer, head)).Scale(0);
}
