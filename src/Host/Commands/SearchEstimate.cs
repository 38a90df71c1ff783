using System.Diagnostics;
using Glasswright.Actors.Acceptance;
using Glasswright.Actors.Proposal;
using Glasswright.Actors.Search;
using Glasswright.Actors.Storage;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>search --estimate</c>: does a few trials as the search would and extrapolates.</summary>
internal static class SearchEstimate
{
    private const int MeasuredSwaps = 4;
    private const int MeasuredSimulations = 1;
    private const int MeasuredTrials = 2000;

    /// <summary>Bytes of a chain's row, and of an atom of an accepted structure in text and store.</summary>
    private const double BytesPerTrial = 300, BytesPerAtom = 160;

    /// <summary>The same of a further property: seven figures, and a value.</summary>
    private const double PropertyBytesPerTrial = 190, PropertyBytesPerAtom = 28;

    /// <summary>Times real work on one thread; nothing is written.</summary>
    public static Report Measure(SearchInput input)
    {
        SearchSettings settings = input.Settings;
        long before = Environment.WorkingSet;
        Measurement measured = settings.Proposal.Relax ? Relaxations(input) : Stretch(input);
        double trials = ((double)settings.Trials * settings.Replicas) + (settings.EffectiveCalibration?.Pilot ?? 0);
        (double labels, double secondsPerLabel) = Labels(input, measured.FramesPerTrial);
        double seconds = (trials * measured.Seconds) + (labels * secondsPerLabel);

        // A chain of unrelaxed trials is advanced by one sampler at a time.
        double parallel = settings.Proposal.Relax ? settings.SamplerCount : Math.Min(settings.SamplerCount, settings.Replicas);
        double memory = before + (Math.Max(0, Environment.WorkingSet - before) * parallel);
        int properties = settings.Decider.Properties.Count;
        double row = BytesPerTrial + (properties * PropertyBytesPerTrial), atom = BytesPerAtom + (properties * PropertyBytesPerAtom);
        double frames = measured.FramesPerTrial * settings.Trials * settings.Replicas;
        Report report = new Report()
            .Number("trials", "trials, pilot trials included", trials)
            .Number("seconds_per_trial", "measured", measured.Seconds, "s a trial", "G3")
            .Number("evaluations_per_trial", "measured", measured.Evaluations, "force evaluations a trial", "G3");
        if (labels > 0)
        {
            report
                .Number("labels", "true labels of its structures, at most or as many as are likely", labels, format: "F0")
                .Number("seconds_per_label", "measured in the elastic part", secondsPerLabel, "s a label", "G3");
        }

        return report
            .Number("core_hours", "work", seconds / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time with {parallel} samplers"), seconds / parallel, "s", "F0")
            .Number("memory_bytes", "memory", memory, "bytes", "G3")
            .Number("disk_bytes", "disk", (trials * row) + (frames * input.Glass.Structure.Count * atom), "bytes", "G3");
    }

    /// <summary>
    /// How many labels the search will make, and what one costs on one thread, s: for decisions about the model as many as they may need, for
    /// validation as many as the acceptance lets expect. Zero where it makes none.
    /// </summary>
    private static (double Labels, double SecondsPerLabel) Labels(SearchInput input, double acceptedPerTrial)
    {
        SearchSettings settings = input.Settings;
        double learned = input.Learning is null ? 0 : settings.LearningPlan.MostLabels(settings.Replicas);
        double validated = input.Validation is { } validation
            ? settings.Replicas * (1 + Math.Floor(settings.Trials * acceptedPerTrial / validation.Every))
            : 0;
        LabelDefinition? label = input.Learning?.Label ?? input.Validation?.Label;
        if (label is null)
        {
            return (0, 0);
        }

        using var field = new VectorEam(input.Glass.Tables);
        double step = LoadingTiming.SecondsPerStep(field, input.Glass.Structure, label);
        return (learned + validated, step * LoadingTiming.StepsOf(label) * label.Modes.Count);
    }

    /// <summary>Relaxes a few swaps from the relaxed start.</summary>
    private static Measurement Relaxations(SearchInput input)
    {
        SearchSettings settings = input.Settings;
        using ITrialEvaluator evaluator = input.MakeEvaluator();
        evaluator.RelaxStart(input.Glass.Structure.Clone(), CancellationToken.None);
        var version = ChainVersion.Evaluate(
            evaluator, settings.TargetSet, settings.Proposal, 0, 0, CanonicalStructure.WrapAndEncode(evaluator.Relaxed.Clone()));
        int swaps = settings.Decider.Kind == DeciderKind.Aqs ? MeasuredSimulations : MeasuredSwaps;
        long began = Stopwatch.GetTimestamp(), evaluations = 0;
        for (int swap = 0; swap < swaps; swap++)
        {
            evaluations += evaluator.RelaxSwap(version, Pair(version.Structure, settings.Seed, swap), null, CancellationToken.None).Evaluations;
        }

        return new Measurement(
            Stopwatch.GetElapsedTime(began).TotalSeconds / swaps,
            (double)evaluations / swaps,
            settings.EffectiveCalibration?.Acceptance ?? 0.5);
    }

    /// <summary>Runs the first stretch of traditional swap Monte Carlo, shortened, and the evaluation in full at its end.</summary>
    private static Measurement Stretch(SearchInput input)
    {
        SearchSettings settings = input.Settings with { Trials = Math.Min(input.Settings.Trials, MeasuredTrials) };
        TargetSet targets = settings.TargetSet;
        using ITrialEvaluator evaluator = input.MakeEvaluator();
        byte[] bytes = CanonicalStructure.WrapAndEncode(input.Glass.Structure.Clone());
        var version = ChainVersion.Evaluate(evaluator, targets, settings.Proposal, 0, 0, bytes);
        CalibrationResult constants = Calibration.AsGiven(
            targets, targets.GivenConstants(version.Structure, settings.ScaleConstantsPerAtom));
        var rule = new MultiTargetRule(targets, [.. constants.Constants]);
        long began = Stopwatch.GetTimestamp();
        List<TrialRecord> trials = new TraditionalSegment(settings, 0, 0, rule, rule, version, 1, settings.Trials, 0, double.NegativeInfinity)
            .Run(evaluator.LocalEnergy, CancellationToken.None, out _)!;
        double running = Stopwatch.GetElapsedTime(began).TotalSeconds;
        began = Stopwatch.GetTimestamp();
        _ = ChainVersion.Evaluate(evaluator, targets, settings.Proposal, 1, trials[^1].Trial, bytes);
        double closing = Stopwatch.GetElapsedTime(began).TotalSeconds;

        // A stretch leaves a frame unless all of its trials are rejected.
        double interval = Math.Min(input.Settings.Proposal.RecomputeEvery, input.Settings.Trials);
        double rejected = 1 - ((double)trials.Count(trial => trial.Accepted) / trials.Count);
        double frames = (1 - Math.Pow(rejected, interval)) / interval;
        return new Measurement((running / trials.Count) + (closing * frames), frames, frames);
    }

    /// <summary>
    /// A pair of different species, drawn uniformly from the stream of pilot trials; in a structure of one species an atom that takes another.
    /// </summary>
    private static AtomPair Pair(AtomicStructure structure, ulong seed, int swap)
    {
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.PilotPair, 0, swap);
        int a = (int)(draws.NextUniform() * structure.Count);
        if (!structure.Species.AsSpan().ContainsAnyExcept(structure.Species[a]))
        {
            return AtomPair.Transmutation(a, structure.Species[a] == 0 ? 1 : 0);
        }

        int b = a;
        while (structure.Species[b] == structure.Species[a])
        {
            b = (int)(draws.NextUniform() * structure.Count);
        }

        return new AtomPair(a, b);
    }

    /// <summary>What one trial costs on one thread.</summary>
    /// <param name="Seconds">Time, s.</param>
    /// <param name="Evaluations">Force evaluations.</param>
    /// <param name="FramesPerTrial">Structures written.</param>
    private readonly record struct Measurement(double Seconds, double Evaluations, double FramesPerTrial);
}
