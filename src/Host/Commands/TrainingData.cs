using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Models.Evaluation;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Host.Commands;

/// <summary>The labeled glasses of a training with the part that each belongs to, read and checked against each other.</summary>
internal sealed class TrainingData
{
    private readonly List<(string Name, LabeledGlass Glass, DataPart Part)> _glasses = [];
    private readonly List<TrainingFile> _files = [];
    private readonly List<string> _numerics = [];

    private TrainingData()
    {
    }

    /// <summary>What the target means: the same for all glasses.</summary>
    public LabelDefinition? Meaning { get; private set; }

    /// <summary>The potential behind the labels; null if unknown.</summary>
    public string? PotentialSha256 { get; private set; }

    /// <summary>
    /// The numerics that computed the labels, in the order in which they were met, with commas between; null if unknown. Labels of
    /// several builds may be learned from together: their files are part of the model's identity either way.
    /// </summary>
    public string? LabelNumerics => _numerics.Count == 0 ? null : string.Join(", ", _numerics);

    /// <summary>Whether builds of different numerics computed the labels.</summary>
    public bool MixesNumerics => _numerics.Count > 1;

    /// <summary>Reads the glasses of the configuration's split.</summary>
    /// <exception cref="InputException">A file cannot be used, labels differ in meaning, or no glass is to be trained on.</exception>
    public static TrainingData Read(ResolvedConfiguration configuration)
    {
        TrainSettings train = configuration.Settings.Train;
        var parts = new Dictionary<string, DataPart>(StringComparer.Ordinal);
        Assign(train.Split.Train, DataPart.Training);
        Assign(train.Split.Validation, DataPart.Validation);
        Assign(train.Split.Test, DataPart.Test);
        if (train.Split.Train.Count == 0)
        {
            throw configuration.Fault("train.split.train", "names no glass", "names of glasses in train.data");
        }

        var data = new TrainingData();
        foreach (GlassSettings glass in train.Data)
        {
            if (parts.TryGetValue(glass.Name, out DataPart part))
            {
                data.Add(glass, part, train, configuration.Settings.Species);
            }
        }

        return data;

        void Assign(IReadOnlyList<string> names, DataPart part)
        {
            foreach (string name in names)
            {
                parts[name] = part;
            }
        }
    }

    /// <summary>The glasses as the trainer takes them.</summary>
    public TrainingSet ToSet(Architecture architecture)
    {
        var set = new TrainingSet();
        foreach ((string name, LabeledGlass glass, DataPart part) in _glasses)
        {
            set.Add(GlassSample.Create(name, glass.Structure, architecture, glass.Values, glass.Valid), part);
        }

        return set;
    }

    /// <summary>What the model file should say about its making.</summary>
    public ModelProvenance Provenance(TrainingSettings training) => new()
    {
        Program = $"glasswright {BuildInformation.Version}",
        Numerics = RunNumerics.Current,
        LabelNumerics = LabelNumerics,
        Files = _files,
        Split = "by glass, as the configuration names them",
        Seed = training.Seed,
    };

    /// <summary>Scores the finished model on the test glasses and writes the scores into its provenance.</summary>
    public (PropertyModel Model, IReadOnlyList<GroupScores>? Scores) Judge(PropertyModel model)
    {
        if (Scores([model]) is not { } scores)
        {
            return (model, null);
        }

        ModelProvenance provenance = model.Provenance ?? new ModelProvenance();
        var metrics = new SortedDictionary<string, double>(provenance.Metrics, StringComparer.Ordinal);
        foreach (GroupScores group in scores.Where(group => double.IsFinite(group.Pearson)))
        {
            string suffix = group.Group == "all" ? "" : "/" + group.Group;
            metrics["test/pearson" + suffix] = group.Pearson;
            if (double.IsFinite(group.MeanAbsoluteError))
            {
                metrics["test/mae" + suffix] = group.MeanAbsoluteError;
            }
        }

        return (
            new PropertyModel(model.Parameters, model.Label, model.PotentialSha256, provenance with { Metrics = metrics }, model.File),
            scores);
    }

    /// <summary>Scores of models, or of their mean, on the test glasses; null without any.</summary>
    public IReadOnlyList<GroupScores>? Scores(IReadOnlyList<PropertyModel> models)
    {
        LabeledGlass[] test = [.. _glasses.Where(entry => entry.Part == DataPart.Test).Select(entry => entry.Glass)];
        return test.Length == 0 ? null : EvaluateVerb.Score(models, test, [.. models[0].Architecture.Species]);
    }

    private void Add(GlassSettings settings, DataPart part, TrainSettings train, IReadOnlyList<string>? species)
    {
        double? strain = train.Column is null ? train.Strain : LabeledGlass.StrainOf(train.Column);
        bool fromLabels = settings.Labels is not null && strain is not null;
        LabeledGlass glass = LabeledGlass.Read(settings, strain, train.Column, species);
        string source = settings.Labels ?? settings.Structure;
        if (Meaning is not null)
        {
            LabelMeaning.RequireSame(Meaning, glass.Meaning, source);
        }

        if (PotentialSha256 is not null && glass.PotentialSha256 != PotentialSha256)
        {
            throw new InputException("the labels come from another potential than those before", file: source, expected: PotentialSha256, found: glass.PotentialSha256);
        }

        if (glass.Numerics.Length > 0 && !_numerics.Contains(glass.Numerics))
        {
            _numerics.Add(glass.Numerics);
        }

        Meaning = glass.Meaning;
        PotentialSha256 = glass.PotentialSha256.Length > 0 ? glass.PotentialSha256 : null;
        string name = part.ToString().ToLowerInvariant();
        _files.Add(new TrainingFile(Path.GetFileName(settings.Structure), FileDigest.Sha256(settings.Structure), name));
        if (fromLabels)
        {
            _files.Add(new TrainingFile(Path.GetFileName(settings.Labels!), FileDigest.Sha256(settings.Labels!), name));
        }

        _glasses.Add((settings.Name, glass, part));
    }
}
