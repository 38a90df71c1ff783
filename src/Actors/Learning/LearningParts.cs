using Glasswright.Actors.Search;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Learning;

/// <summary>What active learning works with. Models are the bytes of their files here: what they mean is the affair of whoever gives them.</summary>
internal sealed record LearningParts
{
    /// <summary>The models that the run begins with.</summary>
    public required IReadOnlyList<byte[]> Models { get; init; }

    /// <summary>Reads models and gives what makes an evaluator of them for each sampler; any thread may ask for either.</summary>
    public required Func<IReadOnlyList<byte[]>, Func<ITrialEvaluator>> Load { get; init; }

    /// <summary>
    /// The parts of a label, whose mean it is, in the order of the sum: one for each loading mode. Any thread may compute any. Null when it was
    /// canceled.
    /// </summary>
    public required IReadOnlyList<Func<AtomicStructure, CancellationToken, double[]?>> Truth { get; init; }

    /// <summary>Fine-tunes; null where it came to nothing, or was canceled.</summary>
    public required Func<TuningTask, CancellationToken, IReadOnlyList<byte[]>?> Tune { get; init; }

    /// <summary>What the labels are, for an estimate of their cost; null where nothing tells.</summary>
    public LabelDefinition? Label { get; init; }

    /// <summary>Told one line for each decision.</summary>
    public Action<string>? Tell { get; init; }
}

/// <summary>A fine-tuning: everything that its result depends on, but for <paramref name="Threads"/>, which nobody must see in it.</summary>
/// <param name="Generation">The generation that it will be, from 1.</param>
/// <param name="Models">The models that it begins from.</param>
/// <param name="Structures">What it learns from, in the order of decisions and replicas.</param>
/// <param name="Settings">How.</param>
/// <param name="Seed">Key of the run's random numbers.</param>
/// <param name="Threads">How many it may use.</param>
internal sealed record TuningTask(
    int Generation,
    IReadOnlyList<byte[]> Models,
    IReadOnlyList<LabeledStructure> Structures,
    LearningSettings Settings,
    ulong Seed,
    int Threads);

/// <summary>A structure with its true labels.</summary>
/// <param name="Name">Which it is, for messages and provenance.</param>
/// <param name="Structure">The atoms.</param>
/// <param name="Labels">One an atom; NaN where there is none.</param>
internal sealed record LabeledStructure(string Name, AtomicStructure Structure, double[] Labels);
