using System.Diagnostics;
using Glasswright.Actors.Search;
using Glasswright.Host.Output;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Random;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Inference;

namespace Glasswright.Host.Commands;

/// <summary><c>search --estimate</c>: relaxes a few swaps as a trial would and extrapolates.</summary>
internal static class SearchEstimate
{
    private const int MeasuredSwaps = 4;

    /// <summary>Bytes of a chain's row, and of an atom of an accepted structure in text and store.</summary>
    private const double BytesPerTrial = 300, BytesPerAtom = 160;

    /// <summary>Times real relaxations and predictions on one thread; nothing is written.</summary>
    public static Report Measure(SearchInput input)
    {
        SearchSettings settings = input.Settings;
        long before = Environment.WorkingSet;
        AtomicStructure start = input.Glass.Structure.Clone();
        using var field = new VectorEam(input.Glass.Tables);
        using InferenceEngine? engine = input.Model is null ? null : new InferenceEngine(input.Model);
        var descent = new ConjugateGradient(field, start.Count);
        var values = new double[start.Count];
        descent.Minimize(start, settings.Minimizer, CancellationToken.None);
        engine?.Predict(start, values);

        AtomicStructure trial = start.Clone();
        long began = Stopwatch.GetTimestamp(), evaluations = 0;
        for (int swap = 0; swap < MeasuredSwaps; swap++)
        {
            trial.CopyFrom(start);
            (int a, int b) = Pair(start, settings.Seed, swap);
            trial.SwapSpecies(a, b);
            evaluations += descent.Minimize(trial, settings.Minimizer, CancellationToken.None).Evaluations;
            engine?.Predict(trial, values);
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds / MeasuredSwaps;
        double trials = ((double)settings.Trials * settings.Replicas) + (settings.EffectiveCalibration?.Pilot ?? 0);
        double acceptance = settings.EffectiveCalibration?.Acceptance ?? 0.5;
        double accepted = acceptance * settings.Trials * settings.Replicas;
        double memory = before + (Math.Max(0, Environment.WorkingSet - before) * (double)settings.SamplerCount);
        return new Report()
            .Number("trials", "trials, pilot trials included", trials)
            .Number("seconds_per_trial", "measured", seconds, "s a trial", "G3")
            .Number("evaluations_per_trial", "measured", (double)evaluations / MeasuredSwaps, "force evaluations a trial", "F0")
            .Number("core_hours", "work", trials * seconds / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time with {settings.SamplerCount} samplers"), trials * seconds / settings.SamplerCount, "s", "F0")
            .Number("memory_bytes", "memory", memory, "bytes", "G3")
            .Number("disk_bytes", "disk", (trials * BytesPerTrial) + (accepted * start.Count * BytesPerAtom), "bytes", "G3");
    }

    /// <summary>A pair of different species, drawn uniformly from the stream of pilot trials.</summary>
    private static (int A, int B) Pair(AtomicStructure structure, ulong seed, int swap)
    {
        DrawSequence draws = RandomStreams.Draws(seed, RandomStream.PilotPair, 0, swap);
        int a = (int)(draws.NextUniform() * structure.Count);
        int b = a;
        while (structure.Species[b] == structure.Species[a])
        {
            b = (int)(draws.NextUniform() * structure.Count);
        }

        return (a, b);
    }
}
