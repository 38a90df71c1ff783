namespace Glasswright.Models.Network.Layers;

/// <summary>y = W x + b for rows: x [rows, in], y [rows, out], both padded to 8.</summary>
internal sealed unsafe class DenseMap
{
    private readonly string _prefix;
    private readonly Workspace _workspace;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int _in;
    private readonly int _out;
    private readonly int _partial;
    private readonly LayerBuffer<float> _forward = new();
    private readonly LayerBuffer<float> _backward = new();
    private readonly LayerBuffer<float> _bias = new();

    /// <summary>Creates the map of a name; <paramref name="partial"/> is advanced.</summary>
    public DenseMap(string prefix, int inputs, int outputs, Workspace workspace, ref int partial)
    {
        _prefix = prefix;
        _workspace = workspace;
        _inputs = inputs;
        _outputs = outputs;
        _in = MatrixKernels.Padded(inputs);
        _out = MatrixKernels.Padded(outputs);
        _partial = partial;
        partial += (_out * _in) + _out;
        _forward.Reserve(_in * _out);
        _backward.Reserve(_in * _out);
        _bias.Reserve(_out);
    }

    /// <summary>Packs the weights.</summary>
    public void Load(ParameterSet parameters)
    {
        float[] weight = parameters[_prefix + ".weight"];
        parameters[_prefix + ".bias"].CopyTo(_bias.Span(_outputs));
        for (int o = 0; o < _outputs; o++)
        {
            for (int k = 0; k < _inputs; k++)
            {
                _forward.Pointer[(k * _out) + o] = weight[(o * _inputs) + k];
                _backward.Pointer[(o * _in) + k] = weight[(o * _inputs) + k];
            }
        }
    }

    /// <summary>y of some rows.</summary>
    public void Forward(float* x, float* y, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            Buffer.MemoryCopy(_bias.Pointer, y + ((nint)i * _out), _out * sizeof(float), _out * sizeof(float));
        }

        MatrixKernels.MultiplyAdd(x, _in, 1, _forward.Pointer, _out, y, _out, rows, _in, _out);
    }

    /// <summary>The block's dW and db, and dx = Wᵀ dy.</summary>
    public void Backward(int block, float* x, float* dy, float* dx, int rows)
    {
        float* partial = _workspace.Partial(block) + _partial;
        MatrixKernels.MultiplyAdd(dy, 1, _out, x, _in, partial, _in, _out, rows, _in);
        RowSums.Consecutive(dy, rows, partial + (_out * _in), _out);
        new Span<float>(dx, rows * _in).Clear();
        MatrixKernels.MultiplyAdd(dy, _out, 1, _backward.Pointer, _in, dx, _in, rows, _out, _in);
    }

    /// <summary>Writes the reduced sums into the gradients.</summary>
    public void StoreGradients(ParameterSet gradients)
    {
        float* sums = _workspace.Reduced.Pointer + _partial;
        Span<float> weight = gradients[_prefix + ".weight"];
        for (int o = 0; o < _outputs; o++)
        {
            new ReadOnlySpan<float>(sums + (o * _in), _inputs).CopyTo(weight[(o * _inputs)..]);
        }

        new ReadOnlySpan<float>(sums + (_out * _in), _outputs).CopyTo(gradients[_prefix + ".bias"]);
    }
}
