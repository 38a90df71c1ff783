using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Validation;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Models.Storage;
using SearchSettings = Glasswright.Actors.Search.SearchSettings;

namespace Glasswright.Host.Commands;

/// <summary>All that a search reads, checked: configuration, structure, potential, models.</summary>
/// <param name="Configuration">The resolved configuration.</param>
/// <param name="Settings">The same in the words of the actors.</param>
/// <param name="Glass">Structure and potential.</param>
/// <param name="Models">The models, in the order of the configuration; none when no decider needs one.</param>
/// <param name="MakeEvaluator">Makes an evaluator for each sampler.</param>
/// <param name="Files">The input files by role, with their bytes.</param>
/// <param name="Validation">What validates accepted structures; null for nothing.</param>
/// <param name="Learning">What the model is fine-tuned with on the way; null for nothing.</param>
internal sealed record SearchInput(
    ResolvedConfiguration Configuration,
    SearchSettings Settings,
    GlassInput Glass,
    IReadOnlyList<PropertyModel> Models,
    Func<ITrialEvaluator> MakeEvaluator,
    IReadOnlyList<RunInput> Files,
    ValidationParts? Validation,
    LearningParts? Learning)
{
    /// <summary>The name under which a run keeps its potential.</summary>
    public const string PotentialRole = "potential";

    private const string StructureRole = "structure", ModelRole = "model";

    /// <summary>Reads the files that a configuration names.</summary>
    /// <exception cref="InputException">One cannot be used, or they do not fit together.</exception>
    public static SearchInput Read(ResolvedConfiguration configuration, Session session)
    {
        ExperimentSettings all = configuration.Settings;
        SearchSettings settings = SearchTranslation.Translate(configuration);
        string structure = configuration.RequireFile("structure", all.Structure);
        string potential = configuration.RequireFile("potential", all.Potential);
        string[] models = [.. settings.Decider.Models.Select(model => configuration.RequireFile("search.decider.model", model))];
        var files = new List<RunInput> { Load(StructureRole, structure), Load(PotentialRole, potential) };
        files.AddRange(models.Select((model, m) => Load(RoleOfModel(m), model)));
        return Read(configuration, settings, files, structure, potential, models, session);
    }

    /// <summary>Reads the files that a run has kept, wherever their originals are by now.</summary>
    /// <param name="configuration">The run's own.</param>
    /// <param name="folder">Where they may lie as files.</param>
    /// <param name="kept">What it has kept.</param>
    /// <param name="session">For warnings.</param>
    /// <exception cref="InputException">The run lacks one.</exception>
    public static SearchInput Resume(ResolvedConfiguration configuration, string folder, IReadOnlyList<RunInput> kept, Session session)
    {
        SearchSettings settings = SearchTranslation.Translate(configuration);
        return Read(
            configuration, settings, kept, Path(StructureRole), Path(PotentialRole),
            [.. Enumerable.Range(0, settings.Decider.Models.Count).Select(m => Path(RoleOfModel(m)))], session);

        string Path(string role) => RunFolder.Materialize(folder, kept.FirstOrDefault(input => input.Name == role)
            ?? throw new InputException($"the run has kept no {role}", folder));
    }

    /// <summary>Identity and kept inputs of a new run.</summary>
    public RunRecord Record()
    {
        var digests = Files.ToDictionary(input => input.Name, input => input.Sha256);
        (string run, string identity) = RunIdentity.Compute(
            Configuration.ToCanonicalText(path => Digest(path)), Files, RunNumerics.Current);
        return new RunRecord(run, identity, RunNumerics.Current, Configuration.ToHocon(), Settings.Replicas) { Trials = Settings.Trials };

        string Digest(string path) => Same(path, Configuration.Settings.Structure) ? digests[StructureRole]
            : Same(path, Configuration.Settings.Potential) ? digests[PotentialRole]
            : Settings.Decider.Models.TakeWhile(model => !Same(path, model)).Count() is var m && m < Settings.Decider.Models.Count ? digests[RoleOfModel(m)]
            : File.Exists(path) ? FileDigest.Sha256(path) : path;
    }

    /// <summary><c>model</c>, <c>model-2</c>, <c>model-3</c>, …</summary>
    private static string RoleOfModel(int index) => index == 0 ? ModelRole : FormattableString.Invariant($"{ModelRole}-{index + 1}");

    private static bool Same(string path, string? other) => string.Equals(path, other, StringComparison.Ordinal);

    private static SearchInput Read(
        ResolvedConfiguration configuration, SearchSettings settings, IReadOnlyList<RunInput> files, string structure, string potential,
        IReadOnlyList<string> modelPaths, Session session)
    {
        var glass = GlassInput.Read(structure, potential, configuration.Settings.Species);
        PropertyModel[] models = [.. modelPaths.Select(ModelFile.Read)];
        foreach (PropertyModel model in models)
        {
            ModelUse.WarnOfPotential(session, model, glass.Tables.Sha256, potential);
            ModelUse.WarnOfQuantity(session, model);
        }

        ValidationParts? validation = ValidationTranslation.Translate(configuration, glass.Tables, models, session);
        Func<ITrialEvaluator> evaluators = Located.In(
            structure, () => GlassEvaluator.Factory(settings, glass.Structure, glass.Tables, models));
        LearningParts? learning = LearningTranslation.Translate(configuration, settings, glass, models, session);
        return new SearchInput(configuration, settings, glass, models, evaluators, files, validation, learning);
    }

    private static RunInput Load(string role, string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return new RunInput(role, System.IO.Path.GetFileName(path), CanonicalStructure.Id(bytes), bytes);
    }
}
