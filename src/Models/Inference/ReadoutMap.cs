using Glasswright.Models.Network;

namespace Glasswright.Models.Inference;

/// <summary>One map of the readout with the BatchNorm before it folded in, in double: W (s·x + t) + b = (W s) x + (b + W t).</summary>
internal sealed class ReadoutMap
{
    private readonly LinearMap _map;
    private readonly NormMap? _before;

    private ReadoutMap(LinearMap map, NormMap? before) => (_map, _before) = (map, before);

    /// <summary>Number of outputs.</summary>
    public int Outputs => _map.Outputs;

    /// <summary>Number of inputs.</summary>
    public int Inputs => _map.Inputs;

    /// <summary>The maps of a network in their order; an activation follows each but the last.</summary>
    public static IEnumerable<ReadoutMap> Of(ParameterSet parameters)
    {
        int hidden = parameters.Layout.Architecture.Readout.Count;
        NormMap? before = null;
        for (int layer = 0; layer < hidden; layer++)
        {
            yield return new ReadoutMap(new LinearMap(parameters, ParameterLayout.MlpLinear(ParameterLayout.ReadoutMlp, layer)), before);
            before = new NormMap(parameters, ParameterLayout.MlpNorm(ParameterLayout.ReadoutMlp, layer));
        }

        yield return new ReadoutMap(new LinearMap(parameters, ParameterLayout.ReadoutLinear), before);
    }

    /// <summary>The weight of an input in an output.</summary>
    public double Weight(int output, int input) => (_before?.Scale(input) ?? 1) * _map.Weight(output, input);

    /// <summary>The bias of an output.</summary>
    public double Bias(int output)
    {
        double bias = _map.Bias(output);
        for (int m = 0; _before is not null && m < Inputs; m++)
        {
            bias += _map.Weight(output, m) * _before.Value.Shift(m);
        }

        return bias;
    }
}
