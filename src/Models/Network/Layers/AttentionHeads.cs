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
    public void Map(GraphBatch batch, Strip strip, float* e)
    {
        Linear.EdgeForward(batch, strip, e, _hidden.Pointer);
        if (strip.Edges > 0)
        {
            ColumnKernel.Run(new RectifyKernel(HiddenNorm, strip, HiddenAt(strip), Stride), _columns.Columns);
        }
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
    public void Score(Strip strip)
    {
        int width = _columns.PaddedHeads;
        float* rows = At(_scores, strip);
        RowPrefetch.Next(HiddenAt(strip), Stride, strip.Edges, _columns.Columns);
        for (int edge = 0; edge < strip.Edges; edge++)
        {
            Buffer.MemoryCopy(_foldedBias.Pointer, rows + ((nint)edge * width), width * sizeof(float), width * sizeof(float));
        }

        MatrixKernels.MultiplyAdd(
            HiddenAt(strip), Stride, 1, _folded.Pointer, width, rows, width, strip.Edges, _columns.UsedColumns, width);
        ScoreNorm.Measure(strip.Block, rows, width, strip.Edges);
    }

    /// <summary>α over the neighbors of each atom, the maximum subtracted first, and dropout.</summary>
    public void Softmax(GraphBatch batch, Strip strip)
    {
        ColumnKernel.Run(
            new SoftmaxKernel(ScoreNorm, strip, batch.Offsets, _scores.Pointer, _attention.Pointer, _columns.PaddedHeads), _columns.PaddedHeads);
        if (!_dropout.IsOff)
        {
            DropAttention(batch, strip);
        }
    }

    /// <summary>Turns the gradient of the dropped α into that of the normalized scores, and adds up what their norm needs.</summary>
    public void SoftmaxBackward(GraphBatch batch, Strip strip)
    {
        int width = _columns.PaddedHeads;
        float* gradient = At(_workspace.ScoreGradient, strip);
        if (!_dropout.IsOff)
        {
            float* mask = At(_mask, strip);
            for (int k = 0; k < strip.Edges * width; k += MatrixKernels.Lanes)
            {
                (Lanes8.Load(gradient + k) * Lanes8.Load(mask + k)).Store(gradient + k);
            }
        }

        ColumnKernel.Run(
            new SoftmaxBackwardKernel(strip, batch.Offsets, _workspace.ScoreGradient.Pointer, _attention.Pointer, width), width);
        ScoreNorm.MeasureGradient(strip.Block, gradient, width, At(_scores, strip), width, strip.Edges);
    }

    /// <summary>The gradient ds of the scores before their norm, and Σ ds, Σ ds·x̂ for the norm below, still without w.</summary>
    public void ScoreBackward(Strip strip)
    {
        int width = _columns.PaddedHeads;
        float* gradient = At(_workspace.ScoreGradient, strip);
        RowPrefetch.Next(HiddenAt(strip), Stride, strip.Edges, _columns.Columns);
        ColumnKernel.Run(new NormBackwardKernel(ScoreNorm, strip.Edges, gradient, At(_scores, strip)), width);
        ColumnKernel.Run(new HiddenSumsKernel(this, strip, gradient, HiddenAt(strip)), _columns.Columns);
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
    public void MapBackward(GraphBatch batch, Strip strip, float* e)
    {
        float* gradient = _workspace.HeadsGradient.Pointer;
        RowPrefetch.Next(HiddenAt(strip), Stride, strip.Edges, _columns.Columns);
        RowPrefetch.Next(gradient + ((nint)strip.Edge * Stride), Stride, strip.Edges, Stride);
        ColumnKernel.Run(
            new HiddenBackwardKernel(
                this, strip.Edges, At(_workspace.ScoreGradient, strip), HiddenAt(strip), gradient + ((nint)strip.Edge * Stride)),
            _columns.Columns);
        Linear.EdgeBackward(batch, strip, e, gradient, _workspace.EdgeGradient.Pointer);
    }

    private float* HiddenAt(Strip strip) => _hidden.Pointer + ((nint)strip.Edge * Stride);

    private float* At(LayerBuffer<float> perHead, Strip strip) => perHead.Pointer + ((nint)strip.Edge * _columns.PaddedHeads);

    private void DropAttention(GraphBatch batch, Strip strip)
    {
        int width = _columns.PaddedHeads;
        for (int edge = strip.Edge; edge < strip.Edge + strip.Edges; edge++)
        {
            float* mask = _mask.Pointer + ((nint)edge * width);
            _dropout.Fill(mask, _columns.Heads, batch.EdgeGlass[edge], batch.EdgeKeys[edge]);
            for (int c = 0; c < width; c += MatrixKernels.Lanes)
            {
                nint at = ((nint)edge * width) + c;
                (Lanes8.Load(_attention.Pointer + at) * Lanes8.Load(mask + c)).Store(_dropped.Pointer + at);
            }
        }
    }

    private readonly struct RectifyKernel(BatchNorm norm, Strip strip, float* rows, nint stride) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            float* at = rows + column;
            nint step = stride;
            MomentSums<TLanes> sum = new(ReluActivation.Value(TLanes.Load(at)));
            for (float* end = at + (strip.Edges * step); at < end; at += step)
            {
                TLanes x = ReluActivation.Value(TLanes.Load(at));
                x.Store(at);
                sum.Add(x);
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    private readonly struct SoftmaxKernel(
        BatchNorm norm, Strip strip, int* offsets, float* scores, float* attention, nint width) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            float* to = attention;
            nint step = width;
            for (int i = strip.Node; i < strip.Node + strip.Nodes; i++)
            {
                nint begin = (offsets[i] * step) + column;
                nint end = (offsets[i + 1] * step) + column;
                var largest = TLanes.Create(float.MinValue);
                for (nint at = begin; at < end; at += step)
                {
                    TLanes score = map.Of(TLanes.Load(scores + at));
                    score.Store(to + at);
                    largest = TLanes.WherePositive(score - largest, score, largest);
                }

                TLanes sum = default;
                for (nint at = begin; at < end; at += step)
                {
                    TLanes power = ColumnFunctions.Exp(TLanes.Load(to + at) - largest);
                    power.Store(to + at);
                    sum += power;
                }

                TLanes inverse = TLanes.Create(1) / sum;
                for (nint at = begin; at < end; at += step)
                {
                    (TLanes.Load(to + at) * inverse).Store(to + at);
                }
            }
        }
    }

    private readonly struct SoftmaxBackwardKernel(
        Strip strip, int* offsets, float* gradient, float* attention, nint width) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            nint step = width;
            for (int i = strip.Node; i < strip.Node + strip.Nodes; i++)
            {
                nint begin = (offsets[i] * step) + column;
                nint end = (offsets[i + 1] * step) + column;
                TLanes sum = default;
                for (nint at = begin; at < end; at += step)
                {
                    sum = TLanes.Fused(TLanes.Load(gradient + at), TLanes.Load(attention + at), sum);
                }

                for (nint at = begin; at < end; at += step)
                {
                    ((TLanes.Load(gradient + at) - sum) * TLanes.Load(attention + at)).Store(gradient + at);
                }
            }
        }
    }

    private readonly struct NormBackwardKernel(BatchNorm norm, int rows, float* gradient, float* scores) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            BatchNorm.GradientMap<TLanes> map = norm.BackwardMap<TLanes>(column);
            nint step = norm.Width;
            for (nint at = column; at < rows * step; at += step)
            {
                map.Of(TLanes.Load(gradient + at), TLanes.Load(scores + at)).Store(gradient + at);
            }
        }
    }

    private readonly struct HiddenSumsKernel(AttentionHeads owner, Strip strip, float* ds, float* hidden) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = owner._columns.Select(column);
            BatchNorm norm = owner.HiddenNorm;
            BatchNorm.Standardization<TLanes> standard = norm.Standardize<TLanes>(column);
            MomentSums<TLanes> sum = default;
            float* at = hidden + column, dsAt = ds;
            nint stride = owner.Stride, width = owner._columns.PaddedHeads;
            for (int edge = 0; edge < strip.Edges; edge++, at += stride, dsAt += width)
            {
                sum.Add(heads.From<TLanes>(dsAt), standard.Of(TLanes.Load(at)));
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    private readonly struct HiddenBackwardKernel(AttentionHeads owner, int rows, float* ds, float* hidden, float* gradient) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = owner._columns.Select(column);
            BatchNorm.GradientMap<TLanes> map = owner.HiddenNorm.BackwardMap<TLanes>(column);
            var weight = TLanes.Load(owner._scoreWeights.Pointer + column);
            float* at = hidden + column, to = gradient + column, dsAt = ds;
            nint stride = owner.Stride, width = owner._columns.PaddedHeads;
            for (int edge = 0; edge < rows; edge++, at += stride, to += stride, dsAt += width)
            {
                var x = TLanes.Load(at);
                TLanes g = map.Of(heads.From<TLanes>(dsAt) * weight, x);
                TLanes.WherePositive(x, g, TLanes.Create(0)).Store(to);
            }
        }
    }
}
