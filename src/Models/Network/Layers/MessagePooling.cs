namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Steps 3 and 4 of a layer: m_ij = act(BN(α_ij·v_ij)) for every head, pooled over the neighbors of each atom. An atom
/// without neighbors pools zeros. u = α·v and BN(u) are made again in each pass rather than kept; only set2set keeps messages.
/// <code>
/// v [E, 2H] (second half of each row)   α [E, K]   pooled, its gradient [N, H] (2H with set2set)
/// </code>
/// </summary>
internal sealed unsafe class MessagePooling<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly AttentionHeads _heads;
    private readonly HeadColumns _columns;
    private readonly Pooling _pooling;
    private readonly Set2SetPooling? _set;
    private readonly LayerBuffer<float> _pooled = new();

    /// <summary>Creates steps 3 and 4 of layer <paramref name="layer"/>; <paramref name="partial"/> is advanced.</summary>
    public MessagePooling(
        Architecture architecture, int layer, HeadColumns columns, AttentionHeads heads, ParameterSet parameters, ParameterSet gradients,
        Workspace workspace, ref int partial)
    {
        _pooling = architecture.Pooling;
        _set = _pooling == Pooling.Set2set ? new Set2SetPooling(architecture, layer, workspace, ref partial) : null;
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

    /// <summary>The pooled messages.</summary>
    public float* Pooled => _set is null ? _pooled.Pointer : _set.Pooled;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters) => _set?.Load(parameters);

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        _pooled.Reserve((long)batch.NodeCount * _columns.Columns);
        Norm.Begin(batch.BlockCount);
        _set?.Begin(batch);
    }

    /// <summary>Makes room for the gradients.</summary>
    public void BeginBackward(GraphBatch batch) => _set?.BeginBackward(batch);

    /// <summary>The sums of u = α·v.</summary>
    public void Weigh(Strip strip)
    {
        if (strip.Edges > 0)
        {
            ColumnKernel.Run(new WeighKernel(Rows(strip), Norm, strip), _columns.Columns);
        }
    }

    /// <summary>The sum, mean or maximum over j of act(BN(u_ij)); for set2set the messages alone, see <see cref="Ask"/>.</summary>
    public void Pool(GraphBatch batch, Strip strip)
    {
        float* to = PooledAt(_pooled, strip);
        switch (_pooling)
        {
            case Pooling.Max:
                ColumnKernel.Run(new MaxKernel(Rows(strip), Norm, strip, batch.Offsets, to), _columns.Columns);
                break;
            case Pooling.Set2set:
                ColumnKernel.Run(new MessageKernel(Rows(strip), Norm, strip.Edges, MessagesAt(_set!.Messages, strip)), _columns.Columns);
                break;
            default:
                ColumnKernel.Run(
                    new PoolKernel(Rows(strip), Norm, strip, batch.Offsets, to, _pooling == Pooling.Mean), _columns.Columns);
                break;
        }
    }

    /// <summary>Set2set over the messages of a block.</summary>
    public void Ask(GraphBatch batch, int block) => _set?.Forward(batch, block);

    /// <summary>The gradient of the messages of a block from that of the pooled; only set2set needs it.</summary>
    public void AskBackward(GraphBatch batch, int block) => _set?.Backward(batch, block);

    /// <summary>g = act'(BN(u))·(gradient of the message), in place of the values' gradient, and the norm's sums.</summary>
    public void PoolBackward(GraphBatch batch, Strip strip)
    {
        float* pooled = PooledAt(_workspace.PooledGradient, strip), to = GradientAt(strip) + _columns.Columns;
        switch (_pooling)
        {
            case Pooling.Max:
                ColumnKernel.Run(new MaxBackwardKernel(Rows(strip), Norm, strip, batch.Offsets, pooled, to), _columns.Columns);
                break;
            case Pooling.Set2set:
                float* messages = MessagesAt(_workspace.MessageGradient.Pointer, strip);
                ColumnKernel.Run(new MessageBackwardKernel(Rows(strip), Norm, strip, messages, to), _columns.Columns);
                break;
            default:
                ColumnKernel.Run(
                    new PoolBackwardKernel(Rows(strip), Norm, strip, batch.Offsets, pooled, to, _pooling == Pooling.Mean),
                    _columns.Columns);
                break;
        }
    }

    /// <summary>Writes the reduced gradients of set2set.</summary>
    public void StoreGradients(ParameterSet gradients) => _set?.StoreGradients(gradients);

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

    private float* MessagesAt(float* rows, Strip strip) => rows + ((nint)strip.Edge * _columns.Columns);

    private float* GradientAt(Strip strip) => _workspace.HeadsGradient.Pointer + ((nint)strip.Edge * _heads.Stride);

    /// <summary>The share of one message in what is pooled.</summary>
    private static float Share(int edges, bool mean) => mean && edges > 1 ? 1f / edges : 1;

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

    private readonly struct PoolKernel(WeightedRows rows, BatchNorm norm, Strip strip, int* offsets, float* pooled, bool mean)
        : IColumnKernel
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

                // Times 1 changes no bit of a sum.
                (sum * TLanes.Create(Share(edges, mean))).Store(pooled + (i * (nint)rows.Columns.Columns) + column);
            }
        }
    }

    private readonly struct PoolBackwardKernel(
        WeightedRows rows, BatchNorm norm, Strip strip, int* offsets, float* pooledGradient, float* gradient, bool mean) : IColumnKernel
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
                TLanes pooled = TLanes.Load(pooledGradient + (i * (nint)rows.Columns.Columns) + column)
                    * TLanes.Create(Share(edges, mean));
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

    /// <summary>max_j act(BN(u_ij)).</summary>
    private readonly struct MaxKernel(WeightedRows rows, BatchNorm norm, Strip strip, int* offsets, float* pooled) : IColumnKernel
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
                TLanes largest = default;
                for (int edge = 0; edge < edges; edge++, values += stride, attention += width)
                {
                    TLanes m = TActivation.Value(map.Of(heads.From<TLanes>(attention) * TLanes.Load(values)));
                    largest = edge == 0 ? m : TLanes.WherePositive(m - largest, m, largest);
                }

                largest.Store(pooled + (i * (nint)rows.Columns.Columns) + column);
            }
        }
    }

    /// <summary>The first message that is the largest of its column has the whole gradient.</summary>
    private readonly struct MaxBackwardKernel(
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
                TLanes largest = default;
                for (int edge = 0; edge < edges; edge++)
                {
                    TLanes m = TActivation.Value(
                        map.Of(heads.From<TLanes>(attention + (edge * width)) * TLanes.Load(values + (edge * stride))));
                    largest = edge == 0 ? m : TLanes.WherePositive(m - largest, m, largest);
                }

                TLanes left = TLanes.Load(pooledGradient + (i * (nint)rows.Columns.Columns) + column);
                for (int edge = 0; edge < edges; edge++, values += stride, attention += width, to += stride)
                {
                    TLanes u = heads.From<TLanes>(attention) * TLanes.Load(values);
                    TLanes y = map.Of(u), below = TActivation.Value(y) - largest;
                    TLanes g = TLanes.WhereNegative(below, default, TActivation.Slope(y) * left);
                    left = TLanes.WhereNegative(below, left, default);
                    g.Store(to);
                    sum.Add(g, standard.Of(u));
                }
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    /// <summary>act(BN(u)) of every edge.</summary>
    private readonly struct MessageKernel(WeightedRows rows, BatchNorm norm, int edges, float* messages) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            float* values = rows.Values + column, attention = rows.Attention, to = messages + column;
            nint stride = rows.Stride, width = rows.Heads, step = rows.Columns.Columns;
            for (int edge = 0; edge < edges; edge++, values += stride, attention += width, to += step)
            {
                TActivation.Value(map.Of(heads.From<TLanes>(attention) * TLanes.Load(values))).Store(to);
            }
        }
    }

    /// <summary>g = act'(BN(u))·(gradient of the message).</summary>
    private readonly struct MessageBackwardKernel(
        WeightedRows rows, BatchNorm norm, Strip strip, float* messageGradient, float* gradient) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            HeadColumns.Selector heads = rows.Columns.Select(column);
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            BatchNorm.Standardization<TLanes> standard = norm.Standardize<TLanes>(column);
            MomentSums<TLanes> sum = default;
            float* values = rows.Values + column, attention = rows.Attention, to = gradient + column, from = messageGradient + column;
            nint stride = rows.Stride, width = rows.Heads, step = rows.Columns.Columns;
            for (int edge = 0; edge < strip.Edges; edge++, values += stride, attention += width, to += stride, from += step)
            {
                TLanes u = heads.From<TLanes>(attention) * TLanes.Load(values);
                TLanes g = TActivation.Slope(map.Of(u)) * TLanes.Load(from);
                g.Store(to);
                sum.Add(g, standard.Of(u));
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
