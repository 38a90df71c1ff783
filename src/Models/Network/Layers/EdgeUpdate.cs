using System.Runtime.Intrinsics;

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
    public void Map(GraphBatch batch, int block, float* e)
    {
        Linear.EdgeForward(batch, block, e, _linear.Pointer);
        (int first, int edges) = batch.Edges(block);
        Norm.Measure(block, _linear.Pointer + ((nint)first * _width), _width, edges);
    }

    /// <summary>e' = act(e + BN(y)).</summary>
    public void Activate(GraphBatch batch, int block, float* e)
    {
        (int first, int edges) = batch.Edges(block);
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.Affine norm = Norm.ForwardMap(c);
            nint at = ((nint)first * _width) + c;
            for (int edge = 0; edge < edges; edge++, at += _width)
            {
                Vector256<float> sum = Vector256.Load(e + at) + norm.Of(Vector256.Load(_linear.Pointer + at));
                TActivation.Value(sum).Store(_output.Pointer + at);
            }
        }
    }

    /// <summary>Turns de' into the gradient g = de'·act'(e + BN(y)) of the sum, and adds up what the norm needs.</summary>
    public void ActivateBackward(GraphBatch batch, int block, float* e)
    {
        (int first, int edges) = batch.Edges(block);
        float* gradient = _workspace.EdgeGradient.Pointer;
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.Affine norm = Norm.ForwardMap(c);
            nint at = ((nint)first * _width) + c;
            for (int edge = 0; edge < edges; edge++, at += _width)
            {
                Vector256<float> sum = Vector256.Load(e + at) + norm.Of(Vector256.Load(_linear.Pointer + at));
                (Vector256.Load(gradient + at) * TActivation.Slope(sum)).Store(gradient + at);
            }
        }

        nint start = (nint)first * _width;
        Norm.MeasureGradient(block, gradient + start, _width, _linear.Pointer + start, _width, edges);
    }

    /// <summary>dy = BN'(g); the gradient of the edge states becomes that of the input, g + W₃ᵀ dy, where one is wanted.</summary>
    public void MapBackward(GraphBatch batch, int block, float* e, bool inputGradient)
    {
        (int first, int edges) = batch.Edges(block);
        float* gradient = _workspace.EdgeGradient.Pointer;
        float* dy = _workspace.EdgeLinearGradient.Pointer;
        for (int c = 0; c < _width; c += MatrixKernels.Lanes)
        {
            BatchNorm.GradientMap norm = Norm.BackwardMap(c);
            nint at = ((nint)first * _width) + c;
            for (int edge = 0; edge < edges; edge++, at += _width)
            {
                norm.Of(Vector256.Load(gradient + at), Vector256.Load(_linear.Pointer + at)).Store(dy + at);
            }
        }

        Linear.EdgeBackward(batch, block, e, dy, inputGradient ? gradient : null);
    }
}
