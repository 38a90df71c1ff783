namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Step 1 of a layer: e'_ij = act(e_ij + BN(y_ij)), y_ij = W_e [h_i ‖ h_j ‖ e_ij] + b_e.
/// <code>
/// e, y, e', de', de [E, e padded]
/// </code>
/// </summary>
internal sealed unsafe class EdgeUpdate<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly int _width;
    private readonly LayerBuffer<float> _linear = new();
    private readonly LayerBuffer<float> _output = new();

    /// <summary>Creates step 1 of layer <paramref name="layer"/>; <paramref name="partial"/> is advanced.</summary>
    public EdgeUpdate(
        Architecture architecture, int layer, ParameterSet parameters, ParameterSet gradients, Workspace workspace, ref int partial)
    {
        _workspace = workspace;
        _width = MatrixKernels.Padded(architecture.EdgeWidth);
        Linear = new PairLinear(
            architecture,
            workspace,
            workspace.EdgeParts,
            [new(ParameterLayout.EdgeLinear(layer), 0, architecture.EdgeWidth)],
            _width,
            ref partial);
        Norm = new BatchNorm(
            _width, [new(ParameterLayout.EdgeNorm(layer), 0, architecture.EdgeWidth)], parameters, gradients);
    }

    /// <summary>W_e and b_e.</summary>
    public PairLinear Linear { get; }

    /// <summary>The BatchNorm of y.</summary>
    public BatchNorm Norm { get; }

    /// <summary>e', [E, e].</summary>
    public float* Output => _output.Pointer;

    /// <summary>Makes room for a batch.</summary>
    public void Begin(GraphBatch batch)
    {
        _linear.Reserve((long)batch.EdgeCount * _width);
        _output.Reserve((long)batch.EdgeCount * _width);
        Linear.Begin(batch);
        Norm.Begin(batch.BlockCount);
    }

    /// <summary>y and its sums.</summary>
    public void Map(GraphBatch batch, Strip strip, float* e)
    {
        Linear.EdgeForward(batch, strip, e, _linear.Pointer);
        Norm.Measure(strip.Block, _linear.Pointer + At(strip), _width, strip.Edges);
    }

    /// <summary>e' = act(e + BN(y)).</summary>
    public void Activate(Strip strip, float* e)
    {
        nint at = At(strip);
        AskForNext(strip, e);
        ColumnKernel.Run(
            new ActivateKernel(Norm, e + at, _linear.Pointer + at, _output.Pointer + at, _width, strip.Edges), _width);
    }

    /// <summary>Turns de' into the gradient g = de'·act'(e + BN(y)) of the sum, and adds up what the norm needs.</summary>
    public void ActivateBackward(Strip strip, float* e)
    {
        nint at = At(strip);
        AskForNext(strip, e);
        RowPrefetch.Next(_workspace.EdgeGradient.Pointer + at, _width, strip.Edges, _width);
        ColumnKernel.Run(
            new ActivateBackwardKernel(
                Norm, strip, e + at, _linear.Pointer + at, _workspace.EdgeGradient.Pointer + at, _width), _width);
    }

    /// <summary>dy = BN'(g); the gradient of the edge states becomes that of the input, g + W₃ᵀ dy, where one is wanted.</summary>
    public void MapBackward(GraphBatch batch, Strip strip, float* e, bool inputGradient)
    {
        nint at = At(strip);
        float* gradient = _workspace.EdgeGradient.Pointer;
        float* dy = _workspace.EdgeLinearGradient.Pointer;
        AskForNext(strip, e);
        RowPrefetch.Next(gradient + at, _width, strip.Edges, _width);
        ColumnKernel.Run(
            new NormBackwardKernel(Norm, gradient + at, _linear.Pointer + at, dy + at, _width, strip.Edges), _width);
        Linear.EdgeBackward(batch, strip, e, dy, inputGradient ? gradient : null);
    }

    private void AskForNext(Strip strip, float* e)
    {
        RowPrefetch.Next(e + At(strip), _width, strip.Edges, _width);
        RowPrefetch.Next(_linear.Pointer + At(strip), _width, strip.Edges, _width);
    }

    private nint At(Strip strip) => (nint)strip.Edge * _width;

    private readonly struct ActivateKernel(BatchNorm norm, float* e, float* y, float* output, nint width, int rows) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            float* eAt = e + column, yAt = y + column, to = output + column;
            nint step = width;
            for (float* end = to + (rows * step); to < end; eAt += step, yAt += step, to += step)
            {
                TActivation.Value(TLanes.Load(eAt) + map.Of(TLanes.Load(yAt))).Store(to);
            }
        }
    }

    private readonly struct ActivateBackwardKernel(
        BatchNorm norm, Strip strip, float* e, float* y, float* gradient, nint width) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            BatchNorm.Affine<TLanes> map = norm.ForwardMap<TLanes>(column);
            BatchNorm.Standardization<TLanes> standard = norm.Standardize<TLanes>(column);
            MomentSums<TLanes> sum = default;
            float* eAt = e + column, yAt = y + column, gAt = gradient + column;
            nint step = width;
            for (float* end = gAt + (strip.Edges * step); gAt < end; eAt += step, yAt += step, gAt += step)
            {
                var x = TLanes.Load(yAt);
                TLanes g = TLanes.Load(gAt) * TActivation.Slope(TLanes.Load(eAt) + map.Of(x));
                g.Store(gAt);
                sum.Add(g, standard.Of(x));
            }

            sum.AddTo(norm.Partial(strip.Block) + column, norm.Width, strip.Edges);
        }
    }

    private readonly struct NormBackwardKernel(BatchNorm norm, float* gradient, float* y, float* dy, nint width, int rows) : IColumnKernel
    {
        public void Run<TLanes>(int column)
            where TLanes : struct, IColumnLanes<TLanes>
        {
            BatchNorm.GradientMap<TLanes> map = norm.BackwardMap<TLanes>(column);
            float* gAt = gradient + column, yAt = y + column, to = dy + column;
            nint step = width;
            for (float* end = to + (rows * step); to < end; gAt += step, yAt += step, to += step)
            {
                map.Of(TLanes.Load(gAt), TLanes.Load(yAt)).Store(to);
            }
        }
    }
}
