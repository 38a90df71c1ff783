using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// The maps of one layer with the BatchNorms after them folded in, in double: what <see cref="FoldedLayer"/> rounds once and
/// <see cref="FirstLayerTable"/> tabulates.
/// </summary>
/// <remarks>
/// What is folded into what:
/// <list type="bullet">
/// <item>the edge BN into W_e and its bias;</item>
/// <item>the attention BN (after the relu) into Linear(1), whose own BN is a scale there: shifts cancel in the softmax;</item>
/// <item>the message BN, s·α(W_v z + b) + t, as α·(sW_v z + sb) + t.</item>
/// </list>
/// Of the 2·K·a head outputs the first K·a are the attention's hidden features, the rest the values; within each, head k's
/// feature c stands at c·K + k, so the K heads of one feature lie side by side and no sum over features crosses lanes.
/// </remarks>
internal sealed class LayerWeights
{
    private readonly Architecture _shape;
    private readonly LinearMap _edge;
    private readonly NormMap _edgeNorm;
    private readonly LinearMap[] _hidden;
    private readonly LinearMap[] _values;
    private readonly LinearMap[] _scores;
    private readonly NormMap[] _hiddenNorms;
    private readonly NormMap[] _scoreNorms;
    private readonly NormMap[] _messageNorms;

    /// <summary>Finds the tensors of a layer.</summary>
    public LayerWeights(ParameterSet set, int layer)
    {
        _shape = set.Layout.Architecture;
        _edge = new LinearMap(set, ParameterLayout.EdgeLinear(layer));
        _edgeNorm = new NormMap(set, ParameterLayout.EdgeNorm(layer));
        _hidden = PerHead(head => new LinearMap(set, ParameterLayout.AttentionHidden(layer, head)));
        _values = PerHead(head => new LinearMap(set, ParameterLayout.Value(layer, head)));
        _scores = PerHead(head => new LinearMap(set, ParameterLayout.AttentionScore(layer, head)));
        _hiddenNorms = PerHead(head => new NormMap(set, ParameterLayout.AttentionHiddenNorm(layer, head)));
        _scoreNorms = PerHead(head => new NormMap(set, ParameterLayout.AttentionScoreNorm(layer, head)));
        _messageNorms = PerHead(head => new NormMap(set, ParameterLayout.MessageNorm(layer, head)));
    }

    /// <summary>2·K·a.</summary>
    public int HeadOutputs => 2 * _shape.ConcatenatedWidth;

    /// <summary>The edge map's weight; inputs run over z_ij = [h_i ‖ h_j ‖ e_ij].</summary>
    public double Edge(int output, int input) => _edgeNorm.Scale(output) * _edge.Weight(output, input);

    /// <summary>The edge map's bias.</summary>
    public double EdgeBias(int output) => (_edgeNorm.Scale(output) * _edge.Bias(output)) + _edgeNorm.Shift(output);

    /// <summary>The heads' weight: hidden features keep theirs (a relu follows), values carry the message BN's scale.</summary>
    public double Head(int output, int input)
    {
        (bool isValue, int head, int feature) = Split(output);
        return isValue
            ? _messageNorms[head].Scale(feature) * _values[head].Weight(feature, input)
            : _hidden[head].Weight(feature, input);
    }

    /// <summary>The heads' bias.</summary>
    public double HeadBias(int output)
    {
        (bool isValue, int head, int feature) = Split(output);
        return isValue ? _messageNorms[head].Scale(feature) * _values[head].Bias(feature) : _hidden[head].Bias(feature);
    }

    /// <summary>Weight of a hidden feature in a head's score.</summary>
    public double Score(int feature, int head) =>
        _scores[head].Weight(0, feature) * _hiddenNorms[head].Scale(feature) * _scoreNorms[head].Scale(0);

    /// <summary>t of the message BN.</summary>
    public double MessageShift(int output) => _messageNorms[output % _shape.Heads].Shift(output / _shape.Heads);

    private (bool IsValue, int Head, int Feature) Split(int output)
    {
        int within = output % _shape.ConcatenatedWidth;
        return (output >= _shape.ConcatenatedWidth, within % _shape.Heads, within / _shape.Heads);
    }

    private T[] PerHead<T>(Func<int, T> find) => [.. Enumerable.Range(0, _shape.Heads).Select(find)];
}
