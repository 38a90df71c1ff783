namespace Glasswright.Models.Network;

/// <summary>A linear map y = W x + b with W[out, in], read from a parameter set.</summary>
internal readonly struct LinearMap
{
    private readonly float[] _weight;
    private readonly float[] _bias;

    /// <summary>Finds the map of a prefix.</summary>
    public LinearMap(ParameterSet set, string prefix)
    {
        _weight = set[prefix + ".weight"];
        _bias = set[prefix + ".bias"];
        Outputs = _bias.Length;
        Inputs = _weight.Length / _bias.Length;
    }

    /// <summary>Rows of W.</summary>
    public int Outputs { get; }

    /// <summary>Columns of W.</summary>
    public int Inputs { get; }

    /// <summary>W[output, input].</summary>
    public double Weight(int output, int input) => _weight[(output * Inputs) + input];

    /// <summary>b[output].</summary>
    public double Bias(int output) => _bias[output];
}

/// <summary>
/// A BatchNorm in evaluation mode, y = γ (x - running mean)/√(running variance + ε) + β, as the affine map
/// y = scale·x + shift, in double.
/// </summary>
internal readonly struct NormMap
{
    private readonly float[] _gamma;
    private readonly float[] _beta;
    private readonly float[] _mean;
    private readonly float[] _variance;

    /// <summary>Finds the norm of a prefix.</summary>
    public NormMap(ParameterSet set, string prefix)
    {
        _gamma = set[prefix + ".weight"];
        _beta = set[prefix + ".bias"];
        _mean = set[prefix + ".running_mean"];
        _variance = set[prefix + ".running_var"];
    }

    /// <summary>Number of channels.</summary>
    public int Width => _gamma.Length;

    /// <summary>γ/√(variance + ε).</summary>
    public double Scale(int channel) => _gamma[channel] / Math.Sqrt(_variance[channel] + Architecture.BatchNormEpsilon);

    /// <summary>β - mean·scale.</summary>
    public double Shift(int channel) => _beta[channel] - (_mean[channel] * Scale(channel));

    /// <summary>γ (x - mean)/√(variance + ε) + β.</summary>
    public double Apply(int channel, double x) =>
        (_gamma[channel] * (x - _mean[channel]) / Math.Sqrt(_variance[channel] + Architecture.BatchNormEpsilon)) + _beta[channel];
}
