using System.Runtime.Intrinsics;

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
        MatrixKernels.MultiplyAdd(states, _n, 1, _first.Pointer, width, p, width, count, _n, _outputs);
        MatrixKernels.MultiplyAdd(states, _n, 1, _second.Pointer, width, q, width, count, _n, _outputs);
    }

    /// <summary>y of the edges of a block; every atom's p and q must stand.</summary>
    public void EdgeForward(GraphBatch batch, int block, float* e, float* y)
    {
        (int start, int count) = batch.Nodes(block);
        nint width = _outputs;
        for (int i = start; i < start + count; i++)
        {
            float* p = _parts.First.Pointer + (i * width);
            for (int edge = batch.Offsets[i]; edge < batch.Offsets[i + 1]; edge++)
            {
                float* q = _parts.Second.Pointer + (batch.Neighbors[edge] * width);
                float* to = y + (edge * width);
                for (int c = 0; c < _outputs; c += MatrixKernels.Lanes)
                {
                    (Vector256.Load(p + c) + Vector256.Load(q + c)).Store(to + c);
                }
            }
        }

        (int first, int edges) = batch.Edges(block);
        MatrixKernels.MultiplyAdd(
            e + ((nint)first * _e), _e, 1, _third.Pointer, width, y + (first * width), width, edges, _e, _outputs);
    }

    /// <summary>The block's dW₃, and de += W₃ᵀ dy unless <paramref name="de"/> is null.</summary>
    public void EdgeBackward(GraphBatch batch, int block, float* e, float* dy, float* de)
    {
        (int first, int edges) = batch.Edges(block);
        nint width = _outputs;
        float* gradient = dy + (first * width);
        MatrixKernels.MultiplyAdd(
            gradient, 1, width, e + ((nint)first * _e), _e, _workspace.Partial(block) + ThirdPartial, _e, _outputs, edges, _e);
        if (de is not null)
        {
            MatrixKernels.MultiplyAdd(
                gradient, width, 1, _thirdBack.Pointer, _e, de + ((nint)first * _e), _e, edges, _outputs, _e);
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
            int node = start + i;
            int first = batch.Offsets[node];
            SumRows(dy, width, first, batch.Offsets[node + 1] - first, null, own + (i * width));
            int pointed = batch.ReverseOffsets[node];
            SumRows(dy, width, 0, batch.ReverseOffsets[node + 1] - pointed, batch.ReverseEdges + pointed, pointing + (i * width));
        }

        float* partial = _workspace.Partial(block);
        float* states = h + ((nint)start * _n);
        MatrixKernels.AddRows(own, width, count, partial + BiasPartial, _outputs);
        MatrixKernels.MultiplyAdd(own, 1, width, states, _n, partial + FirstPartial, _n, _outputs, count, _n);
        MatrixKernels.MultiplyAdd(pointing, 1, width, states, _n, partial + SecondPartial, _n, _outputs, count, _n);
        float* gradient = dh + ((nint)start * _n);
        MatrixKernels.MultiplyAdd(own, width, 1, _firstBack.Pointer, _n, gradient, _n, count, _outputs, _n);
        MatrixKernels.MultiplyAdd(pointing, width, 1, _secondBack.Pointer, _n, gradient, _n, count, _outputs, _n);
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

    /// <summary>Σ of rows of dy, from zero and in rising order: <paramref name="count"/> from a first one, or those named.</summary>
    private void SumRows(float* dy, nint width, int first, int count, int* named, float* sum)
    {
        // Four vectors of each row at a time stay in registers, and whole cache lines are read.
        const int Span = 4 * MatrixKernels.Lanes;
        for (int c = 0; c < _outputs; c += Span)
        {
            int vectors = Math.Min(Span, _outputs - c) / MatrixKernels.Lanes;
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int k = 0; k < count; k++)
            {
                float* row = dy + ((named is null ? first + k : named[k]) * width) + c;
                s0 += Vector256.Load(row);
                s1 = vectors > 1 ? s1 + Vector256.Load(row + 8) : s1;
                s2 = vectors > 2 ? s2 + Vector256.Load(row + 16) : s2;
                s3 = vectors > 3 ? s3 + Vector256.Load(row + 24) : s3;
            }

            s0.Store(sum + c);
            if (vectors > 1)
            {
                s1.Store(sum + c + 8);
            }

            if (vectors > 2)
            {
                s2.Store(sum + c + 16);
            }

            if (vectors > 3)
            {
                s3.Store(sum + c + 24);
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
