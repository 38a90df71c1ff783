using Glasswright.Models.Network;

namespace Glasswright.Models.Training;

/// <summary>
/// Adam (Kingma and Ba, arXiv:1412.6980) with weight decay as <c>torch.optim.Adam</c> defines it, the decay added to the
/// gradient (not decoupled as in AdamW), for every trained number, at step t = 1, 2, …:
/// <code>
/// g ← g + λ θ      m ← β₁ m + (1 - β₁) g      v ← β₂ v + (1 - β₂) g²
/// θ ← θ - η/(1 - β₁ᵗ) · m / (√v/√(1 - β₂ᵗ) + ε)
/// </code>
/// θ, m and v are kept in single precision, each step is computed in double.
/// </summary>
internal sealed class Adam
{
    private readonly TrainingSettings _settings;

    /// <summary>Creates the optimizer of a layout before its first step.</summary>
    public Adam(TrainingSettings settings, ParameterLayout layout)
    {
        _settings = settings;
        FirstMoment = ParameterSet.Zeros(layout);
        SecondMoment = ParameterSet.Zeros(layout);
    }

    /// <summary>t: steps done.</summary>
    public long Steps { get; set; }

    /// <summary>m of every tensor; zero where nothing is trained.</summary>
    public ParameterSet FirstMoment { get; }

    /// <summary>v of every tensor; zero where nothing is trained.</summary>
    public ParameterSet SecondMoment { get; }

    /// <summary>One step against the gradient with learning rate η.</summary>
    public void Step(ParameterSet parameters, ParameterSet gradients, double learningRate)
    {
        Steps++;
        double firstCorrection = 1 - Power(_settings.Beta1, Steps);
        double secondCorrection = Math.Sqrt(1 - Power(_settings.Beta2, Steps));
        double stepSize = learningRate / firstCorrection;
        for (int p = 0; p < parameters.Parameters.Count; p++)
        {
            if (!parameters.Parameters[p].Descriptor.IsTrainable)
            {
                continue;
            }

            float[] theta = parameters.Parameters[p].Values;
            float[] gradient = gradients.Parameters[p].Values;
            float[] first = FirstMoment.Parameters[p].Values;
            float[] second = SecondMoment.Parameters[p].Values;
            for (int k = 0; k < theta.Length; k++)
            {
                double g = gradient[k] + (_settings.WeightDecay * theta[k]);
                double m = (_settings.Beta1 * first[k]) + ((1 - _settings.Beta1) * g);
                double v = (_settings.Beta2 * second[k]) + ((1 - _settings.Beta2) * g * g);
                first[k] = (float)m;
                second[k] = (float)v;
                theta[k] = (float)(theta[k] - (stepSize * m / ((Math.Sqrt(v) / secondCorrection) + _settings.Epsilon)));
            }
        }
    }

    /// <summary>xᵗ by repeated squaring: the same bits on every machine.</summary>
    internal static double Power(double x, long t)
    {
        double result = 1;
        for (; t > 0; t >>= 1)
        {
            if ((t & 1) != 0)
            {
                result *= x;
            }

            x *= x;
        }

        return result;
    }
}
