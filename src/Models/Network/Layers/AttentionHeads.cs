using System.Runtime.Intrinsics;
using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Step 2 of a layer, all heads at once: α_ij = softmax_j BN(w·BN(relu(A [h_i ‖ h_j ‖ e'_ij] + a)) + b), and the values
/// V [h_i ‖ h_j ‖ e'_ij] + v of step 3, which share its input. The inner BatchNorm is folded into w for the scores.
/// <code>
/// x = [relu(A z + a) ‖ V z + v] [E, 2H]     s (scores before their BN), α, dropped α [E, K]     (H = K·a and K padded to 8)
/// </code>
/// </summary>
internal sealed unsafe class AttentionHeads
{
    private readonly Workspace _workspace;
    private readonly ParameterSet _parameters;
    private readonly ParameterSet _gradients;
    private readonly int _layer;
    private readonly HeadColumns _columns;
    private readonly LayerBuffer<float> _hidden = new();
    private readonly LayerBuffer<float> _scores = new();
    private readonly LayerBuffer<float> _attention = new();
    private readonly LayerBuffer<float> _dropped = new();
    private readonly LayerBuffer<float> _mask = new();
    private readonly LayerBuffer<float> _folded = new();
    private readonly LayerBuffer<float> _foldedBias = new();
    private readonly LayerBuffer<float> _scoreWeights = new();
    private Dropout _dropout = Dropout.None;

    /// <summary>Creates step 2 of layer <paramref name="layer"/>; <paramref name="partial"/> is advanced.</summary>
    public AttentionHeads(
        Architecture architecture,
        int layer,
        HeadColumns columns,
        ParameterSet parameters,
        ParameterSet gradients,
        Workspace workspace,
        ref int partial)
    {
        _workspace = workspace;
        _parameters = parameters;
        _gradients = gradients;
        _layer = layer;
        _columns = columns;
        int a = columns.HeadWidth;
        int[] heads = [.. Enumerable.Range(0, columns.Heads)];
        Linear = new PairLinear(
            architecture,
            workspace,
            workspace.HeadParts,
            heads.Select(k => new LinearSegment(ParameterLayout.AttentionHidden(layer, k), k * a, a))
                .Concat(heads.Select(k => new LinearSegment(ParameterLayout.Value(layer, k), columns.Columns + (k * a), a))),
            2 * columns.Columns,
            ref partial);
        HiddenNorm = new BatchNorm(
            columns.Columns,
            heads.Select(k => new NormSegment(ParameterLayout.AttentionHiddenNorm(layer, k), k * a, a)),
            parameters,
            gradients);
        ScoreNorm = new BatchNorm(
            columns.PaddedHeads,
            heads.Select(k => new NormSegment(ParameterLayout.AttentionScoreNorm(layer, k), k, 1)),
            parameters,
            gradients);
        _folded.Reserve(columns.Columns * columns.PaddedHeads);
        _foldedBias.Reserve(columns.PaddedHeads);
        _scoreWeights.Reserve(columns.Columns);
    }

    /// <summary>A, V and their biases.</summary>
    public PairLinear Linear { get; }

    /// <summary>The BatchNorm after relu.</summary>
    public BatchNorm HiddenNorm { get; }

    /// <summary>The BatchNorm of the scores.</summary>
    public BatchNorm ScoreNorm { get; }

    /// <summary>The values V z + v: row stride <see cref="Stride"/>.</summary>
    public float* Values => _hidden.Pointer + _columns.Columns;

    /// <summary>2H: distance of the rows of <see cref="Values"/>.</summary>
    public int Stride => 2 * _columns.Columns;

    /// <summary>α after dropout, [E, K].</summary>
    public float* Attention => _dropout.IsOff ? _attention.Pointer : _dropped.Pointer;

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch, Dropout dropout)
    {
        _dropout = dropout;
        long perHead = (long)batch.EdgeCount * _columns.PaddedHeads;
        _hidden.Reserve((long)batch.EdgeCount * Stride);
        _scores.Reserve(perHead);
        _attention.Reserve(perHead);
        if (!dropout.IsOff)
        {
            _dropped.Reserve(perHead);
            _mask.Reserve(perHead);
        }

        Linear.Begin(batch);
        HiddenNorm.Begin(batch.BlockCount);
        ScoreNorm.Begin(batch.BlockCount);
    }

    /// <summary>x and the sums of its first half.</summary>
    public void Map(GraphBatch batch, int block, float* e)
    {
        Linear.EdgeForward(batch, block, e, _hidden.Pointer);
        (int first, int edges) = batch.Edges(block);
        float* rows = _hidden.Pointer + ((nint)first * Stride);
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            float* at = rows + c;
            for (int edge = 0; edge < edges; edge++, at += Stride)
            {
                ReluActivation.Value(Vector256.Load(at)).Store(at);
            }
        }

        HiddenNorm.Measure(block, rows, Stride, edges);
    }

    /// <summary>Folds the inner BatchNorm into the score weights; it must be finished.</summary>
    public void FoldScores()
    {
        int width = _columns.HeadWidth;
        for (int k = 0; k < _columns.Heads; k++)
        {
            float[] weight = _parameters[ParameterLayout.AttentionScore(_layer, k) + ".weight"];
            double bias = _parameters[ParameterLayout.AttentionScore(_layer, k) + ".bias"][0];
            for (int c = 0; c < width; c++)
            {
                int column = (k * width) + c;
                _scoreWeights.Pointer[column] = weight[c];
                _folded.Pointer[(column * _columns.PaddedHeads) + k] = (float)((double)weight[c] * HiddenNorm.Scale[column]);
                bias += (double)weight[c] * HiddenNorm.Shift[column];
            }

            _foldedBias.Pointer[k] = (float)bias;
        }
    }

    /// <summary>s and its sums.</summary>
    public void Score(GraphBatch batch, int block)
    {
        (int first, int edges) = batch.Edges(block);
        nint width = _columns.PaddedHeads;
        float* rows = _scores.Pointer + (first * width);
        for (int edge = 0; edge < edges; edge++)
        {
            Buffer.MemoryCopy(_foldedBias.Pointer, rows + (edge * width), width * sizeof(float), width * sizeof(float));
        }

        MatrixKernels.MultiplyAdd(
            _hidden.Pointer + ((nint)first * Stride), Stride, 1, _folded.Pointer, width, rows, width, edges, _columns.Columns, (int)width);
        ScoreNorm.Measure(block, rows, width, edges);
    }

    /// <summary>α over the neighbors of each atom, the maximum subtracted first, and dropout.</summary>
    public void Softmax(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        nint width = _columns.PaddedHeads;
        for (int c = 0; c < width; c += MatrixKernels.Lanes)
        {
            BatchNorm.Affine norm = ScoreNorm.ForwardMap(c);
            for (int i = start; i < start + count; i++)
            {
                nint begin = (batch.Offsets[i] * width) + c;
                nint end = (batch.Offsets[i + 1] * width) + c;
                Vector256<float> largest = Vector256.Create(float.MinValue);
                for (nint at = begin; at < end; at += width)
                {
                    Vector256<float> score = norm.Of(Vector256.Load(_scores.Pointer + at));
                    score.Store(_attention.Pointer + at);
                    largest = Vector256.ConditionalSelect(Vector256.GreaterThan(score, largest), score, largest);
                }

                Vector256<float> sum = default;
                for (nint at = begin; at < end; at += width)
                {
                    Vector256<float> power = Elementary.Exp(Vector256.Load(_attention.Pointer + at) - largest);
                    power.Store(_attention.Pointer + at);
                    sum += power;
                }

                for (nint at = begin; at < end; at += width)
                {
                    (Vector256.Load(_attention.Pointer + at) / sum).Store(_attention.Pointer + at);
                }
            }
        }

        if (!_dropout.IsOff)
        {
            DropAttention(batch, block);
        }
    }

    /// <summary>Turns the gradient of the dropped α into that of the normalized scores, and adds up what their norm needs.</summary>
    public void SoftmaxBackward(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        nint width = _columns.PaddedHeads;
        float* gradient = _workspace.ScoreGradient.Pointer;
        for (int c = 0; c < width; c += MatrixKernels.Lanes)
        {
            for (int i = start; i < start + count; i++)
            {
                nint begin = (batch.Offsets[i] * width) + c;
                nint end = (batch.Offsets[i + 1] * width) + c;
                Vector256<float> sum = default;
                for (nint at = begin; at < end; at += width)
                {
                    Vector256<float> g = Vector256.Load(gradient + at);
                    if (!_dropout.IsOff)
                    {
                        g *= Vector256.Load(_mask.Pointer + at);
                        g.Store(gradient + at);
                    }

                    sum = Vector256.FusedMultiplyAdd(g, Vector256.Load(_attention.Pointer + at), sum);
                }

                for (nint at = begin; at < end; at += width)
                {
                    Vector256<float> g = Vector256.Load(gradient + at) - sum;
                    (g * Vector256.Load(_attention.Pointer + at)).Store(gradient + at);
                }
            }
        }

        (int first, int edges) = batch.Edges(block);
        ScoreNorm.MeasureGradient(block, gradient + (first * width), width, _scores.Pointer + (first * width), width, edges);
    }

    /// <summary>The gradient ds of the scores before their norm, and Σ ds, Σ ds·x̂ for the norm below, still without w.</summary>
    public void ScoreBackward(GraphBatch batch, int block)
    {
        (int first, int edges) = batch.Edges(block);
        nint width = _columns.PaddedHeads;
        float* gradient = _workspace.ScoreGradient.Pointer + (first * width);
        float* scores = _scores.Pointer + (first * width);
        for (int c = 0; c < width; c += MatrixKernels.Lanes)
        {
            BatchNorm.GradientMap norm = ScoreNorm.BackwardMap(c);
            for (nint at = c; at < (edges * width) + c; at += width)
            {
                norm.Of(Vector256.Load(gradient + at), Vector256.Load(scores + at)).Store(gradient + at);
            }
        }

        double* sums = HiddenNorm.Partial(block);
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            Vector256<float> mean = Vector256.Load(HiddenNorm.Mean + c);
            Vector256<float> inverse = Vector256.Load(HiddenNorm.InverseStd + c);
            float* at = _hidden.Pointer + ((nint)first * Stride) + c;
            float* ds = gradient;
            MomentSums sum = default;
            for (int edge = 0; edge < edges; edge++, at += Stride, ds += width)
            {
                sum.Add(heads.From(ds), (Vector256.Load(at) - mean) * inverse);
            }

            sum.Store(sums + c, _columns.Columns);
        }
    }

    /// <summary>dw and db of the score maps from the sums of all blocks, which then receive the factor w.</summary>
    public void FinishScoreBackward(int blocks)
    {
        int width = _columns.HeadWidth;
        for (int k = 0; k < _columns.Heads; k++)
        {
            float[] gamma = _parameters[ParameterLayout.AttentionHiddenNorm(_layer, k) + ".weight"];
            float[] beta = _parameters[ParameterLayout.AttentionHiddenNorm(_layer, k) + ".bias"];
            float[] weightGradient = _gradients[ParameterLayout.AttentionScore(_layer, k) + ".weight"];
            float[] biasGradient = _gradients[ParameterLayout.AttentionScore(_layer, k) + ".bias"];
            for (int c = 0; c < width; c++)
            {
                int column = (k * width) + c;
                double w = _scoreWeights.Pointer[column];
                double sum = 0;
                double cross = 0;
                for (int block = 0; block < blocks; block++)
                {
                    double* sums = HiddenNorm.Partial(block);
                    sum += sums[column];
                    cross += sums[_columns.Columns + column];
                    sums[column] *= w;
                    sums[_columns.Columns + column] *= w;
                }

                weightGradient[c] = (float)((gamma[c] * cross) + (beta[c] * sum));
                biasGradient[0] = (float)sum;
            }
        }
    }

    /// <summary>The gradient of A z + a beside that of the values, then the map's own backward pass.</summary>
    public void MapBackward(GraphBatch batch, int block, float* e)
    {
        (int first, int edges) = batch.Edges(block);
        nint width = _columns.PaddedHeads;
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            BatchNorm.GradientMap norm = HiddenNorm.BackwardMap(c);
            Vector256<float> weight = Vector256.Load(_scoreWeights.Pointer + c);
            float* hidden = _hidden.Pointer + ((nint)first * Stride) + c;
            float* gradient = _workspace.HeadsGradient.Pointer + ((nint)first * Stride) + c;
            float* ds = _workspace.ScoreGradient.Pointer + (first * width);
            for (int edge = 0; edge < edges; edge++, hidden += Stride, gradient += Stride, ds += width)
            {
                Vector256<float> x = Vector256.Load(hidden);
                Vector256<float> g = norm.Of(heads.From(ds) * weight, x);
                (g & Vector256.GreaterThan(x, Vector256<float>.Zero)).Store(gradient);
            }
        }

        Linear.EdgeBackward(batch, block, e, _workspace.HeadsGradient.Pointer, _workspace.EdgeGradient.Pointer);
    }

    private void DropAttention(GraphBatch batch, int block)
    {
        (int first, int edges) = batch.Edges(block);
        int width = _columns.PaddedHeads;
        for (int edge = first; edge < first + edges; edge++)
        {
            float* mask = _mask.Pointer + ((nint)edge * width);
            _dropout.Fill(mask, _columns.Heads, batch.EdgeGlass[edge], batch.EdgeKeys[edge]);
            for (int c = 0; c < width; c += MatrixKernels.Lanes)
            {
                nint at = ((nint)edge * width) + c;
                (Vector256.Load(_attention.Pointer + at) * Vector256.Load(mask + c)).Store(_dropped.Pointer + at);
            }
        }
    }
}
