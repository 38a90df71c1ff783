using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Models.Storage;
using LabelSettings = Glasswright.Kernels.Deformation.LabelSettings;
using ModelLabel = Glasswright.Models.Storage.LabelDefinition;
using SearchSettings = Glasswright.Actors.Search.SearchSettings;

namespace Glasswright.Host.Commands;

/// <summary>The group <c>search.learn</c> in the words of the actors.</summary>
internal static class LearningTranslation
{
    private const string Every = "search.learn.every";

    /// <summary>What is fine-tuned; null where nothing is. The labels are those that the model learned: others would teach it another quantity.</summary>
    /// <exception cref="InputException">A model does not tell what its labels are, or a glass that is replayed cannot be used.</exception>
    public static LearningParts? Translate(
        ResolvedConfiguration configuration, SearchSettings settings, GlassInput glass, IReadOnlyList<PropertyModel> models,
        IReadOnlyList<IReadOnlyList<PropertyModel>> properties, IReadOnlyList<GlassSettings> replay, TrialBackend? backend, Session session)
    {
        if (settings.Learning is null)
        {
            return null;
        }

        if (models.FirstOrDefault(model => model.Label is not { Quantity: ModelLabel.LogD2Min, Strain: not null }) is { } untold)
        {
            throw configuration.Fault(
                Every,
                $"needs labels, and the model {untold.File} does not tell what its own are",
                "off, or a model trained on ln_d2min at a strain",
                untold.Label?.Quantity ?? "none");
        }

        ModelLabel learned = models[0].Label!;
        LabelSettings label = LabelMethod.AtStrain(
            configuration, "search.learn", learned.Strain!.Value, learned.Step, learned.Lateral, learned.Modes.Count > 0 ? learned.Modes : null);
        label = label with
        {
            Definition = label.Definition with
            {
                Cutoff = learned.D2MinCutoff ?? label.Definition.Cutoff,
                DividedByNeighbors = learned.D2MinNormalization is { } normalization ? normalization == "mean" : label.Definition.DividedByNeighbors,
            },
        };
        return ModelTuning.Parts(
            settings, glass.Structure, glass.Tables, models, properties, label,
            [.. replay.Select(given => Replayed(given, learned, models[0].Architecture.Species, configuration.Settings.Species))],
            RunNumerics.Current, session.Say, backend);
    }

    /// <summary>A glass of another training, whose labels must mean what the model learned.</summary>
    private static LabeledStructure Replayed(GlassSettings given, ModelLabel learned, IReadOnlyList<string> known, IReadOnlyList<string>? species)
    {
        LabeledGlass glass = LabeledGlass.Read(given, learned.Strain!.Value, null, species);
        LabelMeaning.RequireComparable(learned, glass.Meaning, given.Labels ?? given.Structure);
        if (glass.Structure.SpeciesNames.FirstOrDefault(name => !known.Contains(name)) is { } foreign)
        {
            throw new InputException(
                "the model does not know a species", file: given.Structure, expected: string.Join(", ", known), found: foreign, nearest: NearestName.Find(foreign, known));
        }

        return new LabeledStructure(given.Name, glass.Structure, [.. glass.Values.Select((value, i) => glass.Valid[i] ? value : double.NaN)]);
    }

    /// <summary>The settings; null where nothing is learned.</summary>
    public static LearningSettings? Settings(LearnSettings learn) => learn.Every is not { } every
        ? null
        : new LearningSettings
        {
            Every = every,
            LimitPearson = learn.LimitPearson,
            AtMost = learn.AtMost,
            Epochs = learn.Epochs,
            LearningRate = learn.LearningRate,
        };
}
