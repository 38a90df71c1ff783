using Glasswright.Host.Output;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;

namespace Glasswright.Host.Commands;

/// <summary><c>label --estimate</c>: loads the first structure for a few steps and extrapolates.</summary>
internal static class LabelEstimate
{
    /// <summary>Bytes of a label in text.</summary>
    private const int BytesPerValue = 20;

    /// <summary>Times real steps of the first mode, on one thread; nothing is written.</summary>
    public static Report Measure(IReadOnlyList<LabelInputs> inputs, LabelRun[] runs, LabelSettings settings, int threads)
    {
        LabelDefinition definition = settings.Definition;
        long before = Environment.WorkingSet;
        IForceField field = inputs[0].ForceField();
        using var owned = field as IDisposable;
        double secondsPerStep = LoadingTiming.SecondsPerStep(field, inputs[0].Structure, definition);

        double work = 0, values = 0;
        int missing = 0;
        for (int r = 0; r < runs.Length; r++)
        {
            double size = (double)inputs[r].Structure.Count / inputs[0].Structure.Count;
            values += (definition.Modes.Count + 1.0) * definition.Strains.Count * inputs[r].Structure.Count;
            if (runs[r].State() == LabelState.Finished)
            {
                continue;
            }

            foreach (LabelUnit unit in runs[r].Units.Where(unit => unit.Finished() is null))
            {
                work += size * unit.Steps * secondsPerStep;
                missing++;
            }
        }

        double memory = Math.Max(0, Environment.WorkingSet - before) * Math.Min(threads, Math.Max(1, missing));
        return new Report()
            .Whole("units", "modes to be loaded", missing)
            .Number("seconds_per_step", "measured", secondsPerStep, "s a step", "G3")
            .Number("core_hours", "work", work / 3600, "core hours", "G3")
            .Number("wall_s", FormattableString.Invariant($"time on {threads} threads"), work / Math.Min(threads, Math.Max(1, missing)), "s", "F0")
            .Number("memory_bytes", "memory", before + memory, "bytes", "G3")
            .Number("disk_bytes", "disk", values * BytesPerValue, "bytes", "G3")
            .Text("note", "note", LoadingTiming.Note);
    }
}
