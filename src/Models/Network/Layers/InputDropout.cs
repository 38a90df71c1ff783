namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Dropout on the node states that enter a layer's maps: each number of an atom's state is dropped once a layer, for the atom itself and for all
/// that read it as a neighbor, so that W z keeps its parts per atom. What the layer remembers is the whole state.
/// <code>
/// factors, dropped h, gradient of dropped h [N, n]
/// </code>
/// </summary>
internal sealed unsafe class InputDropout(Workspace workspace, int width)
{
    private readonly int _padded = MatrixKernels.Padded(width);
    private readonly LayerBuffer<float> _factors = new();
    private readonly LayerBuffer<float> _dropped = new();
    private Dropout _dropout = Dropout.None;

    /// <summary>Whether nothing is dropped.</summary>
    public bool IsOff => _dropout.IsOff;

    /// <summary>h after dropout.</summary>
    public float* Output => _dropped.Pointer;

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch, Dropout dropout)
    {
        _dropout = dropout;
        if (!dropout.IsOff)
        {
            _factors.Reserve((long)batch.NodeCount * _padded);
            _dropped.Reserve((long)batch.NodeCount * _padded);
        }
    }

    /// <summary>Drops in the states of a block.</summary>
    public void Forward(GraphBatch batch, int block, float* h)
    {
        (int start, int count) = batch.Nodes(block);
        for (int i = start; i < start + count; i++)
        {
            nint at = (nint)i * _padded;
            _dropout.Fill(_factors.Pointer + at, width, batch.NodeGlass[i], batch.NodeKeys[i]);
            for (int c = 0; c < _padded; c += MatrixKernels.Lanes)
            {
                (Lanes8.Load(h + at + c) * Lanes8.Load(_factors.Pointer + at + c)).Store(_dropped.Pointer + at + c);
            }
        }
    }

    /// <summary>Makes room for the gradient of the dropped states.</summary>
    public void BeginBackward(GraphBatch batch)
    {
        if (!IsOff)
        {
            workspace.InputGradient.Reserve((long)batch.NodeCount * _padded);
        }
    }

    /// <summary>The block's rows of that gradient, set to zero; the pointer is that of the first atom of all.</summary>
    public float* Clear(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        new Span<float>(workspace.InputGradient.Pointer + ((nint)start * _padded), count * _padded).Clear();
        return workspace.InputGradient.Pointer;
    }

    /// <summary>Adds it, times the factors, to the gradient of the whole states.</summary>
    public void Backward(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        float* to = workspace.NodeGradient.Pointer;
        for (nint at = (nint)start * _padded; at < (nint)(start + count) * _padded; at += MatrixKernels.Lanes)
        {
            Lanes8.Fused(Lanes8.Load(workspace.InputGradient.Pointer + at), Lanes8.Load(_factors.Pointer + at), Lanes8.Load(to + at))
                .Store(to + at);
        }
    }
}
