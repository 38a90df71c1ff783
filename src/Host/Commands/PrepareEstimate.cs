using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary><c>prepare --estimate</c>: runs the first steps of the first melt and extrapolates.</summary>
internal static class PrepareEstimate
{
    private const int WarmingSteps = 200, MeasuredSteps = 400;

    /// <summary>Text of an atom in both structure files, of a row of the table, and an atom in the checkpoint.</summary>
    private const int BytesPerAtom = 170, BytesPerRow = 130, BytesPerAtomOfState = 96;

    /// <summary>Times real steps on one thread; nothing is written.</summary>
    public static Report Measure(PreparedGlass[] glasses, PreparationSettings method, EamTables tables, int threads)
    {
        long before = Environment.WorkingSet;
        double seconds = SecondsPerStep(glasses[0], method, tables);
        int missing = glasses.Count(glass => glass.Summary is null);
        double steps = (double)missing * glasses[0].Work.Program.Steps, work = steps * seconds;
        double memory = Math.Max(0, Environment.WorkingSet - before) * Math.Min(threads, Math.Max(1, missing));
        double rows = steps / method.ThermoEvery;
        return new Report()
            .Whole("glasses", "glasses to be made", missing)
            .Number("steps", "time steps", steps, "", "F0")
            .Number("seconds_per_step", "measured", seconds, "s a step", "G3")
            .Number("core_hours", "work", work / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time on {threads} threads"), work / Math.Min(threads, Math.Max(1, missing)), "s", "F0")
            .Number("memory_bytes", "memory", before + memory, "bytes", "G3")
            .Number("disk_bytes", "disk", (missing * (double)method.Atoms * (BytesPerAtom + BytesPerAtomOfState)) + (rows * BytesPerRow), "bytes", "G3")
            .Text("note", "note", "measured in the melt; the glass costs a little less, and the relaxation at the end some hundred steps");
    }

    private static double SecondsPerStep(PreparedGlass glass, PreparationSettings method, EamTables tables)
    {
        using var field = Trajectory.CreateField(tables);
        AtomicStructure start = MeltStart.Make(method.Composition, method.Atoms, glass.Seed, field, method.Dynamics.Pressure);
        using var trajectory = new Trajectory(field, tables, start, new TrajectorySettings
        {
            Dynamics = method.Dynamics,
            Program = new TemperatureProgram([new TemperatureStage("melt", method.MeltTemperature, method.MeltTemperature, WarmingSteps + MeasuredSteps)]),
            Seed = glass.Seed,
            SwapEvery = method.SwapEvery,
            SwapsPerSweep = method.SwapsPerSweep,
            Identity = "estimate",
        });
        trajectory.RunTo(WarmingSteps, null, TimeSpan.MaxValue, null, CancellationToken.None);
        long began = Stopwatch.GetTimestamp();
        trajectory.RunTo(WarmingSteps + MeasuredSteps, null, TimeSpan.MaxValue, null, CancellationToken.None);
        return Stopwatch.GetElapsedTime(began).TotalSeconds / MeasuredSteps;
    }
}
