using Glasswright.Kernels;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>Makes the decider of a search, one for each sampler, and those of its further properties.</summary>
internal static class Deciders
{
    /// <summary>What makes them. Models that do not suit the structure or one another are refused here.</summary>
    /// <param name="settings">The decider.</param>
    /// <param name="start">The structure that the run is given.</param>
    /// <param name="tables">The potential, for true simulation.</param>
    /// <param name="models">The models that the settings name; none where no decider needs one.</param>
    /// <param name="predict">What gives the values of a model; null for the sampler's own thread.</param>
    /// <exception cref="InputException">A model is missing, lacks a species, or means something else than the others.</exception>
    public static Func<IDecider> Factory(
        DeciderSettings settings, AtomicStructure start, EamTables tables, IReadOnlyList<PropertyModel> models,
        Func<PropertyModel, IPredictor>? predict = null)
    {
        if (settings.Kind == DeciderKind.Aqs)
        {
            return () => new AqsDecider(tables, settings.Loading!);
        }

        return models.Count switch
        {
            0 when settings.Kind == DeciderKind.Gnn => throw new InputException(
                "search.decider.kind = gnn needs a model", expected: "search.decider.model"),
            0 => () => new EnergyDecider(),
            _ => Predictor(start, models, settings.Kappa, predict),
        };
    }

    /// <summary>What makes the deciders of the further properties, in the order of the settings.</summary>
    /// <param name="settings">The decider.</param>
    /// <param name="start">The structure that the run is given.</param>
    /// <param name="models">The models of each property.</param>
    /// <param name="predict">What gives the values of a model; null for the sampler's own thread.</param>
    /// <exception cref="InputException">A model lacks a species, or means something else than the others of its property.</exception>
    public static Func<IReadOnlyList<IDecider>> Properties(
        DeciderSettings settings, AtomicStructure start, IReadOnlyList<IReadOnlyList<PropertyModel>> models,
        Func<PropertyModel, IPredictor>? predict = null)
    {
        Func<IDecider>[] makers = [.. settings.Properties.Select((property, p) => Predictor(start, models[p], property.Kappa, predict))];
        return () => [.. makers.Select(make => make())];
    }

    private static Func<IDecider> Predictor(
        AtomicStructure start, IReadOnlyList<PropertyModel> models, double kappa, Func<PropertyModel, IPredictor>? predict)
    {
        foreach (PropertyModel model in models)
        {
            model.RequireSpecies(start);
        }

        if (models.Count == 1)
        {
            return () => new GnnDecider(models[0], predict);
        }

        new ModelEnsemble(models).Dispose();
        return () => new EnsembleDecider(models, kappa, predict);
    }
}
