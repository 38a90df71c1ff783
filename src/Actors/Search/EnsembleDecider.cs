using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>
/// Several models of one quantity: z_i = mean_i + κ·spread_i over their values of atom i, the spread being their standard deviation
/// (n - 1 below). κ above 0 doubts what the models disagree about, so that a chain gains nothing by going there.
/// </summary>
/// <param name="models">At least two, in the order of the configuration, which is that of the sums.</param>
/// <param name="kappa">κ.</param>
/// <param name="predict">What gives the values of each; null for the caller's own thread.</param>
internal sealed class EnsembleDecider(IReadOnlyList<PropertyModel> models, double kappa, Func<PropertyModel, IPredictor>? predict = null) : IDecider
{
    private readonly ModelEnsemble _ensemble = new(models, predict);
    private double[] _spreads = [];

    /// <inheritdoc/>
    public string Kind => "gnn";

    /// <inheritdoc/>
    public bool GivesValues => true;

    /// <inheritdoc/>
    public bool Evaluate(AtomicStructure structure, Span<double> values, CancellationToken cancel = default)
    {
        if (_spreads.Length != structure.Count)
        {
            _spreads = new double[structure.Count];
        }

        _ensemble.Predict(structure, values, _spreads);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += kappa * _spreads[i];
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _ensemble.Dispose();
}
