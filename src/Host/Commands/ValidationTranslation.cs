using Glasswright.Actors.Search;
using Glasswright.Actors.Validation;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Potentials;
using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>The group <c>search.validate</c> in the words of the actors.</summary>
internal static class ValidationTranslation
{
    /// <summary>What validates; null where nothing does.</summary>
    /// <exception cref="InputException">There is no strain, or strain and step do not go together.</exception>
    public static ValidationParts? Translate(
        ResolvedConfiguration configuration, EamTables tables, IReadOnlyList<PropertyModel> models, Session session)
    {
        ValidateSettings validate = configuration.Settings.Search.Validate;
        if (validate.Every is not { } every)
        {
            return null;
        }

        if (validate.LimitSpread is not null && models.Count < 2)
        {
            throw configuration.Fault("search.validate.limit-spread", "has no spread to look at", "an ensemble of two or more models, or none");
        }

        // What the model learned is what it is judged by, unless the configuration says otherwise.
        LabelDefinition? trained = models.Select(model => model.Label).FirstOrDefault(label => label is { Quantity: LabelDefinition.LogD2Min });
        double strain = validate.Strain ?? trained?.Strain
            ?? throw configuration.Fault("search.validate.strain", "is not told by a model here", "a strain such as 0.04");
        Kernels.Deformation.LabelSettings label = LabelMethod.AtStrain(
            configuration,
            "search.validate",
            strain,
            validate.Step,
            validate.Lateral ?? trained?.Lateral,
            validate.Modes ?? (trained is { Modes.Count: > 0 } ? trained.Modes : null));
        return new ValidationParts
        {
            Every = every,
            LimitPearson = validate.LimitPearson,
            LimitSpread = validate.LimitSpread,
            LimitOutside = validate.LimitOutside,
            Label = label.Definition,
            MakeTruth = () => new AqsDecider(tables, label),
            Models = models,
            Tell = session.Say,
        };
    }
}
