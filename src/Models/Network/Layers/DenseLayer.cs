namespace Glasswright.Models.Network.Layers;

/// <summary>
/// A layer of the readout MLP: y = Dropout(BN(act(W x + b))) over the rows of all atoms.
/// <code>
/// x [N, in]   z = W x + b, a = act(z), y [N, out]
/// </code>
/// </summary>
internal sealed unsafe class DenseLayer<TActivation>
    where TActivation : struct, IActivation
{
    private readonly Workspace _workspace;
    private readonly DenseMap _map;
    private readonly BatchNorm _norm;
    private readonly int _in;
    private readonly int _out;
    private readonly int _outputs;
    private readonly int _partialSize;
    private readonly LayerBuffer<float> _linear = new();
    private readonly LayerBuffer<float> _activated = new();
    private readonly LayerBuffer<float> _output = new();
    private readonly LayerBuffer<float> _mask = new();
    private readonly LayerBuffer<float> _inputGradient = new();
    private readonly Action<int>[] _phases;
    private Dropout _dropout = Dropout.None;
    private GraphBatch _batch = null!;
    private float* _x;
    private float* _gradient;

    /// <summary>Creates layer <paramref name="layer"/> of an MLP.</summary>
    public DenseLayer(
        string mlp, int layer, int inputs, int outputs, ParameterSet parameters, ParameterSet gradients, Workspace workspace)
    {
        _workspace = workspace;
        _in = MatrixKernels.Padded(inputs);
        _out = MatrixKernels.Padded(outputs);
        _outputs = outputs;
        int partial = 0;
        _map = new DenseMap(ParameterLayout.MlpLinear(mlp, layer), inputs, outputs, workspace, ref partial);
        _partialSize = partial;
        _norm = new BatchNorm(_out, [new(ParameterLayout.MlpNorm(mlp, layer), 0, outputs)], parameters, gradients);
        _phases = [Map, Normalize, MeasureGradient, MapBackward];
    }

    /// <summary>y, [N, out].</summary>
    public float* Output => _output.Pointer;

    /// <summary>Gradient of x, [N, in], after a backward pass.</summary>
    public float* InputGradient => _inputGradient.Pointer;

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters) => _map.Load(parameters);

    /// <summary>y of x.</summary>
    public void Forward(GraphBatch batch, float* x, Dropout dropout, NormMode mode)
    {
        _batch = batch;
        _x = x;
        _dropout = dropout;
        long size = (long)batch.NodeCount * _out;
        _linear.Reserve(size);
        _activated.Reserve(size);
        _output.Reserve(size);
        if (!dropout.IsOff)
        {
            _mask.Reserve(size);
        }

        _norm.Begin(batch.BlockCount);
        _workspace.Team.Run(batch.BlockCount, _phases[0]);
        _norm.FinishForward(batch.NodeCount, mode);
        _workspace.Team.Run(batch.BlockCount, _phases[1]);
    }

    /// <summary>From the gradient of y, which is overwritten, to that of x and the layer's parameter gradients.</summary>
    public void Backward(float* gradient, ParameterSet gradients)
    {
        _gradient = gradient;
        _inputGradient.Reserve((long)_batch.NodeCount * _in);
        _workspace.BeginPartials(_batch.BlockCount, _partialSize);
        _workspace.Team.Run(_batch.BlockCount, _phases[2]);
        _norm.FinishBackward(_batch.NodeCount);
        _workspace.Team.Run(_batch.BlockCount, _phases[3]);
        _workspace.Reduce();
        _map.StoreGradients(gradients);
    }

    private void Map(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        nint at = (nint)start * _out;
        _map.Forward(_x + ((nint)start * _in), _linear.Pointer + at, count);
        for (int k = 0; k < count * _out; k += MatrixKernels.Lanes)
        {
            TActivation.Value(Lanes8.Load(_linear.Pointer + at + k)).Store(_activated.Pointer + at + k);
        }

        _norm.Measure(block, _activated.Pointer + at, _out, count);
    }

    private void Normalize(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        for (int i = start; i < start + count; i++)
        {
            nint at = (nint)i * _out;
            if (!_dropout.IsOff)
            {
                _dropout.Fill(_mask.Pointer + at, _outputs, _batch.NodeGlass[i], _batch.NodeKeys[i]);
            }

            for (int c = 0; c < _out; c += MatrixKernels.Lanes)
            {
                Lanes8 y = _norm.ForwardMap<Lanes8>(c).Of(Lanes8.Load(_activated.Pointer + at + c));
                y = _dropout.IsOff ? y : y * Lanes8.Load(_mask.Pointer + at + c);
                y.Store(_output.Pointer + at + c);
            }
        }
    }

    private void MeasureGradient(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        nint at = (nint)start * _out;
        if (!_dropout.IsOff)
        {
            for (int k = 0; k < count * _out; k += MatrixKernels.Lanes)
            {
                (Lanes8.Load(_gradient + at + k) * Lanes8.Load(_mask.Pointer + at + k)).Store(_gradient + at + k);
            }
        }

        _norm.MeasureGradient(block, _gradient + at, _out, _activated.Pointer + at, _out, count);
    }

    private void MapBackward(int block)
    {
        (int start, int count) = _batch.Nodes(block);
        nint first = (nint)start * _out;
        for (int c = 0; c < _out; c += MatrixKernels.Lanes)
        {
            BatchNorm.GradientMap<Lanes8> norm = _norm.BackwardMap<Lanes8>(c);
            for (nint at = first + c; at < first + ((nint)count * _out); at += _out)
            {
                Lanes8 g = norm.Of(Lanes8.Load(_gradient + at), Lanes8.Load(_activated.Pointer + at));
                (g * TActivation.Slope(Lanes8.Load(_linear.Pointer + at))).Store(_gradient + at);
            }
        }

        nint xAt = (nint)start * _in;
        _map.Backward(block, _x + xAt, _gradient + first, _inputGradient.Pointer + xAt, count);
    }
}
