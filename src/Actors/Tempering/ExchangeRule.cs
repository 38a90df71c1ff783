using Glasswright.Actors.Acceptance;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Random;

namespace Glasswright.Actors.Tempering;

/// <summary>
/// The constants of every rung, C_{r,k} = C_k·s_r, and the exchange of two neighboring rungs that hold x (rung r) and y (rung
/// r + 1): accepted with p = min(1, exp Σ_k (1/C_{r,k} - 1/C_{r+1,k}) (F_k(x) - F_k(y))), which leaves the product of the rungs'
/// distributions exp(-Σ_k F_k/C_{r,k}) as it is. What is exchanged is the rung, never the structure.
/// </summary>
internal sealed class ExchangeRule
{
    private readonly double[] _constants;
    private readonly double[] _scales;

    /// <summary>The rule of a ladder.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="constants">C_k of rung 0.</param>
    /// <param name="scales">s_r, rising from 1.</param>
    public ExchangeRule(TargetSet targets, IReadOnlyList<double> constants, IReadOnlyList<double> scales)
    {
        _constants = [.. constants];
        _scales = [.. scales];
        Rules = [.. _scales.Select(scale => new MultiTargetRule(targets, [.. _constants.Select(c => c * scale)]))];
    }

    /// <summary>s_r.</summary>
    public IReadOnlyList<double> Scales => _scales;

    /// <summary>The rule of acceptance on each rung.</summary>
    public IReadOnlyList<MultiTargetRule> Rules { get; }

    /// <summary>Σ_k (1/C_{r,k} - 1/C_{r+1,k}) (F_k(x) - F_k(y)), summed in the order of the targets.</summary>
    /// <param name="pair">r.</param>
    /// <param name="low">F_k(x), on rung r.</param>
    /// <param name="high">F_k(y), on rung r + 1.</param>
    public double LogRatio(int pair, ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        double sum = 0;
        for (int k = 0; k < _constants.Length; k++)
        {
            double difference = (1 / (_constants[k] * _scales[pair])) - (1 / (_constants[k] * _scales[pair + 1]));
            sum += difference * (low[k] - high[k]);
        }

        return sum;
    }

    /// <summary>p, and whether the pair's own random number of this round lies within it. F_k that are no numbers stay where they are.</summary>
    public (double Probability, bool Accepted) Decide(
        ulong seed, int ladder, int round, int pair, ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        double log = LogRatio(pair, low, high);
        double u = RandomStreams.Uniform(seed, RandomStream.TemperingExchange, pair, round, ladder);
        double probability = log >= 0 ? 1 : log < 0 ? Elementary.Exp(log) : 0;
        return (probability, u <= probability);
    }
}
