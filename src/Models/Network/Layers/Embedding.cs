namespace Glasswright.Models.Network.Layers;

/// <summary>
/// Step 0: h_i = MLP(one-hot species), each layer BN(act(Linear)). Atoms of one species share one row, so the MLP runs over
/// S rows weighted by their numbers of atoms n_s, in double: with two species a BatchNorm turns any two values into the same
/// pair up to ε, what is left for the gradient is the rest of a cancellation, and single precision would return its noise.
/// <code>
/// x, z = W x + b, a = act(z), x̂, y [S, width]     h [N, n]
/// </code>
/// </summary>
internal sealed unsafe class Embedding<TActivation>
    where TActivation : struct, IActivation
{
    private readonly ParameterSet _parameters;
    private readonly ParameterSet _gradients;
    private readonly Layer[] _layers;
    private readonly int _species;
    private readonly int _width;
    private readonly int[] _counts;
    private readonly double[] _outputGradient;
    private readonly LayerBuffer<float> _output = new();
    private GraphBatch _batch = null!;
    private NormMode _mode;

    /// <summary>Creates the MLP of an architecture.</summary>
    public Embedding(ParameterSet parameters, ParameterSet gradients)
    {
        Architecture architecture = parameters.Layout.Architecture;
        _parameters = parameters;
        _gradients = gradients;
        _species = architecture.Species.Count;
        _width = architecture.NodeWidth;
        _counts = new int[_species];
        _outputGradient = new double[_species * _width];
        _layers = new Layer[architecture.Embedding.Count];
        int inputs = _species;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new Layer(layer, inputs, architecture.Embedding[layer], _species);
            inputs = architecture.Embedding[layer];
        }
    }

    /// <summary>h, [N, n padded].</summary>
    public float* Output => _output.Pointer;

    /// <summary>Fills h for a batch.</summary>
    public void Forward(GraphBatch batch, NormMode mode)
    {
        _batch = batch;
        _mode = mode;
        Array.Clear(_counts);
        for (int i = 0; i < batch.NodeCount; i++)
        {
            _counts[batch.Species[i]]++;
        }

        double[] x = new double[_species * _species];
        for (int s = 0; s < _species; s++)
        {
            x[(s * _species) + s] = 1;
        }

        foreach (Layer layer in _layers)
        {
            x = Forward(layer, x);
        }

        int padded = MatrixKernels.Padded(_width);
        _output.Reserve((long)batch.NodeCount * padded);
        for (int i = 0; i < batch.NodeCount; i++)
        {
            float* row = Output + ((nint)i * padded);
            for (int c = 0; c < padded; c++)
            {
                row[c] = c < _width ? (float)x[(batch.Species[i] * _width) + c] : 0;
            }
        }
    }

    /// <summary>The parameter gradients from that of h, [N, n padded].</summary>
    public void Backward(float* gradient)
    {
        int padded = MatrixKernels.Padded(_width);
        Array.Clear(_outputGradient);
        for (int i = 0; i < _batch.NodeCount; i++)
        {
            for (int c = 0; c < _width; c++)
            {
                _outputGradient[(_batch.Species[i] * _width) + c] += gradient[((nint)i * padded) + c];
            }
        }

        double[] sums = _outputGradient;
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            sums = Backward(_layers[layer], sums);
        }
    }

    private double[] Forward(Layer layer, double[] x)
    {
        float[] weight = _parameters[layer.Linear + ".weight"];
        float[] bias = _parameters[layer.Linear + ".bias"];
        layer.Input = x;
        for (int s = 0; s < _species; s++)
        {
            for (int o = 0; o < layer.Outputs; o++)
            {
                double z = bias[o];
                for (int k = 0; k < layer.Inputs; k++)
                {
                    z = double.FusedMultiplyAdd(weight[(o * layer.Inputs) + k], x[(s * layer.Inputs) + k], z);
                }

                layer.Mapped[(s * layer.Outputs) + o] = z;
                layer.Normalized[(s * layer.Outputs) + o] = TActivation.Value(z);
            }
        }

        for (int o = 0; o < layer.Outputs; o++)
        {
            Normalize(layer, o);
        }

        return layer.Output;
    }

    /// <summary>BatchNorm of column <paramref name="o"/> over all atoms, that is over the species with their weights.</summary>
    private void Normalize(Layer layer, int o)
    {
        float[] runningMean = _parameters[layer.Norm + ".running_mean"];
        float[] runningVariance = _parameters[layer.Norm + ".running_var"];
        double mean = runningMean[o];
        double variance = runningVariance[o];
        if (_mode == NormMode.Batch)
        {
            double atoms = _batch.NodeCount;
            mean = 0;
            variance = 0;
            for (int s = 0; s < _species; s++)
            {
                mean += _counts[s] * layer.Normalized[(s * layer.Outputs) + o] / atoms;
            }

            for (int s = 0; s < _species; s++)
            {
                double deviation = layer.Normalized[(s * layer.Outputs) + o] - mean;
                variance += _counts[s] * deviation * deviation / atoms;
            }

            const double Momentum = Architecture.BatchNormMomentum;
            double unbiased = atoms > 1 ? variance * atoms / (atoms - 1) : variance;
            runningMean[o] = (float)(((1 - Momentum) * runningMean[o]) + (Momentum * mean));
            runningVariance[o] = (float)(((1 - Momentum) * runningVariance[o]) + (Momentum * unbiased));
        }

        double inverse = 1 / Math.Sqrt(variance + Architecture.BatchNormEpsilon);
        double gamma = _parameters[layer.Norm + ".weight"][o];
        double beta = _parameters[layer.Norm + ".bias"][o];
        layer.InverseStd[o] = inverse;
        for (int s = 0; s < _species; s++)
        {
            int at = (s * layer.Outputs) + o;
            layer.Normalized[at] = (layer.Normalized[at] - mean) * inverse;
            layer.Output[at] = (gamma * layer.Normalized[at]) + beta;
        }
    }

    /// <summary>From Σ over the atoms of a species of the gradient of y, [S, out], to that of x, [S, in].</summary>
    private double[] Backward(Layer layer, double[] gradient)
    {
        float[] weight = _parameters[layer.Linear + ".weight"];
        float[] weightGradient = _gradients[layer.Linear + ".weight"];
        Array.Clear(layer.InputGradient);
        for (int o = 0; o < layer.Outputs; o++)
        {
            MappedGradient(layer, gradient, o);
            double bias = 0;
            for (int s = 0; s < _species; s++)
            {
                double dz = layer.MappedGradient[s];
                bias += dz;
                for (int k = 0; k < layer.Inputs; k++)
                {
                    layer.InputGradient[(s * layer.Inputs) + k] += dz * weight[(o * layer.Inputs) + k];
                }
            }

            _gradients[layer.Linear + ".bias"][o] = (float)bias;
            for (int k = 0; k < layer.Inputs; k++)
            {
                double sum = 0;
                for (int s = 0; s < _species; s++)
                {
                    sum += layer.MappedGradient[s] * layer.Input[(s * layer.Inputs) + k];
                }

                weightGradient[(o * layer.Inputs) + k] = (float)sum;
            }
        }

        return layer.InputGradient;
    }

    /// <summary>dγ, dβ and, per species, the sum of the gradients of z of column <paramref name="o"/>.</summary>
    private void MappedGradient(Layer layer, double[] gradient, int o)
    {
        double sum = 0;
        double cross = 0;
        for (int s = 0; s < _species; s++)
        {
            sum += gradient[(s * layer.Outputs) + o];
            cross += gradient[(s * layer.Outputs) + o] * layer.Normalized[(s * layer.Outputs) + o];
        }

        _gradients[layer.Norm + ".bias"][o] = (float)sum;
        _gradients[layer.Norm + ".weight"][o] = (float)cross;
        double scale = _parameters[layer.Norm + ".weight"][o] * layer.InverseStd[o];
        double atoms = _batch.NodeCount;
        for (int s = 0; s < _species; s++)
        {
            int at = (s * layer.Outputs) + o;
            double mean = _mode == NormMode.Batch ? (sum + (layer.Normalized[at] * cross)) / atoms : 0;
            layer.MappedGradient[s] = scale * (gradient[at] - (_counts[s] * mean)) * TActivation.Slope(layer.Mapped[at]);
        }
    }

    private sealed class Layer(int layer, int inputs, int outputs, int species)
    {
        public string Linear { get; } = ParameterLayout.MlpLinear(ParameterLayout.EmbeddingMlp, layer);

        public string Norm { get; } = ParameterLayout.MlpNorm(ParameterLayout.EmbeddingMlp, layer);

        public int Inputs { get; } = inputs;

        public int Outputs { get; } = outputs;

        public double[] Input { get; set; } = [];

        public double[] Mapped { get; } = new double[species * outputs];

        public double[] Normalized { get; } = new double[species * outputs];

        public double[] Output { get; } = new double[species * outputs];

        public double[] InverseStd { get; } = new double[outputs];

        public double[] MappedGradient { get; } = new double[species];

        public double[] InputGradient { get; } = new double[species * inputs];
    }
}
