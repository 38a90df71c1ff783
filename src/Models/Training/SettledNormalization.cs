using Glasswright.Models.Network;

namespace Glasswright.Models.Training;

/// <summary>
/// Running statistics of BatchNorm that belong to the weights as they are: the mean over all training glasses of the mean and the
/// unbiased variance of each, every glass passed once without dropout.
/// </summary>
/// <remarks>
/// The exponential average that a training keeps along the way lags behind its weights, and belongs to graphs with dropped edges, which
/// pool less. On a few glasses this lag, not the weights, decides the validation loss: it jumps by factors from epoch to epoch, and
/// early stopping picks what suits it. Wu and Johnson, Rethinking "Batch" in BatchNorm, arXiv:2105.07576 (2021), call this precise BatchNorm.
/// </remarks>
internal sealed class SettledNormalization
{
    private readonly List<(float[] Values, double[] Sums)> _statistics = [];
    private int _glasses;

    /// <summary>Settles the running statistics among <paramref name="parameters"/>.</summary>
    public SettledNormalization(ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters.Parameters)
        {
            if (!parameter.Descriptor.IsTrainable)
            {
                _statistics.Add((parameter.Values, new double[parameter.Values.Length]));
            }
        }
    }

    /// <summary>Forgets all glasses.</summary>
    public void Begin()
    {
        _glasses = 0;
        foreach ((_, double[] sums) in _statistics)
        {
            Array.Clear(sums);
        }
    }

    /// <summary>Before a glass is passed: statistics of zero become momentum times those of the glass.</summary>
    public void BeforeGlass()
    {
        foreach ((float[] values, _) in _statistics)
        {
            Array.Clear(values);
        }
    }

    /// <summary>Takes what the pass left.</summary>
    public void AfterGlass()
    {
        _glasses++;
        foreach ((float[] values, double[] sums) in _statistics)
        {
            for (int k = 0; k < values.Length; k++)
            {
                sums[k] += values[k] / Architecture.BatchNormMomentum;
            }
        }
    }

    /// <summary>Writes the means over the glasses; returns whether all of them are finite.</summary>
    public bool Finish()
    {
        bool finite = true;
        foreach ((float[] values, double[] sums) in _statistics)
        {
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = (float)(sums[k] / _glasses);
                finite &= float.IsFinite(values[k]);
            }
        }

        return finite;
    }
}
