using System.Runtime.Intrinsics;

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
    public void Weigh(GraphBatch batch, int block)
    {
        (int first, int edges) = batch.Edges(block);
        nint stride = _heads.Stride;
        nint width = _columns.PaddedHeads;
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            float* values = _heads.Values + (first * stride) + c;
            float* attention = _heads.Attention + (first * width);
            MomentSums sum = default;
            for (int edge = 0; edge < edges; edge++, values += stride, attention += width)
            {
                Vector256<float> u = heads.From(attention) * Vector256.Load(values);
                sum.Add(u, u);
            }

            sum.Store(Norm.Partial(block) + c, _columns.Columns);
        }
    }

    /// <summary>Σ_j act(BN(u_ij)).</summary>
    public void Pool(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        nint stride = _heads.Stride;
        nint width = _columns.PaddedHeads;
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            BatchNorm.Affine norm = Norm.ForwardMap(c);
            for (int i = start; i < start + count; i++)
            {
                int first = batch.Offsets[i];
                float* values = _heads.Values + (first * stride) + c;
                float* attention = _heads.Attention + (first * width);
                Vector256<float> sum = default;
                for (int edge = first; edge < batch.Offsets[i + 1]; edge++, values += stride, attention += width)
                {
                    sum += TActivation.Value(norm.Of(heads.From(attention) * Vector256.Load(values)));
                }

                sum.Store(_pooled.Pointer + ((nint)i * _columns.Columns) + c);
            }
        }
    }

    /// <summary>g = act'(BN(u))·(gradient of the pooled), in place of the values' gradient, and the norm's sums.</summary>
    public void PoolBackward(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        nint stride = _heads.Stride;
        nint width = _columns.PaddedHeads;
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            BatchNorm.Affine norm = Norm.ForwardMap(c);
            Vector256<float> mean = Vector256.Load(Norm.Mean + c);
            Vector256<float> inverse = Vector256.Load(Norm.InverseStd + c);
            MomentSums sum = default;
            for (int i = start; i < start + count; i++)
            {
                int first = batch.Offsets[i];
                float* values = _heads.Values + (first * stride) + c;
                float* attention = _heads.Attention + (first * width);
                float* gradient = _workspace.HeadsGradient.Pointer + _columns.Columns + (first * stride) + c;
                Vector256<float> pooled = Vector256.Load(_workspace.PooledGradient.Pointer + ((nint)i * _columns.Columns) + c);
                for (int edge = first; edge < batch.Offsets[i + 1]; edge++, values += stride, attention += width, gradient += stride)
                {
                    Vector256<float> u = heads.From(attention) * Vector256.Load(values);
                    Vector256<float> g = TActivation.Slope(norm.Of(u)) * pooled;
                    g.Store(gradient);
                    sum.Add(g, (u - mean) * inverse);
                }
            }

            sum.Store(Norm.Partial(block) + c, _columns.Columns);
        }
    }

    /// <summary>The gradients of v and α: dv = α·du, dα_k = Σ_c du_c·v_c over the columns of head k.</summary>
    public void WeighBackward(GraphBatch batch, int block)
    {
        (int first, int edges) = batch.Edges(block);
        nint stride = _heads.Stride;
        nint width = _columns.PaddedHeads;
        float* rows = _workspace.HeadsGradient.Pointer + (first * stride);
        for (int c = 0; c < _columns.Columns; c += MatrixKernels.Lanes)
        {
            HeadColumns.Selector heads = _columns.Select(c);
            BatchNorm.GradientMap norm = Norm.BackwardMap(c);
            float* values = _heads.Values + (first * stride) + c;
            float* attention = _heads.Attention + (first * width);
            float* product = rows + c;
            float* gradient = product + _columns.Columns;
            for (int edge = 0; edge < edges; edge++)
            {
                Vector256<float> alpha = heads.From(attention);
                Vector256<float> v = Vector256.Load(values);
                Vector256<float> du = norm.Of(Vector256.Load(gradient), alpha * v);
                (alpha * du).Store(gradient);

                // The half of the hidden attention is still free: it holds the products until they are summed per head.
                (du * v).Store(product);
                values += stride;
                attention += width;
                product += stride;
                gradient += stride;
            }
        }

        float* alphaGradient = _workspace.ScoreGradient.Pointer + (first * width);
        new Span<float>(alphaGradient, edges * (int)width).Clear();
        MatrixKernels.MultiplyAdd(
            rows, stride, 1, _columns.Membership, width, alphaGradient, width, edges, _columns.Columns, (int)width);
    }
}
