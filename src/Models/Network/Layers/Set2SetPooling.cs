using Glasswright.Kernels.Numerics;

namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Pooling by set2set as <see cref="TextbookSet2Set"/> tells it, for the atoms of a block: no statistic of the batch is in it, so a block
/// runs through all steps alone, forward and backward. What a step saw is kept for the backward pass.
/// <code>
/// m, its gradient [E, P]    x_t = [q_t ‖ r_t] [T + 1, N, 2P]    c_t [T + 1, N, P]    gates [T, N, 4P]    a [T, E]    pooled [N, 2·K·a]
/// </code>
/// </summary>
internal sealed unsafe class Set2SetPooling
{
    private readonly Workspace _workspace;
    private readonly RecurrentCell _cell;
    private readonly int _steps;
    private readonly int _pooledWidth;
    private readonly LayerBuffer<float> _messages = new();
    private readonly LayerBuffer<float> _inputs = new();
    private readonly LayerBuffer<float> _cells = new();
    private readonly LayerBuffer<float> _gates = new();
    private readonly LayerBuffer<float> _weights = new();
    private readonly LayerBuffer<float> _pooled = new();

    /// <summary>Creates the pooling of layer <paramref name="layer"/>; <paramref name="partial"/> is advanced.</summary>
    public Set2SetPooling(Architecture architecture, int layer, Workspace workspace, ref int partial)
    {
        _workspace = workspace;
        _steps = architecture.PoolingSteps!.Value;
        _pooledWidth = MatrixKernels.Padded(architecture.PooledWidth);
        string prefix = ParameterLayout.PoolingCell(layer);
        string input = ParameterLayout.CellInputWeight(prefix);

        // q is the cell's state and the first half of its input.
        _cell = new(
            prefix,
            architecture.ConcatenatedWidth,
            [new(input, 0, 0), new(input, architecture.ConcatenatedWidth, 1), new(ParameterLayout.CellStateWeight(prefix), 0, 0)],
            workspace,
            ref partial);
    }

    /// <summary>Messages of every edge, [E, P].</summary>
    public float* Messages => _messages.Pointer;

    /// <summary>[q ‖ r] of every atom.</summary>
    public float* Pooled => _pooled.Pointer;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters) => _cell.Load(parameters);

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        _messages.Reserve((long)batch.EdgeCount * _cell.Padded);
        _inputs.Reserve((long)(_steps + 1) * batch.NodeCount * _cell.InputWidth);
        _cells.Reserve((long)(_steps + 1) * batch.NodeCount * _cell.Padded);
        _gates.Reserve((long)_steps * batch.NodeCount * _cell.GateWidth);
        _weights.Reserve((long)_steps * batch.EdgeCount);
        _pooled.Reserve((long)batch.NodeCount * _pooledWidth);
    }

    /// <summary>Makes room for the gradients.</summary>
    public void BeginBackward(GraphBatch batch)
    {
        _workspace.MessageGradient.Reserve((long)batch.EdgeCount * _cell.Padded);
        _workspace.QueryGradient.Reserve((long)batch.NodeCount * _cell.InputWidth);
        _workspace.QueryCellGradient.Reserve((long)batch.NodeCount * _cell.Padded);
        _workspace.GateGradient.Reserve((long)batch.NodeCount * _cell.GateWidth);
    }

    /// <summary>All steps for the atoms of a block.</summary>
    public void Forward(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        new Span<float>(Input(batch, 0, start), count * _cell.InputWidth).Clear();
        new Span<float>(Cell(batch, 0, start), count * _cell.Padded).Clear();
        for (int step = 0; step < _steps; step++)
        {
            _cell.Forward(
                Input(batch, step, start), Cell(batch, step, start), GatesAt(batch, step, start),
                Cell(batch, step + 1, start), Input(batch, step + 1, start), _cell.InputWidth, count);
            for (int i = start; i < start + count; i++)
            {
                Attend(batch, step, i);
            }
        }

        int width = _cell.Width;
        for (int i = start; i < start + count; i++)
        {
            var row = new Span<float>(_pooled.Pointer + ((nint)i * _pooledWidth), _pooledWidth);
            row.Clear();
            if (batch.Offsets[i + 1] > batch.Offsets[i])
            {
                float* last = Input(batch, _steps, i);
                new ReadOnlySpan<float>(last, width).CopyTo(row);
                new ReadOnlySpan<float>(last + _cell.Padded, width).CopyTo(row[width..]);
            }
        }
    }

    /// <summary>From the gradient of the pooled to those of the block's messages, and the cell's own.</summary>
    public void Backward(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        (int firstEdge, int edges) = batch.Edges(block);
        int padded = _cell.Padded, width = _cell.Width;
        new Span<float>(_workspace.MessageGradient.Pointer + ((nint)firstEdge * padded), edges * padded).Clear();
        float* dc = _workspace.QueryCellGradient.Pointer + ((nint)start * padded);
        new Span<float>(dc, count * padded).Clear();
        float* dx = _workspace.QueryGradient.Pointer + ((nint)start * _cell.InputWidth);
        new Span<float>(dx, count * _cell.InputWidth).Clear();
        for (int i = start; i < start + count; i++)
        {
            if (batch.Offsets[i + 1] > batch.Offsets[i])
            {
                float* gradient = _workspace.PooledGradient.Pointer + ((nint)i * _pooledWidth);
                float* to = dx + ((nint)(i - start) * _cell.InputWidth);
                new ReadOnlySpan<float>(gradient, width).CopyTo(new Span<float>(to, width));
                new ReadOnlySpan<float>(gradient + width, width).CopyTo(new Span<float>(to + padded, width));
            }
        }

        for (int step = _steps - 1; step >= 0; step--)
        {
            for (int i = start; i < start + count; i++)
            {
                AttendBackward(batch, step, i, dx + ((nint)(i - start) * _cell.InputWidth));
            }

            _cell.Backward(
                block, Input(batch, step, start), Cell(batch, step, start), GatesAt(batch, step, start), Cell(batch, step + 1, start),
                dx, _cell.InputWidth, dc, _workspace.GateGradient.Pointer + ((nint)start * _cell.GateWidth), dx, count);
        }
    }

    /// <summary>Writes the cell's reduced gradients.</summary>
    public void StoreGradients(ParameterSet gradients) => _cell.StoreGradients(gradients);

    /// <summary>a_j = softmax_j(m_j·q), r = Σ_j a_j m_j, neighbors in order.</summary>
    private void Attend(GraphBatch batch, int step, int node)
    {
        float* q = Input(batch, step + 1, node), r = q + _cell.Padded;
        float* weights = _weights.Pointer + ((nint)step * batch.EdgeCount);
        float largest = float.NegativeInfinity;
        for (int edge = batch.Offsets[node]; edge < batch.Offsets[node + 1]; edge++)
        {
            weights[edge] = Dot(Message(edge), q);
            largest = Math.Max(largest, weights[edge]);
        }

        float sum = 0;
        for (int edge = batch.Offsets[node]; edge < batch.Offsets[node + 1]; edge++)
        {
            weights[edge] = Elementary.Exp(weights[edge] - largest);
            sum += weights[edge];
        }

        new Span<float>(r, _cell.Padded).Clear();
        for (int edge = batch.Offsets[node]; edge < batch.Offsets[node + 1]; edge++)
        {
            weights[edge] /= sum;
            AddScaled(r, weights[edge], Message(edge));
        }
    }

    /// <summary>
    /// Adds to the gradients of m and q what r has: da_j = dr·m_j, ds_j = a_j (da_j - Σ_k a_k da_k), dq = Σ_j ds_j m_j,
    /// dm_j = a_j dr + ds_j q.
    /// </summary>
    private void AttendBackward(GraphBatch batch, int step, int node, float* dx)
    {
        float* q = Input(batch, step + 1, node), dq = dx, dr = dx + _cell.Padded;
        float* weights = _weights.Pointer + ((nint)step * batch.EdgeCount);
        float mean = 0;
        for (int edge = batch.Offsets[node]; edge < batch.Offsets[node + 1]; edge++)
        {
            mean += weights[edge] * Dot(Message(edge), dr);
        }

        for (int edge = batch.Offsets[node]; edge < batch.Offsets[node + 1]; edge++)
        {
            float slope = weights[edge] * (Dot(Message(edge), dr) - mean);
            float* dm = _workspace.MessageGradient.Pointer + ((nint)edge * _cell.Padded);
            AddScaled(dm, weights[edge], dr);
            AddScaled(dm, slope, q);
            AddScaled(dq, slope, Message(edge));
        }
    }

    private float* Message(int edge) => _messages.Pointer + ((nint)edge * _cell.Padded);

    private float* Input(GraphBatch batch, int step, int node) =>
        _inputs.Pointer + ((((nint)step * batch.NodeCount) + node) * _cell.InputWidth);

    private float* Cell(GraphBatch batch, int step, int node) =>
        _cells.Pointer + ((((nint)step * batch.NodeCount) + node) * _cell.Padded);

    private float* GatesAt(GraphBatch batch, int step, int node) =>
        _gates.Pointer + ((((nint)step * batch.NodeCount) + node) * _cell.GateWidth);

    /// <summary>Eight partial sums, then those in order: the same bits for any vector width.</summary>
    private float Dot(float* a, float* b)
    {
        Lanes8 sums = default;
        for (int k = 0; k < _cell.Padded; k += MatrixKernels.Lanes)
        {
            sums = Lanes8.Fused(Lanes8.Load(a + k), Lanes8.Load(b + k), sums);
        }

        float* lanes = stackalloc float[MatrixKernels.Lanes];
        sums.Store(lanes);
        float sum = 0;
        for (int k = 0; k < MatrixKernels.Lanes; k++)
        {
            sum += lanes[k];
        }

        return sum;
    }

    private void AddScaled(float* to, float factor, float* row)
    {
        var scale = Lanes8.Create(factor);
        for (int k = 0; k < _cell.Padded; k += MatrixKernels.Lanes)
        {
            Lanes8.Fused(scale, Lanes8.Load(row + k), Lanes8.Load(to + k)).Store(to + k);
        }
    }
}
