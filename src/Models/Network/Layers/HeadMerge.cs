namespace Glasswright.Models.Network.Layers;

/// <summary>
/// The end of a layer: c = W pooled + b, d = act(BN(c)) where the pooled messages are not as wide as a node, else d = pooled; then
/// x = BN(d), and with the residual h' = h + x.
/// <code>
/// pooled [N, H] (2H with set2set)   c, d, h, x, h' [N, n]
/// </code>
/// </summary>
internal sealed unsafe class HeadMerge<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly DenseMap? _map;
    private readonly BatchNorm? _innerNorm;
    private readonly int _columns;
    private readonly int _width;
    private readonly LayerBuffer<float> _outputGradient;
    private readonly LayerBuffer<float> _linear = new();
    private readonly LayerBuffer<float> _activated = new();
    private readonly LayerBuffer<float> _output = new();

    /// <summary>Creates the end of layer <paramref name="layer"/>; <paramref name="partial"/> is advanced.</summary>
    public HeadMerge(
        Architecture architecture, int layer, ParameterSet parameters, ParameterSet gradients, Workspace workspace, ref int partial)
    {
        _workspace = workspace;
        _width = MatrixKernels.Padded(architecture.NodeWidth);
        _columns = MatrixKernels.Padded(architecture.PooledWidth);
        _outputGradient = architecture.Remember == Network.Remember.Residual ? workspace.NodeGradient : workspace.RememberGradient;
        if (architecture.HasConcatenationMap)
        {
            _map = new DenseMap(
                ParameterLayout.ConcatenationLinear(layer), architecture.PooledWidth, architecture.NodeWidth, workspace, ref partial);
            _innerNorm = new BatchNorm(
                _width, [new(ParameterLayout.ConcatenationNorm(layer), 0, architecture.NodeWidth)], parameters, gradients);
        }

        OutputNorm = new BatchNorm(
            _width, [new(ParameterLayout.OutputNorm(layer), 0, architecture.NodeWidth)], parameters, gradients);
    }

    /// <summary>The norm that ends the layer, or comes before what it remembers by.</summary>
    public BatchNorm OutputNorm { get; }

    /// <summary>h', or x where something else than the residual follows, [N, n].</summary>
    public float* Output => _output.Pointer;

    /// <summary>Whether there is a map, and so a norm inside.</summary>
    public bool HasMap => _map is not null;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters) => _map?.Load(parameters);

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        long size = (long)batch.NodeCount * _width;
        _output.Reserve(size);
        OutputNorm.Begin(batch.BlockCount);
        if (_innerNorm is not null)
        {
            _linear.Reserve(size);
            _activated.Reserve(size);
            _innerNorm.Begin(batch.BlockCount);
        }
    }

    /// <summary>c and the sums of the inner norm; without a map, the sums of the output norm.</summary>
    public void Map(GraphBatch batch, int block, float* pooled)
    {
        (int start, int count) = batch.Nodes(block);
        nint at = (nint)start * _width;
        if (_map is null)
        {
            OutputNorm.Measure(block, pooled + at, _width, count);
            return;
        }

        _map.Forward(pooled + ((nint)start * _columns), _linear.Pointer + at, count);
        _innerNorm!.Measure(block, _linear.Pointer + at, _width, count);
    }

    /// <summary>Ends the inner norm's sums.</summary>
    public void FinishInner(int rows, NormMode mode) => _innerNorm?.FinishForward(rows, mode);

    /// <summary>d and the sums of the output norm.</summary>
    public void Activate(GraphBatch batch, int block)
    {
        (int start, int count) = batch.Nodes(block);
        nint first = (nint)start * _width;
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.Affine<Lanes8> norm = _innerNorm!.ForwardMap<Lanes8>(c);
            for (nint at = first + c; at < first + ((nint)count * _width); at += _width)
            {
                TActivation.Value(norm.Of(Lanes8.Load(_linear.Pointer + at))).Store(_activated.Pointer + at);
            }
        }

        OutputNorm.Measure(block, _activated.Pointer + first, _width, count);
    }

    /// <summary>h' = h + BN(d); without h, x = BN(d).</summary>
    public void Remember(GraphBatch batch, int block, float* h, float* pooled)
    {
        (int start, int count) = batch.Nodes(block);
        nint first = (nint)start * _width;
        float* d = Activated(pooled);
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.Affine<Lanes8> norm = OutputNorm.ForwardMap<Lanes8>(c);
            for (nint at = first + c; at < first + ((nint)count * _width); at += _width)
            {
                Lanes8 x = norm.Of(Lanes8.Load(d + at));
                (h is null ? x : Lanes8.Load(h + at) + x).Store(_output.Pointer + at);
            }
        }
    }

    /// <summary>The sums of the output norm's gradient.</summary>
    public void RememberBackward(GraphBatch batch, int block, float* pooled)
    {
        (int start, int count) = batch.Nodes(block);
        nint first = (nint)start * _width;
        OutputNorm.MeasureGradient(
            block, _outputGradient.Pointer + first, _width, Activated(pooled) + first, _width, count);
    }

    /// <summary>The gradient of BN(c), or without a map that of pooled.</summary>
    public void ActivateBackward(GraphBatch batch, int block, float* pooled)
    {
        (int start, int count) = batch.Nodes(block);
        nint first = (nint)start * _width;
        float* d = Activated(pooled);
        float* to = _innerNorm is null ? _workspace.PooledGradient.Pointer : _workspace.MergeGradient.Pointer;
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.GradientMap<Lanes8> outer = OutputNorm.BackwardMap<Lanes8>(c);
            BatchNorm.Affine<Lanes8> inner = _innerNorm is null ? default : _innerNorm.ForwardMap<Lanes8>(c);
            for (nint at = first + c; at < first + ((nint)count * _width); at += _width)
            {
                Lanes8 g = outer.Of(Lanes8.Load(_outputGradient.Pointer + at), Lanes8.Load(d + at));
                if (_innerNorm is not null)
                {
                    g = g * TActivation.Slope(inner.Of(Lanes8.Load(_linear.Pointer + at)));
                }

                g.Store(to + at);
            }
        }

        _innerNorm?.MeasureGradient(block, to + first, _width, _linear.Pointer + first, _width, count);
    }

    /// <summary>Ends the sums of the inner norm's gradient.</summary>
    public void FinishInnerBackward(int rows) => _innerNorm?.FinishBackward(rows);

    /// <summary>The gradient of pooled, and the map's own.</summary>
    public void MapBackward(GraphBatch batch, int block, float* pooled)
    {
        if (_map is null)
        {
            return;
        }

        (int start, int count) = batch.Nodes(block);
        nint first = (nint)start * _width;
        float* gradient = _workspace.MergeGradient.Pointer;
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.GradientMap<Lanes8> norm = _innerNorm!.BackwardMap<Lanes8>(c);
            for (nint at = first + c; at < first + ((nint)count * _width); at += _width)
            {
                norm.Of(Lanes8.Load(gradient + at), Lanes8.Load(_linear.Pointer + at)).Store(gradient + at);
            }
        }

        nint pooledAt = (nint)start * _columns;
        _map.Backward(block, pooled + pooledAt, gradient + first, _workspace.PooledGradient.Pointer + pooledAt, count);
    }

    /// <summary>Writes the map's reduced gradients.</summary>
    public void StoreGradients(ParameterSet gradients) => _map?.StoreGradients(gradients);

    private float* Activated(float* pooled) => _innerNorm is null ? pooled : _activated.Pointer;
}
