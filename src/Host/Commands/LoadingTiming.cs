using System.Diagnostics;
using Glasswright.Kernels.Deformation;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Structure;

namespace Glasswright.Host.Commands;

/// <summary>How long a step of quasistatic loading takes, measured on the first steps.</summary>
internal static class LoadingTiming
{
    private const int MeasuredSteps = 20;

    /// <summary>What an estimate from the first steps leaves out.</summary>
    public const string Note = "measured in the elastic part; plastic events cost more, so expect up to twice the time";

    /// <summary>The time of one step of a label's first mode, s; the structure stays as it is.</summary>
    /// <param name="field">The force field, with the threads of the work to come.</param>
    /// <param name="structure">The structure.</param>
    /// <param name="label">The label.</param>
    public static double SecondsPerStep(IForceField field, AtomicStructure structure, LabelDefinition label)
    {
        var settings = new QuasistaticSettings
        {
            Mode = label.Modes[0],
            Lateral = label.Lateral,
            Step = label.Step!.Value,
            Strain = label.Strains[^1],
            ForceTolerance = label.ForceTolerance!.Value,
            RecordStress = false,
        };
        return SecondsPerStep(field, structure, settings, StepsOf(label));
    }

    /// <summary>Steps of each mode of a label.</summary>
    public static int StepsOf(LabelDefinition label) => LoadingPath.StepsTo(label.Strains[^1], label.Step!.Value);

    /// <summary>Runs the first steps of a loading and gives the time of one, s; the structure stays as it is.</summary>
    /// <param name="field">The force field, with the threads of the work to come.</param>
    /// <param name="structure">The structure.</param>
    /// <param name="settings">The whole loading.</param>
    /// <param name="steps">Its steps.</param>
    public static double SecondsPerStep(IForceField field, AtomicStructure structure, QuasistaticSettings settings, int steps)
    {
        int measured = Math.Min(MeasuredSteps, steps);
        long began = Stopwatch.GetTimestamp();

        // The first step also relaxes the reference and compiles; it counts only where there is no other.
        new QuasistaticRun(field, structure).Run(
            settings with { Strain = settings.Step * measured, Snapshots = [] },
            done => began = done == 1 && measured > 1 ? Stopwatch.GetTimestamp() : began);
        return Stopwatch.GetElapsedTime(began).TotalSeconds / Math.Max(1, measured - 1);
    }
}
