using Glasswright.Kernels.Memory;
using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>
/// One layer with its BatchNorms folded away (<see cref="LayerWeights"/>), rounded once to single. With W = [W₁ W₂ W₃] split by
/// the three parts of z_ij = [h_i ‖ h_j ‖ e_ij] a pair quantity is W₁h_i + W₂h_j + W₃e_ij, the first two made once per node.
/// The BN after the concatenation's Linear is folded into that map; the output BN stays a scale and a shift per node, since
/// a residual follows, or what else remembers.
/// </summary>
internal sealed unsafe class FoldedLayer : IDisposable
{
    /// <summary>Folds a layer.</summary>
    public FoldedLayer(ParameterSet set, int layer)
    {
        Architecture shape = set.Layout.Architecture;
        LayerWeights weights = new(set, layer);
        int n = shape.NodeWidth, e = shape.EdgeWidth, heads = weights.HeadOutputs;
        EdgeStride = PanelMatrix.PaddedWidth(e);
        HeadStride = PanelMatrix.PaddedWidth(heads);
        Edge = new PanelMatrix(e, e, (o, m) => weights.Edge(o, (2 * n) + m));
        Heads = new PanelMatrix(heads, e, (o, m) => weights.Head(o, (2 * n) + m));
        Parts = new PanelMatrix(2 * PartStride, n, (o, m) => PartWeight(o % PartStride, o < PartStride ? m : n + m));
        PartBias = Buffer(2 * PartStride, o => o < e ? weights.EdgeBias(o)
            : o >= EdgeStride && o < EdgeStride + heads ? weights.HeadBias(o - EdgeStride)
            : 0);

        ScoreStride = (shape.Heads + 7) / 8 * 8;
        ScoreWeights = Buffer(shape.HeadWidth * ScoreStride, i =>
            i % ScoreStride < shape.Heads ? weights.Score(i / ScoreStride, i % ScoreStride) : 0);
        MessageShift = Buffer(PanelMatrix.PaddedWidth(shape.ConcatenatedWidth), i =>
            i < shape.ConcatenatedWidth ? weights.MessageShift(i) : 0);

        NormMap output = new(set, ParameterLayout.OutputNorm(layer));
        OutputScale = Buffer(PanelMatrix.PaddedWidth(n), c => c < n ? output.Scale(c) : 0);
        OutputShift = Buffer(PanelMatrix.PaddedWidth(n), c => c < n ? output.Shift(c) : 0);
        if (shape.HasConcatenationMap)
        {
            LinearMap map = new(set, ParameterLayout.ConcatenationLinear(layer));
            NormMap norm = new(set, ParameterLayout.ConcatenationNorm(layer));
            int slot = PanelMatrix.PaddedWidth(shape.ConcatenatedWidth);
            int inputs = shape.Pooling == Pooling.Set2set ? slot + shape.ConcatenatedWidth : shape.ConcatenatedWidth;
            Concatenation = new PanelMatrix(n, inputs, (o, m) => Unit(m % slot) < 0
                ? 0
                : norm.Scale(o) * map.Weight(o, (m / slot * shape.ConcatenatedWidth) + Unit(m % slot)));
            ConcatenationBias = Buffer(PanelMatrix.PaddedWidth(n), o => o < n ? (norm.Scale(o) * map.Bias(o)) + norm.Shift(o) : 0);
        }

        if (shape.Pooling == Pooling.Set2set)
        {
            // q is the cell's state and the first half of its input.
            string cell = ParameterLayout.PoolingCell(layer), input = ParameterLayout.CellInputWeight(cell);
            PoolingCell = new FoldedCell(
                set, cell, PanelMatrix.PaddedWidth(shape.ConcatenatedWidth), Unit,
                [(input, 0, 0), (input, shape.ConcatenatedWidth, 1), (ParameterLayout.CellStateWeight(cell), 0, 0)]);
        }

        if (shape.Remember == Remember.Lstm)
        {
            string cell = ParameterLayout.RememberCell(layer);
            RememberCell = new FoldedCell(
                set, cell, PanelMatrix.PaddedWidth(n), lane => lane < n ? lane : -1,
                [(ParameterLayout.CellInputWeight(cell), 0, 0), (ParameterLayout.CellStateWeight(cell), 0, 1)]);
        }
        else if (shape.Remember == Remember.Dense)
        {
            RememberMap = new FoldedConcatenation(set, ParameterLayout.RememberMlp(layer), n);
        }

        // Lane c·K + k of the pooled messages is feature c of head k, which PyTorch has at k·a + c.
        int Unit(int lane) =>
            lane < shape.ConcatenatedWidth ? ((lane % shape.Heads) * shape.HeadWidth) + (lane / shape.Heads) : -1;

        double PartWeight(int output, int input) =>
            output < e ? weights.Edge(output, input)
            : output >= EdgeStride && output < EdgeStride + heads ? weights.Head(output - EdgeStride, input)
            : 0;
    }

    /// <summary>Floats of a padded edge row.</summary>
    public int EdgeStride { get; }

    /// <summary>Floats of a padded row of hidden attention features and values.</summary>
    public int HeadStride { get; }

    /// <summary>Floats of W₁h or W₂h of a node: first the edge's, then the heads'.</summary>
    public int PartStride => EdgeStride + HeadStride;

    /// <summary>Floats of a row of scores: K rounded up to 8.</summary>
    public int ScoreStride { get; }

    /// <summary>W₁ and below it W₂, [2·PartStride, n].</summary>
    public PanelMatrix Parts { get; }

    /// <summary>Biases, part of W₁h_i; zero in W₂'s half, [2·PartStride].</summary>
    public AlignedBuffer<float> PartBias { get; }

    /// <summary>W₃ of the edge update, [e, e].</summary>
    public PanelMatrix Edge { get; }

    /// <summary>W₃ of the heads, [2·K·a, e].</summary>
    public PanelMatrix Heads { get; }

    /// <summary>Weight of feature c in head k's score, [a][ScoreStride].</summary>
    public AlignedBuffer<float> ScoreWeights { get; }

    /// <summary>t of the message BN, at c·K + k.</summary>
    public AlignedBuffer<float> MessageShift { get; }

    /// <summary>The map of the concatenated heads to n; null if K·a = n.</summary>
    public PanelMatrix? Concatenation { get; }

    /// <summary>Its bias.</summary>
    public AlignedBuffer<float>? ConcatenationBias { get; }

    /// <summary>The cell of set2set; null with another pooling.</summary>
    public FoldedCell? PoolingCell { get; }

    /// <summary>The cell that remembers, of rows [x ‖ h]; null with another remember function.</summary>
    public FoldedCell? RememberCell { get; }

    /// <summary>The map that remembers, of rows [x ‖ h]; null with another remember function.</summary>
    public FoldedConcatenation? RememberMap { get; }

    /// <summary>Scale of the output BN, [n].</summary>
    public AlignedBuffer<float> OutputScale { get; }

    /// <summary>Shift of the output BN, [n].</summary>
    public AlignedBuffer<float> OutputShift { get; }

    /// <summary>W₁h + b and W₂h of each state; both sides with room for whole tiles of rows.</summary>
    public void FillParts(float* states, int stateStride, int count, float* parts) =>
        Parts.Multiply(states, stateStride, count, parts, 2 * PartStride, new BiasStart(PartBias.Pointer));

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
        Parts.Dispose();
        PartBias.Dispose();
        Edge.Dispose();
        Heads.Dispose();
        ScoreWeights.Dispose();
        MessageShift.Dispose();
        Concatenation?.Dispose();
        ConcatenationBias?.Dispose();
        OutputScale.Dispose();
        OutputShift.Dispose();
        PoolingCell?.Dispose();
        RememberCell?.Dispose();
        RememberMap?.Dispose();
    }
}
