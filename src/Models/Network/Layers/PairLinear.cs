namespace Glasswright.Models.Network.Layers;

/// <summary>A linear map that is a part of a wider one: its name and the first of its columns.</summary>
internal readonly record struct LinearSegment(string Prefix, int Column, int Width);

/// <summary>p and q of the forward pass, or the two sums of dy over edges of the backward pass, [N, O] each.</summary>
internal sealed class NodeParts
{
    /// <summary>p_i = W₁ h_i + b, or Σ_j dy_ij.</summary>
    public LayerBuffer<float> First { get; } = new();

    /// <summary>q_i = W₂ h_i, or Σ_j dy_ji.</summary>
    public LayerBuffer<float> Second { get; } = new();
}

/// <summary>
/// y_ij = W [h_i ‖ h_j ‖ e_ij] + b by parts: W = [W₁ W₂ W₃], so that p_i = W₁ h_i + b and q_j = W₂ h_j are made once per
/// atom and only W₃ e_ij once per edge. Backward the same way: the gradients of y are summed per atom i (its own edges)
/// and per atom j (the edges that point at it) before they meet W₁ and W₂.
/// <code>
/// h [N, n]   e [E, e]   p, q [N, O]   y [E, O]   W₁ᵀ, W₂ᵀ [n, O]   W₃ᵀ [e, O]       (n, e, O padded to 8)
/// </code>
/// </summary>
internal sealed unsafe class PairLinear
{
    private readonly Architecture _architecture;
    private readonly Workspace _workspace;
    private readonly NodeParts _parts;
    private readonly LinearSegment[] _segments;
    private readonly int _n;
    private readonly int _e;
    private readonly int _outputs;
    private readonly int _usedOutputs;
    private readonly int _partial;

    // Forward maps read [in, out], backward maps [out, in].
    private readonly LayerBuffer<float> _first = new();
    private readonly LayerBuffer<float> _second = new();
    private readonly LayerBuffer<float> _third = new();
    private readonly LayerBuffer<float> _firstBack = new();
    private readonly LayerBuffer<float> _secondBack = new();
    private readonly LayerBuffer<float> _thirdBack = new();
    private readonly LayerBuffer<float> _bias = new();

    /// <summary>Creates the map with <paramref name="outputs"/> padded columns; <paramref name="partial"/> is advanced.</summary>
    public PairLinear(
        Architecture architecture,
        Workspace workspace,
        NodeParts parts,
        IEnumerable<LinearSegment> segments,
        int outputs,
        ref int partial)
    {
        _architecture = architecture;
        _workspace = workspace;
        _parts = parts;
        _segments = [.. segments];
        _n = MatrixKernels.Padded(architecture.NodeWidth);
        _e = MatrixKernels.Padded(architecture.EdgeWidth);
        _outputs = outputs;
        _usedOutputs = _segments.Max(segment => segment.Column + segment.Width);
        _partial = partial;
        partial += (outputs * ((2 * _n) + _e)) + outputs;
        _first.Reserve(_n * outputs);
        _second.Reserve(_n * outputs);
        _third.Reserve(_e * outputs);
        _firstBack.Reserve(_n * outputs);
        _secondBack.Reserve(_n * outputs);
        _thirdBack.Reserve(_e * outputs);
        _bias.Reserve(outputs);
    }

    // Sums of a block: dW₁ [O, n], dW₂ [O, n], dW₃ [O, e], db [O].
    private int FirstPartial => _partial;

    private int SecondPartial => _partial + (_outputs * _n);

    private int ThirdPartial => _partial + (2 * _outputs * _n);

    private int BiasPartial => ThirdPartial + (_outputs * _e);

    /// <summary>Packs the weights from the parameters.</summary>
    public void Load(ParameterSet parameters)
    {
        int n = _architecture.NodeWidth;
        int e = _architecture.EdgeWidth;
        int inputs = _architecture.PairWidth;
        foreach (LinearSegment segment in _segments)
        {
            float[] weight = parameters[segment.Prefix + ".weight"];
            float[] bias = parameters[segment.Prefix + ".bias"];
            for (int o = 0; o < segment.Width; o++)
            {
                int column = segment.Column + o;
                _bias.Pointer[column] = bias[o];
                ReadOnlySpan<float> row = weight.AsSpan(o * inputs, inputs);
                Pack(row[..n], column, _n, _first, _firstBack);
                Pack(row.Slice(n, n), column, _n, _second, _secondBack);
                Pack(row.Slice(2 * n, e), column, _e, _third, _thirdBack);
            }
        }
    }

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        _parts.First.Reserve((long)batch.NodeCount * _outputs);
        _parts.Second.Reserve((long)batch.NodeCount * _outputs);
    }

    /// <summary>p_i and q_i of a block of atoms, into the workspace.</summary>
    public void NodeForward(GraphBatch batch, int block, float* h)
    {
        (int start, int count) = batch.Nodes(block);
        nint width = _outputs;
        float* p = _parts.First.Pointer + (start * width);
        float* q = _parts.Second.Pointer + (start * width);
        for (int i = 0; i < count; i++)
        {
            Buffer.MemoryCopy(_bias.Pointer, p + (i * width), width * sizeof(float), width * sizeof(float));
        }

        new Span<float>(q, count * _outputs).Clear();
        float* states = h + ((nint)start * _n);
        MatrixKernels.MultiplyAdd(states, _n, 1, _first.Pointer, width, p, width, count, _architecture.NodeWidth, _outputs);
        MatrixKernels.MultiplyAdd(states, _n, 1, _second.Pointer, width, q, width, count, _architecture.NodeWidth, _outputs);
    }

    /// <summary>y of the edges of a strip; every atom's p and q must stand.</summary>
    public void EdgeForward(GraphBatch batch, Strip strip, float* e, float* y)
    {
        nint width = _outputs;
        for (int i = strip.Node; i < strip.Node + strip.Nodes; i++)
        {
            int first = batch.Offsets[i];
            RowSums.Pair(
                _parts.First.Pointer + (i * width), _parts.Second.Pointer, batch.Neighbors + first, batch.Offsets[i + 1] - first,
                y + (first * width), _outputs);
        }

        MatrixKernels.MultiplyAdd(
            e + ((nint)strip.Edge * _e), _e, 1, _third.Pointer, width, y + (strip.Edge * width), width, strip.Edges,
            _architecture.EdgeWidth, _outputs);
    }

    /// <summary>The strip's part of dW₃, Σ_j dy_ij of its atoms, and de += W₃ᵀ dy unless <paramref name="de"/> is null.</summary>
    public void EdgeBackward(GraphBatch batch, Strip strip, float* e, float* dy, float* de)
    {
        nint width = _outputs;
        float* gradient = dy + (strip.Edge * width);
        MatrixKernels.MultiplyAdd(
            gradient, 1, width, e + ((nint)strip.Edge * _e), _e, _workspace.Partial(strip.Block) + ThirdPartial, _e, _usedOutputs,
            strip.Edges, _e);
        if (de is not null)
        {
            MatrixKernels.MultiplyAdd(
                gradient, width, 1, _thirdBack.Pointer, _e, de + ((nint)strip.Edge * _e), _e, strip.Edges, _usedOutputs, _e);
        }

        for (int i = strip.Node; i < strip.Node + strip.Nodes; i++)
        {
            int first = batch.Offsets[i];
            RowSums.Consecutive(dy + (first * width), batch.Offsets[i + 1] - first, _parts.First.Pointer + (i * width), _outputs);
        }
    }

    /// <summary>The block's dW₁, dW₂ and db, and dh += W₁ᵀ Σ_j dy_ij + W₂ᵀ Σ_j dy_ji; every edge's dy must stand.</summary>
    public void NodeBackward(GraphBatch batch, int block, float* h, float* dy, float* dh)
    {
        (int start, int count) = batch.Nodes(block);
        nint width = _outputs;
        float* own = _parts.First.Pointer + (start * width);
        float* pointing = _parts.Second.Pointer + (start * width);
        for (int i = 0; i < count; i++)
        {
            int first = batch.ReverseOffsets[start + i];
            if (start + i + 1 < batch.NodeCount)
            {
                int next = batch.ReverseOffsets[start + i + 1];
                RowPrefetch.Gather(dy, batch.ReverseEdges + next, batch.ReverseOffsets[start + i + 2] - next, _outputs);
            }

            RowSums.Gather(
                dy, batch.ReverseEdges + first, batch.ReverseOffsets[start + i + 1] - first, pointing + (i * width), _outputs);
        }

        float* partial = _workspace.Partial(block);
        float* states = h + ((nint)start * _n);
        RowSums.Consecutive(own, count, partial + BiasPartial, _outputs);
        MatrixKernels.MultiplyAdd(own, 1, width, states, _n, partial + FirstPartial, _n, _usedOutputs, count, _n);
        MatrixKernels.MultiplyAdd(pointing, 1, width, states, _n, partial + SecondPartial, _n, _usedOutputs, count, _n);
        float* gradient = dh + ((nint)start * _n);
        MatrixKernels.MultiplyAdd(own, width, 1, _firstBack.Pointer, _n, gradient, _n, count, _usedOutputs, _n);
        MatrixKernels.MultiplyAdd(pointing, width, 1, _secondBack.Pointer, _n, gradient, _n, count, _usedOutputs, _n);
    }

    /// <summary>Writes the reduced sums into the gradients.</summary>
    public void StoreGradients(ParameterSet gradients)
    {
        int n = _architecture.NodeWidth;
        int e = _architecture.EdgeWidth;
        int inputs = _architecture.PairWidth;
        float* sums = _workspace.Reduced.Pointer;
        foreach (LinearSegment segment in _segments)
        {
            float[] weight = gradients[segment.Prefix + ".weight"];
            float[] bias = gradients[segment.Prefix + ".bias"];
            for (int o = 0; o < segment.Width; o++)
            {
                int column = segment.Column + o;
                bias[o] = sums[BiasPartial + column];
                Span<float> row = weight.AsSpan(o * inputs, inputs);
                new ReadOnlySpan<float>(sums + FirstPartial + (column * _n), n).CopyTo(row);
                new ReadOnlySpan<float>(sums + SecondPartial + (column * _n), n).CopyTo(row[n..]);
                new ReadOnlySpan<float>(sums + ThirdPartial + (column * _e), e).CopyTo(row[(2 * n)..]);
            }
        }
    }

    private void Pack(
        ReadOnlySpan<float> row, int column, int inputs, LayerBuffer<float> forward, LayerBuffer<float> backward)
    {
        for (int k = 0; k < row.Length; k++)
        {
            forward.Pointer[(k * _outputs) + column] = row[k];
            backward.Pointer[(column * inputs) + k] = row[k];
        }
    }
}
