namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Steps 3 and 4 of a layer: m_ij = act(BN(α_ij·v_ij)) for every head, summed over the neighbors of each atom. An atom
/// without neighbors pools zeros. u = α·v and BN(u) are made again in each pass rather than kept.
/// <code>
/// v [E, 2H] (second half of each row)   α [E, K]   pooled, its gradient [N, H]
/// </code>
/// </summary>
internal sealed unsafe class MessagePooling<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly AttentionHeads _heads;
    private readonly HeadColumns _columns;
    private readonly LayerBuffer<float> _pooled = new();

    /// <summary>Creates steps 3 and 4 of layer <paramref name="layer"/>.</summary>
    public MessagePooling(
        int layer, HeadColumns columns, AttentionHeads heads, ParameterSet parameters, ParameterSet gradients, Workspace workspace)
    {
        _workspace = workspace;
        _heads = heads;
        _columns = columns;
        Norm = new BatchNorm(
            columns.Columns,
            Enumerable.Range(0, columns.Heads).Select(k => new NormSegment(
                ParameterLayout.MessageNorm(layer, k), k * columns.HeadWidth, columns.HeadWidth)),
            parameters,
            gradients);
    }

    /// <summary>The BatchNorm of the weighted messages.</summary>
    public BatchNorm Norm { get; }

    /// <summary>The pooled messages, [N, H].</summary>
    public float* Pooled => _pooled.Pointer;

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        _pooled.Reserve((long)batch.NodeCount * _columns.Columns);
        Norm.Begin(batch.BlockCount);
    }

    /// <summary>The sums of u = α·v.</summary>
    public void Weigh(Strip strip)
    {
        if (strip.Edges > 0)
        {
            ColumnKernel.Run(new WeighKernel(Rows(strip), Norm, strip), _columns.Columns);
        }
    }

    /// <summary>Σ_j act(BN(u_ij)).</summary>
    public void Pool(GraphBatch batch, Strip strip) =>
        ColumnKernel.Run(new PoolKernel(Rows(strip), Norm, strip, batch.Offsets, PooledAt(_pooled, strip)), _columns.Columns);

    /// <summary>g = act'(BN(u))·(gradient of the pooled), in place of the values' gradient, and the norm's sums.</summary>
    public void PoolBackward(GraphBatch batch, Strip strip) => ColumnKernel.Run(
        new PoolBackwardKernel(
            Rows(strip), Norm, strip, batch.Offsets, PooledAt(_workspace.PooledGradient, strip), GradientAt(strip) + _columns.Columns),
        _columns.Columns);

    /// <summary>The gradients of v and α: dv = α·du, dα_k = Σ_c du_c·v_c over the columns of head k.</summary>
    public void WeighBackward(Strip strip)
    {
        float* gradient = GradientAt(strip);
        RowPrefetch.Next(gradient, _heads.Stride, strip.Edges, _heads.Stride);
        ColumnKernel.Run(new WeighBackwardKernel(Rows(strip), Norm, strip.Edges, gradient), _columns.Columns);
        int width = _columns.PaddedHeads;
        float* alphaGradient = _workspace.ScoreGradient.Pointer + ((nint)strip.Edge * width);
        new Span<float>(alphaGradient, strip.Edges * width).Clear();
        MatrixKernels.MultiplyAdd(
            gradient, _heads.Stride, 1, _columns.Membership, width, alphaGradient, width, strip.Edges, _columns.UsedColumns, width);
    }

    /// <summary>The rows of a strip; those of the next one are asked for.</summary>
    private WeightedRows Rows(Strip strip)
    {
        float* values = _heads.Values + ((nint)strip.Edge * _heads.Stride);
        RowPrefetch.Next(values, _heads.Stride, strip.Edges, _columns.Columns);
        return new(_columns, values, _heads.Attention + ((nint)strip.Edge * _columns.PaddedHeads));
    }

    private float* PooledAt(LayerBuffer<float> rows, Strip strip) => rows.Pointer + ((nint)strip.Node * _columns.Columns);

    private float* GradientAt(Strip strip) => _workspace.HeadsGradient.Pointer + ((nint)strip.Edge * _heads.Stride);

    /// <summary>v and α of a strip.</summary>
    private readonly struct WeightedRows(HeadColumns columns, float* values, float* attention)
    {
        public readonly HeadColumns Columns = columns;
        public readonly float* Values = values;
        public readonly float* Attention = attention;

        public nint Stride => 2 * Columns.Columns;

        public nint Heads => Columns.PaddedHeads;
    }

    private readonly struct WeighKernel(WeightedRows rows, BatchNorm norm, Strip strip) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            float* values = rows.Values + column, attention = rows.Attention;
            nint stride = rows.Stride, width = rows.Heads;
            MomentSums<TLanes> sum = new(heads.From<TLanes>(attention) * TLanes.Load(values));
            for (int edge = 0; edge < strip.Edges; edge++, values += stride, attention += width)
            {
                sum.Add(heads.From<TLanes>(attention) * TLanes.Load(values));
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    private readonly struct PoolKernel(WeightedRows rows, BatchNorm norm, Strip strip, int* offsets, float* pooled) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            float* values = rows.Values + column, attention = rows.Attention;
            nint stride = rows.Stride, width = rows.Heads;
            for (int i = 0; i < strip.Nodes; i++)
            {
                int edges = offsets[strip.Node + i + 1] - offsets[strip.Node + i];
                TLanes sum = default;
                for (int edge = 0; edge < edges; edge++, values += stride, attention += width)
                {
                    sum += TActivation.Value(map.Of(heads.From<TLanes>(attention) * TLanes.Load(values)));
                }

                sum.Store(pooled + (i * (nint)rows.Columns.Columns) + column);
            }
        }
    }

    private readonly struct PoolBackwardKernel(
        WeightedRows rows, BatchNorm norm, Strip strip, int* offsets, float* pooledGradient, float* gradient) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            BatchNorm.Standardization<TLanes> standard = norm.Standardize<TLanes>(column);
            MomentSums<TLanes> sum = default;
            float* values = rows.Values + column, attention = rows.Attention, to = gradient + column;
            nint stride = rows.Stride, width = rows.Heads;
            for (int i = 0; i < strip.Nodes; i++)
            {
                int edges = offsets[strip.Node + i + 1] - offsets[strip.Node + i];
                var pooled = TLanes.Load(pooledGradient + (i * (nint)rows.Columns.Columns) + column);
                for (int edge = 0; edge < edges; edge++, values += stride, attention += width, to += stride)
                {
                    TLanes u = heads.From<TLanes>(attention) * TLanes.Load(values);
                    TLanes g = TActivation.Slope(map.Of(u)) * pooled;
                    g.Store(to);
                    sum.Add(g, standard.Of(u));
                }
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    private readonly struct WeighBackwardKernel(WeightedRows rows, BatchNorm norm, int edges, float* gradient) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            BatchNorm.GradientMap<TLanes> map = norm.BackwardMap<TLanes>(column);
            float* values = rows.Values + column, attention = rows.Attention;
            nint stride = rows.Stride, width = rows.Heads, half = rows.Columns.Columns;
            float* product = gradient + column;
            for (int edge = 0; edge < edges; edge++, values += stride, attention += width, product += stride)
            {
                TLanes alpha = heads.From<TLanes>(attention);
                var v = TLanes.Load(values);
                TLanes du = map.Of(TLanes.Load(product + half), alpha * v);
                (alpha * du).Store(product + half);

                // The half of the hidden attention is still free: it holds the products until they are summed per head.
                (du * v).Store(product);
            }
        }
    }
}
