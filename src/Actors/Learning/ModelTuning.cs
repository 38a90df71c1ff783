using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;
using Glasswright.Models.Storage;
using Glasswright.Models.Training;

namespace Glasswright.Actors.Learning;

/// <summary>Active learning of graph networks on quasistatic labels of a real glass.</summary>
internal static class ModelTuning
{
    /// <summary>What a learner works with.</summary>
    /// <param name="settings">The search.</param>
    /// <param name="start">The structure that it is given.</param>
    /// <param name="tables">The potential.</param>
    /// <param name="models">The models that it begins with; each is fine-tuned from itself.</param>
    /// <param name="properties">Those of the further properties, which stay as they are.</param>
    /// <param name="label">What the models predict, at one strain.</param>
    /// <param name="replay">Further labeled glasses, which every fine-tuning goes through before the search's own structures.</param>
    /// <param name="numerics">The numerics of this build.</param>
    /// <param name="tell">Told one line for each decision.</param>
    /// <param name="backend">What computes the trials of the search; null for the samplers' own threads.</param>
    public static LearningParts Parts(
        SearchSettings settings, AtomicStructure start, EamTables tables, IReadOnlyList<PropertyModel> models,
        IReadOnlyList<IReadOnlyList<PropertyModel>> properties, LabelSettings label,
        IReadOnlyList<LabeledStructure> replay, string numerics, Action<string>? tell,
        TrialBackend? backend = null) => new()
        {
            Models = [.. models.Select(ModelFile.ToBytes)],
            Load = files => GlassEvaluator.Factory(settings, start, tables, [.. files.Select(file => ModelFile.Parse(file))], properties, backend),
            Truth = [.. label.Definition.Modes.Select(mode => Truth(tables, label, mode))],
            Tune = (task, cancel) => Tune(task with { Structures = [.. replay, .. task.Structures] }, replay.Count, numerics, cancel),
            Label = label.Definition,
            Tell = tell,
        };

    private static Func<AtomicStructure, CancellationToken, double[]?> Truth(EamTables tables, LabelSettings label, LoadingMode mode) =>
        (structure, cancel) =>
        {
            using var field = new VectorEam(tables);
            ModeResult result = LabelUnit.Compute(field, structure, label, mode, null, cancel);
            return result.Outcome == QuasistaticOutcome.Canceled ? null : result.LnD2Min[0];
        };

    private static List<byte[]>? Tune(TuningTask task, int replayed, string numerics, CancellationToken cancel)
    {
        using var team = new ThreadTeam(task.Threads);
        var tuned = new List<byte[]>();
        for (int member = 0; member < task.Models.Count; member++)
        {
            PropertyModel start = ModelFile.Parse(task.Models[member]);
            GlassSample[] glasses = [.. task.Structures.Select(labeled => GlassSample.Create(
                labeled.Name, labeled.Structure, start.Architecture, labeled.Labels, [.. labeled.Labels.Select(double.IsFinite)]))];

            // Another key for every generation and member.
            ulong seed = unchecked(task.Seed + ((ulong)task.Generation << 32) + (ulong)member);
            PropertyModel? model = FineTuning.Tune(
                start, glasses, FineTuning.Settings(seed, task.Settings.Epochs, task.Settings.LearningRate), team, Provenance(task, replayed, start, numerics), cancel);
            if (model is null)
            {
                return null;
            }

            tuned.Add(ModelFile.ToBytes(model));
        }

        return tuned;
    }

    /// <summary>Without the program's version: the bytes of a model belong to the answer, which another release of the same numerics must repeat.</summary>
    private static ModelProvenance Provenance(TuningTask task, int replayed, PropertyModel start, string numerics) => new()
    {
        Program = "glasswright",
        Numerics = numerics,
        LabelNumerics = numerics,
        Files = [.. task.Structures.Select(labeled => new TrainingFile(
            labeled.Name, CanonicalStructure.Id(CanonicalStructure.Encode(labeled.Structure)), "training"))],
        Split = replayed == 0
            ? "structures of a search, all of them"
            : FormattableString.Invariant($"{replayed} glasses that were given, then structures of a search, all of them"),
        Notes = FormattableString.Invariant($"generation {task.Generation}, fine-tuned from the model {start.Sha256}"),
    };
}
