using Glasswright.Kernels.Random;
using Glasswright.Kernels.Threading;

namespace Glasswright.Models.Network.Layers;

/// <summary>Shares of numbers that dropout sets to zero, each in [0, 1).</summary>
/// <param name="Attention">Of the attention weights α.</param>
/// <param name="Readout">Of the outputs of every readout layer.</param>
/// <param name="Edges">Of the edges of the graph, each direction for itself, drawn anew in each epoch.</param>
/// <param name="Input">Of the node states that enter a layer's maps.</param>
internal sealed record DropoutRates(double Attention, double Readout, double Edges, double Input = 0)
{
    /// <summary>No dropout.</summary>
    public static DropoutRates None { get; } = new(0, 0, 0);
}

/// <summary>
/// The whole network with its backward pass. Reads and writes (running statistics) the parameters it was made with and
/// leaves the gradients of one batch in <see cref="Gradients"/>. Not thread-safe; its threads are those of the team.
/// </summary>
internal abstract class TrainableNetwork
{
    /// <summary>Joins the parts that do not depend on the activation.</summary>
    protected TrainableNetwork(ParameterSet parameters, IBlockRunner team)
    {
        Parameters = parameters;
        Gradients = ParameterSet.Zeros(parameters.Layout);
        Workspace = new Workspace(team);
    }

    /// <summary>The parameters; changing them takes effect at the next <see cref="Forward"/>.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>dLoss/dParameter of the last <see cref="Backward"/>; running statistics have none.</summary>
    public ParameterSet Gradients { get; }

    /// <summary>Temporaries and threads.</summary>
    protected Workspace Workspace { get; }

    /// <summary>Creates the network of an architecture over its parameters.</summary>
    public static TrainableNetwork Create(ParameterSet parameters, IBlockRunner team)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Layout.Architecture.Activation switch
        {
            Activation.Softplus => new TrainableNetwork<SoftplusActivation>(parameters, team),
            Activation.Sigmoid => new TrainableNetwork<SigmoidActivation>(parameters, team),
            Activation.Relu => new TrainableNetwork<ReluActivation>(parameters, team),
            Activation.LeakyRelu => new TrainableNetwork<LeakyReluActivation>(parameters, team),
            Activation other => throw new ArgumentOutOfRangeException(nameof(parameters), other, "Unknown activation."),
        };
    }

    /// <summary>The outputs of every atom of the batch, [N, 1 or classes], until the next call: the normalized prediction, or the classes' scores.</summary>
    /// <param name="batch">The graph.</param>
    /// <param name="mode">Statistics of the batch, or the running ones.</param>
    /// <param name="dropout">Rates; the edges' rate belongs to the batch and is not used here.</param>
    /// <param name="seed">Seed of the dropout.</param>
    /// <param name="epoch">Epoch of the dropout.</param>
    public abstract ReadOnlySpan<float> Forward(GraphBatch batch, NormMode mode, DropoutRates dropout, ulong seed, long epoch);

    /// <summary>Fills <see cref="Gradients"/> from the gradient of the last outputs, [N, 1 or classes].</summary>
    public abstract void Backward(ReadOnlySpan<float> outputGradient);

    /// <summary>The node states after <paramref name="layer"/> layers of the last forward pass, [N, n] without padding.</summary>
    public abstract float[] NodeStates(int layer);
}

/// <summary>The network for one activation.</summary>
internal sealed unsafe class TrainableNetwork<TActivation> : TrainableNetwork
    where TActivation : struct, IActivation
{
    private readonly Architecture _architecture;
    private readonly Embedding<TActivation> _embedding;
    private readonly ConvolutionLayer<TActivation>[] _layers;
    private readonly DenseLayer<TActivation>[] _readout;
    private readonly int _nodeWidth;
    private readonly int _lastWidth;
    private readonly LayerBuffer<float> _prediction = new();
    private readonly LayerBuffer<float> _readoutGradient = new();
    private GraphBatch _batch = null!;

    /// <summary>Creates the layers.</summary>
    public TrainableNetwork(ParameterSet parameters, IBlockRunner team)
        : base(parameters, team)
    {
        _architecture = parameters.Layout.Architecture;
        _nodeWidth = MatrixKernels.Padded(_architecture.NodeWidth);
        _lastWidth = MatrixKernels.Padded(_architecture.Readout[^1]);
        _embedding = new(parameters, Gradients);
        _layers = new ConvolutionLayer<TActivation>[_architecture.Layers];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new(_architecture, layer, parameters, Gradients, Workspace);
        }

        _readout = new DenseLayer<TActivation>[_architecture.Readout.Count];
        int inputs = _architecture.NodeWidth;
        for (int layer = 0; layer < _readout.Length; layer++)
        {
            int outputs = _architecture.Readout[layer];
            _readout[layer] = new(ParameterLayout.ReadoutMlp, layer, inputs, outputs, parameters, Gradients, Workspace);
            inputs = outputs;
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Forward(
        GraphBatch batch, NormMode mode, DropoutRates dropout, ulong seed, long epoch)
    {
        _batch = batch;
        Load();
        _embedding.Forward(batch, mode);
        float* h = _embedding.Output;
        float* e = batch.Features, c = null;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            Dropout attention = new(dropout.Attention, seed, RandomStream.DropoutAttention, layer, epoch);
            Dropout input = new(dropout.Input, seed, RandomStream.DropoutInput, layer, epoch);
            _layers[layer].Forward(batch, h, e, c, attention, input, mode);
            h = _layers[layer].NodeOutput;
            c = _layers[layer].CellOutput;
            e = _layers[layer].EdgeOutput;
        }

        for (int layer = 0; layer < _readout.Length; layer++)
        {
            Dropout readout = new(dropout.Readout, seed, RandomStream.DropoutReadout, layer, epoch);
            _readout[layer].Forward(batch, h, readout, mode);
            h = _readout[layer].Output;
        }

        return Predict(h);
    }

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> outputGradient)
    {
        int nodes = _batch.NodeCount;
        float* gradient = BackwardPrediction(outputGradient);
        for (int layer = _readout.Length - 1; layer >= 0; layer--)
        {
            _readout[layer].Backward(gradient, Gradients);
            gradient = _readout[layer].InputGradient;
        }

        long nodeSize = (long)nodes * _nodeWidth;
        long edgeSize = (long)_batch.EdgeCount * MatrixKernels.Padded(_architecture.EdgeWidth);
        Workspace.NodeGradient.Reserve(nodeSize);
        Workspace.EdgeGradient.Reserve(edgeSize);
        new ReadOnlySpan<float>(gradient, (int)nodeSize).CopyTo(Workspace.NodeGradient.Span((int)nodeSize));
        Workspace.EdgeGradient.Clear(edgeSize);
        if (_layers[^1].CellOutput is not null)
        {
            Workspace.CellGradient.Reserve(nodeSize);
            Workspace.CellGradient.Clear(nodeSize);
        }

        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            _layers[layer].Backward(Gradients);
        }

        _embedding.Backward(Workspace.NodeGradient.Pointer);
    }

    /// <inheritdoc/>
    public override float[] NodeStates(int layer)
    {
        float* states = layer == 0 ? _embedding.Output : _layers[layer - 1].NodeOutput;
        int width = _architecture.NodeWidth;
        float[] result = new float[_batch.NodeCount * width];
        for (int i = 0; i < _batch.NodeCount; i++)
        {
            new ReadOnlySpan<float>(states + ((nint)i * _nodeWidth), width).CopyTo(result.AsSpan(i * width));
        }

        return result;
    }

    private void Load()
    {
        foreach (ConvolutionLayer<TActivation> layer in _layers)
        {
            layer.Load(Parameters);
        }

        foreach (DenseLayer<TActivation> layer in _readout)
        {
            layer.Load(Parameters);
        }
    }

    private ReadOnlySpan<float> Predict(float* x)
    {
        float[] weight = Parameters[ParameterLayout.ReadoutLinear + ".weight"];
        float[] bias = Parameters[ParameterLayout.ReadoutLinear + ".bias"];
        int outputs = bias.Length, inputs = weight.Length / outputs;
        _prediction.Reserve((long)_batch.NodeCount * outputs);
        for (int i = 0; i < _batch.NodeCount; i++)
        {
            float* row = x + ((nint)i * _lastWidth);
            for (int o = 0; o < outputs; o++)
            {
                double sum = bias[o];
                for (int c = 0; c < inputs; c++)
                {
                    sum = double.FusedMultiplyAdd(row[c], weight[(o * inputs) + c], sum);
                }

                _prediction.Pointer[((nint)i * outputs) + o] = (float)sum;
            }
        }

        return new ReadOnlySpan<float>(_prediction.Pointer, _batch.NodeCount * outputs);
    }

    private float* BackwardPrediction(ReadOnlySpan<float> outputGradient)
    {
        float* x = _readout[^1].Output;
        float[] weight = Parameters[ParameterLayout.ReadoutLinear + ".weight"];
        float[] weightGradient = Gradients[ParameterLayout.ReadoutLinear + ".weight"];
        float[] biasGradient = Gradients[ParameterLayout.ReadoutLinear + ".bias"];
        int outputs = biasGradient.Length, inputs = weight.Length / outputs;
        long size = (long)_batch.NodeCount * _lastWidth;
        _readoutGradient.Reserve(size);
        _readoutGradient.Clear(size);
        for (int o = 0; o < outputs; o++)
        {
            double bias = 0;
            for (int i = 0; i < _batch.NodeCount; i++)
            {
                float gradient = outputGradient[(i * outputs) + o];
                bias += gradient;
                for (int c = 0; c < inputs; c++)
                {
                    _readoutGradient.Pointer[((nint)i * _lastWidth) + c] += gradient * weight[(o * inputs) + c];
                }
            }

            biasGradient[o] = (float)bias;
            for (int c = 0; c < inputs; c++)
            {
                double sum = 0;
                for (int i = 0; i < _batch.NodeCount; i++)
                {
                    sum = double.FusedMultiplyAdd(outputGradient[(i * outputs) + o], x[((nint)i * _lastWidth) + c], sum);
                }

                weightGradient[(o * inputs) + c] = (float)sum;
            }
        }

        return _readoutGradient.Pointer;
    }
}
