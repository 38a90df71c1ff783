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

        double strain = validate.Strain
            ?? models.Select(model => model.Label is { Quantity: LabelDefinition.LogD2Min, Strain: { } trained } ? trained : (double?)null).FirstOrDefault()
            ?? throw configuration.Fault("search.validate.strain", "is not told by a model here", "a strain such as 0.04");
        Kernels.Deformation.LabelSettings label = LabelMethod.Translate(configuration, [strain], validate.Step);
        try
        {
            label.Definition.Validate();
        }
        catch (InputException error)
        {
            throw configuration.Fault(
                "search.validate.strain", $"and its step do not go together: {error.Problem}", error.Expected, error.Found);
        }

        return new ValidationParts
        {
            Every = every,
            LimitPearson = validate.LimitPearson,
            MakeTruth = () => new AqsDecider(tables, label),
            Models = models,
            Tell = session.Say,
        };
    }
}
