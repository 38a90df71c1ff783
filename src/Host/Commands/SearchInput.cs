using Glasswright.Actors.Learning;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Actors.Validation;
using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Devices.Eam;
using Glasswright.Models.Inference.Devices;
using Glasswright.Models.Storage;
using DeciderSettings = Glasswright.Actors.Search.DeciderSettings;
using SearchSettings = Glasswright.Actors.Search.SearchSettings;

namespace Glasswright.Host.Commands;

/// <summary>All that a search reads, checked: configuration, structure, potential, models.</summary>
/// <param name="Configuration">The resolved configuration.</param>
/// <param name="Settings">The same in the words of the actors.</param>
/// <param name="Glass">Structure and potential.</param>
/// <param name="Models">The models, in the order of the configuration; none when no decider needs one.</param>
/// <param name="PropertyModels">The models of each further property, in the order of the configuration.</param>
/// <param name="MakeEvaluator">Makes an evaluator for each sampler.</param>
/// <param name="Files">The input files by role, with their bytes.</param>
/// <param name="Validation">What validates accepted structures; null for nothing.</param>
/// <param name="Learning">What the model is fine-tuned with on the way; null for nothing.</param>
internal sealed record SearchInput(
    ResolvedConfiguration Configuration,
    SearchSettings Settings,
    GlassInput Glass,
    IReadOnlyList<PropertyModel> Models,
    IReadOnlyList<IReadOnlyList<PropertyModel>> PropertyModels,
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
        ModelFiles[] models = [.. ModelsOf(settings.Decider)];
        foreach (ModelFiles set in models)
        {
            foreach (string path in set.Paths)
            {
                configuration.RequireFile(set.Setting, path);
            }
        }

        IReadOnlyList<GlassSettings> replay = all.Search.Learn.Replay;
        foreach ((_, string setting, string path) in FilesOf(replay))
        {
            configuration.RequireFile(setting, path);
        }

        var files = new List<RunInput> { Load(StructureRole, structure), Load(PotentialRole, potential) };
        files.AddRange(models.SelectMany(set => set.Paths.Select((path, m) => Load(set.Role(m), path))));
        files.AddRange(FilesOf(replay).Select(file => Load(file.Role, file.Path)));
        return Read(configuration, settings, files, structure, potential, models, replay, session);
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
            [.. ModelsOf(settings.Decider).Select(set => set with { Paths = [.. set.Paths.Select((_, m) => Path(set.Role(m)))] })],
            [.. configuration.Settings.Search.Learn.Replay.Select((glass, g) => new GlassSettings
            {
                Structure = Path(ReplayRole(g)),
                Labels = glass.Labels is null ? null : Path(ReplayRole(g) + "-labels"),
            })],
            session);

        string Path(string role) => RunFolder.Materialize(folder, kept.FirstOrDefault(input => input.Name == role)
            ?? throw new InputException($"the run has kept no {role}", folder));
    }

    /// <summary>The device that relaxes trials; null for the processor.</summary>
    public ComputeDevice? Device { get; private init; }

    /// <summary>The numerics of what computes the run here.</summary>
    public string Numerics => RunNumerics.Of(Device);

    /// <summary>Identity and kept inputs of a new run.</summary>
    public RunRecord Record()
    {
        var digests = Files.ToDictionary(input => input.Name, input => input.Sha256);
        (string run, string identity) = RunIdentity.Compute(
            Configuration.ToCanonicalText(path => Digest(path)), Files, Numerics);
        return new RunRecord(run, identity, Numerics, Configuration.ToHocon(), Settings.Replicas)
        {
            Trials = Settings.Trials,
            Properties = Settings.Decider.PropertyNames,
        };

        string Digest(string path) => Same(path, Configuration.Settings.Structure) ? digests[StructureRole]
            : Same(path, Configuration.Settings.Potential) ? digests[PotentialRole]
            : RoleOf(path) is { } role ? digests[role]
            : File.Exists(path) ? FileDigest.Sha256(path) : path;
    }

    private string? RoleOf(string path) => ModelsOf(Settings.Decider)
        .SelectMany(set => set.Paths.Select((model, m) => (Role: set.Role(m), Path: model)))
        .Concat(FilesOf(Configuration.Settings.Search.Learn.Replay).Select(file => (file.Role, file.Path)))
        .Where(file => Same(path, file.Path)).Select(file => file.Role).FirstOrDefault();

    /// <summary>The files of the glasses that are replayed.</summary>
    private static IEnumerable<(string Role, string Setting, string Path)> FilesOf(IReadOnlyList<GlassSettings> replay)
    {
        for (int g = 0; g < replay.Count; g++)
        {
            string setting = FormattableString.Invariant($"search.learn.replay.{g}");
            yield return (ReplayRole(g), setting + ".structure", replay[g].Structure);
            if (replay[g].Labels is { } labels)
            {
                yield return (ReplayRole(g) + "-labels", setting + ".labels", labels);
            }
        }
    }

    private static string ReplayRole(int index) => FormattableString.Invariant($"replay-{index + 1}");

    /// <summary>All model files: those of z, then those of each further property.</summary>
    private static IEnumerable<ModelFiles> ModelsOf(DeciderSettings decider) =>
    [
        new ModelFiles(ModelRole, "search.decider.model", decider.Models),
        .. decider.Properties.Select((property, p) => new ModelFiles(
            "property-" + property.Name, FormattableString.Invariant($"search.decider.properties.{p}.model"), property.Models)),
    ];

    private static bool Same(string path, string? other) => string.Equals(path, other, StringComparison.Ordinal);

    private static SearchInput Read(
        ResolvedConfiguration configuration, SearchSettings settings, IReadOnlyList<RunInput> files, string structure, string potential,
        IReadOnlyList<ModelFiles> modelFiles, IReadOnlyList<GlassSettings> replay, Session session)
    {
        var glass = GlassInput.Read(structure, potential, configuration.Settings.Species);
        PropertyModel[][] all = [.. modelFiles.Select(set => set.Paths.Select(ModelFile.Read).ToArray())];
        PropertyModel[] models = all[0];
        PropertyModel[][] properties = all[1..];
        foreach (PropertyModel model in all.SelectMany(set => set))
        {
            ModelUse.WarnOfPotential(session, model, glass.Tables.Sha256, potential);
            if (configuration.Settings.Backend == ForceBackend.OpenCl && OpenClNetwork.Lacks(model.Architecture) is { } lacking)
            {
                session.Say($"the network of {model.File} stays on the processor: on a device there is no {lacking}");
            }
        }

        // Properties may be of any column.
        foreach (PropertyModel model in models)
        {
            ModelUse.WarnOfQuantity(session, model);
        }

        ComputeDevice? device = configuration.Settings.Backend == ForceBackend.OpenCl ? ComputeDevice.Choose(configuration.Settings.Device) : null;
        TrialBackend? backend = device is null
            ? null
            : new TrialBackend(new DevicePool(device, glass.Tables, settings.SamplerCount).Make, new PredictorPool(device).Make);
        ValidationParts? validation = ValidationTranslation.Translate(configuration, glass.Tables, models, session);
        Func<ITrialEvaluator> evaluators = Located.In(
            structure, () => GlassEvaluator.Factory(settings, glass.Structure, glass.Tables, models, properties, backend));
        LearningParts? learning = LearningTranslation.Translate(configuration, settings, glass, models, properties, replay, backend, session);
        return new SearchInput(configuration, settings, glass, models, properties, evaluators, files, validation, learning) { Device = device };
    }

    private static RunInput Load(string role, string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return new RunInput(role, System.IO.Path.GetFileName(path), CanonicalStructure.Id(bytes), bytes);
    }

    /// <summary>The model files of one property.</summary>
    /// <param name="FirstRole">The role of the first.</param>
    /// <param name="Setting">The setting that names them.</param>
    /// <param name="Paths">Where they are.</param>
    private sealed record ModelFiles(string FirstRole, string Setting, IReadOnlyList<string> Paths)
    {
        /// <summary><c>model</c>, <c>model-2</c>, <c>model-3</c>, …; names of properties have no hyphen.</summary>
        public string Role(int index) => index == 0 ? FirstRole : FormattableString.Invariant($"{FirstRole}-{index + 1}");
    }
}
