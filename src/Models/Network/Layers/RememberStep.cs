namespace Glasswright.Models.Network.Layers;

/// <summary>
/// How a layer remembers where it is not the residual: from h and x, the pooled messages after their last BatchNorm, to h'. The residual
/// is a sum and lives in <see cref="HeadMerge{TActivation}"/>.
/// </summary>
internal abstract unsafe class RememberStep(Workspace workspace, int width)
{
    /// <summary>Threads and temporaries.</summary>
    protected Workspace Workspace { get; } = workspace;

    /// <summary>n.</summary>
    protected int Width { get; } = width;

    /// <summary>n padded.</summary>
    protected int Padded { get; } = MatrixKernels.Padded(width);

    /// <summary>h', [N, n].</summary>
    public abstract float* Output { get; }

    /// <summary>c', [N, n]; null where there is none.</summary>
    public abstract float* Cell { get; }

    /// <summary>The step of an architecture's layer; null for the residual.</summary>
    public static RememberStep? Create<TActivation>(
        Architecture architecture, int layer, ParameterSet parameters, ParameterSet gradients, Workspace workspace)
        where TActivation : struct, IActivation => architecture.Remember switch
        {
            Remember.Lstm => new LstmRemember(architecture, layer, workspace),
            Remember.Dense => new DenseRemember<TActivation>(architecture, layer, parameters, gradients, workspace),
            _ => null,
        };

    /// <summary>Packs the weights.</summary>
    public abstract void Load(ParameterSet parameters);

    /// <summary>h', and c' of c (null: zeros).</summary>
    public abstract void Forward(GraphBatch batch, float* h, float* x, float* c, NormMode mode);

    /// <summary>
    /// From the gradients of h' and c' in the workspace to those of h and c there, of x in its <see cref="Workspace.RememberGradient"/>, and of
    /// the parameters.
    /// </summary>
    public abstract void Backward(ParameterSet gradients);

    /// <summary>Rows [a ‖ b] of two slots: slot s begins at s·<paramref name="slot"/>.</summary>
    protected void Join(GraphBatch batch, int block, float* a, float* b, float* rows, int slot, int stride)
    {
        (int start, int count) = batch.Nodes(block);
        for (int i = start; i < start + count; i++)
        {
            float* row = rows + ((nint)i * stride);
            new ReadOnlySpan<float>(a + ((nint)i * Padded), Width).CopyTo(new Span<float>(row, Width));
            new ReadOnlySpan<float>(b + ((nint)i * Padded), Width).CopyTo(new Span<float>(row + slot, Width));
        }
    }

    /// <summary>The inverse of <see cref="Join"/>.</summary>
    protected void Part(GraphBatch batch, int block, float* rows, int slot, int stride, float* a, float* b)
    {
        (int start, int count) = batch.Nodes(block);
        for (int i = start; i < start + count; i++)
        {
            float* row = rows + ((nint)i * stride);
            new ReadOnlySpan<float>(row, Width).CopyTo(new Span<float>(a + ((nint)i * Padded), Width));
            new ReadOnlySpan<float>(row + slot, Width).CopyTo(new Span<float>(b + ((nint)i * Padded), Width));
        }
    }
}

/// <summary>(h', c') = LSTM(x, (h, c)), atom by atom.</summary>
internal sealed unsafe class LstmRemember : RememberStep
{
    private readonly RecurrentCell _cell;
    private readonly int _partialSize;
    private readonly LayerBuffer<float> _input = new();
    private readonly LayerBuffer<float> _gates = new();
    private readonly LayerBuffer<float> _state = new();
    private readonly LayerBuffer<float> _output = new();
    private readonly LayerBuffer<float> _zeros = new();
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private GraphBatch _batch = null!;
    private float* _h;
    private float* _x;
    private float* _c;

    /// <summary>Creates the step of layer <paramref name="layer"/>.</summary>
    public LstmRemember(Architecture architecture, int layer, Workspace workspace)
        : base(workspace, architecture.NodeWidth)
    {
        string prefix = ParameterLayout.RememberCell(layer);
        _cell = new(
            prefix,
            Width,
            [new(ParameterLayout.CellInputWeight(prefix), 0, 0), new(ParameterLayout.CellStateWeight(prefix), 0, 1)],
            workspace,
            ref _partialSize);
        _forward = ForwardBlock;
        _backward = BackwardBlock;
    }

    /// <inheritdoc/>
    public override float* Output => _output.Pointer;

    /// <inheritdoc/>
    public override float* Cell => _state.Pointer;

    /// <inheritdoc/>
    public override void Load(ParameterSet parameters) => _cell.Load(parameters);

    /// <inheritdoc/>
    public override void Forward(GraphBatch batch, float* h, float* x, float* c, NormMode mode)
    {
        long nodes = batch.NodeCount;
        _batch = batch;
        _h = h;
        _x = x;
        _input.Reserve(nodes * _cell.InputWidth);
        _gates.Reserve(nodes * _cell.GateWidth);
        _state.Reserve(nodes * Padded);
        _output.Reserve(nodes * Padded);
        _zeros.Reserve(nodes * Padded);
        _c = c is null ? _zeros.Pointer : c;
        Workspace.Team.Run(batch.BlockCount, _forward);
    }

    /// <inheritdoc/>
    public override void Backward(ParameterSet gradients)
    {
        long nodes = _batch.NodeCount;
        Workspace.GateGradient.Reserve(nodes * _cell.GateWidth);
        Workspace.QueryGradient.Reserve(nodes * _cell.InputWidth);
        Workspace.RememberGradient.Reserve(nodes * Padded);
        Workspace.BeginPartials(_batch.BlockCount, _partialSize);
        Workspace.Team.Run(_batch.BlockCount, _backward);
        Workspace.Reduce();
        _cell.StoreGradients(gradients);
    }

    private void ForwardBlock(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        Join(_batch, block, _x, _h, _input.Pointer, Padded, _cell.InputWidth);
        nint at = (nint)start * Padded;
        _cell.Forward(
            _input.Pointer + ((nint)start * _cell.InputWidth), _c + at, _gates.Pointer + ((nint)start * _cell.GateWidth),
            _state.Pointer + at, _output.Pointer + at, Padded, count);
    }

    private void BackwardBlock(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        nint at = (nint)start * Padded, inputAt = (nint)start * _cell.InputWidth, gateAt = (nint)start * _cell.GateWidth;
        float* dx = Workspace.QueryGradient.Pointer;
        _cell.Backward(
            block, _input.Pointer + inputAt, _c + at, _gates.Pointer + gateAt, _state.Pointer + at,
            Workspace.NodeGradient.Pointer + at, Padded, Workspace.CellGradient.Pointer + at,
            Workspace.GateGradient.Pointer + gateAt, dx + inputAt, count);
        Part(
            _batch, block, dx, Padded, _cell.InputWidth, Workspace.RememberGradient.Pointer, Workspace.NodeGradient.Pointer);
    }
}

/// <summary>h' = BN(act(W [h ‖ x] + b)).</summary>
internal sealed unsafe class DenseRemember<TActivation> : RememberStep
    where TActivation : struct, IActivation
{
    private readonly DenseLayer<TActivation> _layer;
    private readonly int _stride;
    private readonly LayerBuffer<float> _input = new();
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private GraphBatch _batch = null!;
    private float* _h;
    private float* _x;

    /// <summary>Creates the step of layer <paramref name="layer"/>.</summary>
    public DenseRemember(Architecture architecture, int layer, ParameterSet parameters, ParameterSet gradients, Workspace workspace)
        : base(workspace, architecture.NodeWidth)
    {
        _layer = new(ParameterLayout.RememberMlp(layer), 0, 2 * Width, Width, parameters, gradients, workspace);
        _stride = MatrixKernels.Padded(2 * Width);
        _forward = block => Join(_batch, block, _h, _x, _input.Pointer, Width, _stride);
        _backward = block => Part(
            _batch, block, _layer.InputGradient, Width, _stride, Workspace.NodeGradient.Pointer, Workspace.RememberGradient.Pointer);
    }

    /// <inheritdoc/>
    public override float* Output => _layer.Output;

    /// <inheritdoc/>
    public override float* Cell => null;

    /// <inheritdoc/>
    public override void Load(ParameterSet parameters) => _layer.Load(parameters);

    /// <inheritdoc/>
    public override void Forward(GraphBatch batch, float* h, float* x, float* c, NormMode mode)
    {
        _batch = batch;
        _h = h;
        _x = x;
        _input.Reserve((long)batch.NodeCount * _stride);
        Workspace.Team.Run(batch.BlockCount, _forward);
        _layer.Forward(batch, _input.Pointer, Dropout.None, mode);
    }

    /// <inheritdoc/>
    public override void Backward(ParameterSet gradients)
    {
        Workspace.RememberGradient.Reserve((long)_batch.NodeCount * Padded);
        _layer.Backward(Workspace.NodeGradient.Pointer, gradients);
        Workspace.Team.Run(_batch.BlockCount, _backward);
    }
}
