using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Minimization;

namespace Glasswright.Host.Commands;

/// <summary><c>minimize --estimate</c>: does the first evaluations of the minimization and extrapolates to the most it may take.</summary>
internal static class MinimizeEstimate
{
    private const int WarmingEvaluations = 3, MeasuredEvaluations = 20;

    /// <summary>Bytes of an atom in a structure's text.</summary>
    private const int BytesPerAtom = 80;

    /// <summary>Times real evaluations; nothing is written.</summary>
    /// <param name="minimize">Minimizes further, as the verb would.</param>
    /// <param name="settings">The verb's settings.</param>
    /// <param name="threads">Threads of the force field.</param>
    /// <param name="atomsToWrite">Atoms of the file to be written; 0 for none.</param>
    public static Report Measure(Func<MinimizerSettings, MinimizationResult> minimize, MinimizerSettings settings, int threads, int atomsToWrite)
    {
        minimize(settings with { MaxEvaluations = Math.Min(WarmingEvaluations, settings.MaxEvaluations) });
        long began = Stopwatch.GetTimestamp();
        MinimizationResult measured = minimize(settings with { MaxEvaluations = Math.Min(MeasuredEvaluations, settings.MaxEvaluations) });
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds / Math.Max(1, measured.Evaluations), wall = seconds * settings.MaxEvaluations;
        return new Report()
            .Whole("evaluations", "force evaluations at most", settings.MaxEvaluations)
            .Number("seconds_per_evaluation", "measured", seconds, "s an evaluation", "G3")
            .Number("core_hours", "work at most", wall * threads / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time at most on {threads} threads"), wall, "s", "F0")
            .Number("memory_bytes", "memory", Environment.WorkingSet, "bytes", "G3")
            .Number("disk_bytes", "disk", (double)atomsToWrite * BytesPerAtom, "bytes", "G3")
            .Text("note", "note", "a glass at fixed cell mostly converges within a few hundred evaluations");
    }
}
