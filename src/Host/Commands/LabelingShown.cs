using Glasswright.Actors.Labeling;
using Glasswright.Host.Output;
using Glasswright.Host.Telemetry;

namespace Glasswright.Host.Commands;

/// <summary>Shows and measures how far labels are.</summary>
internal sealed class LabelingShown(ProgressLine line, VerbTelemetry telemetry) : IProgress<LabelProgress>
{
    private int? _finished; // told on one thread; the first word is of what earlier processes finished

    /// <inheritdoc/>
    public void Report(LabelProgress value)
    {
        line.Show(
            value.StepsDone, value.StepsTotal, value.StepsHere, "loading steps",
            () => FormattableString.Invariant($"{value.StructuresDone} structures done"));
        telemetry.Finish("structure", value.StructuresDone - (_finished ?? value.StructuresDone));
        _finished = value.StructuresDone;
    }
}
