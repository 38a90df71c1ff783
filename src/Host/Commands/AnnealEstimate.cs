using System.Diagnostics;
using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Structure;
using Glasswright.Kernels.Threading;

namespace Glasswright.Host.Commands;

/// <summary><c>anneal --estimate</c>: runs steps of the trajectory, warm, and extrapolates.</summary>
internal static class AnnealEstimate
{
    /// <summary>The first picoseconds warm the glass as well as the program.</summary>
    private const int WarmingSteps = 400;

    private const int AtomStepsMeasured = 1_000_000, LeastSteps = 100, MostSteps = 2000;

    /// <summary>Text of an atom in the four structure files and an atom of the checkpoint.</summary>
    private const int BytesPerAtom = 340, BytesPerAtomOfState = 120;

    /// <summary>Times real steps; nothing is written.</summary>
    public static Report Measure(GlassInput input, AnnealPlan plan, Backend backend, LabelSettings? labels)
    {
        int steps = Math.Clamp(AtomStepsMeasured / input.Structure.Count, LeastSteps, MostSteps) / LeastSteps * LeastSteps;
        AtomicStructure start = input.Structure.Clone();
        TrajectorySettings whole = plan.For(start, input.Tables.Sha256, RunNumerics.Current);
        using var team = new ThreadTeam(backend.Threads);
        using var field = Trajectory.CreateField(input.Tables, team);
        using var trajectory = new Trajectory(field, input.Tables, start, whole);
        trajectory.RunTo(WarmingSteps, null, TimeSpan.MaxValue, null, CancellationToken.None);
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        trajectory.RunTo(WarmingSteps + steps, null, TimeSpan.MaxValue, null, CancellationToken.None);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds / steps, wall = seconds * whole.Program.Steps;
        double processor = (Environment.CpuUsage.TotalTime - busy).TotalSeconds / steps;
        return new Report()
            .Number("steps", "time steps", whole.Program.Steps, "", "F0")
            .Number("seconds_per_step", "measured", seconds, "s a step", "G4")
            .Number("processor_seconds_per_step", null, processor)
            .Number("core_hours", "work of dynamics", wall * backend.Threads / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"its time on {backend.Threads} threads"), wall, "s", "F0")
            .Number("memory_bytes", "memory", Environment.WorkingSet, "bytes", "G3")
            .Number("disk_bytes", "disk", (double)start.Count * (BytesPerAtom + BytesPerAtomOfState), "bytes", "G3")
            .Text("note", "note", labels is null
                ? "the two relaxations cost some hundred steps each"
                : "labels come on top: label --estimate tells the cost of one of the two labelings");
    }
}
