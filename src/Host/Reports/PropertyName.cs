using Glasswright.Models.Storage;

namespace Glasswright.Host.Reports;

/// <summary>What the values of a run's atoms are called on axes and in sentences.</summary>
/// <param name="Short">In sentences.</param>
/// <param name="Unit">For axes; null for a pure number.</param>
internal sealed record PropertyName(string Short, string? Unit)
{
    /// <summary>The name of what a run's first model predicts.</summary>
    public static PropertyName Of(RunFiles run)
    {
        LabelDefinition? label = run.Facts?.Input.Models is { Count: > 0 } models ? models[0].Label : null;
        return label switch
        {
            null => new PropertyName("z", null),
            { Quantity: LabelDefinition.LogD2Min, Strain: { } strain } => new PropertyName(FormattableString.Invariant($"z = ln D²min at {100 * strain:0.##} % strain"), "D²min in Å²"),
            { Quantity: LabelDefinition.LogD2Min } => new PropertyName("z = ln D²min", "D²min in Å²"),
            _ => new PropertyName($"z = {label.Quantity}", null),
        };
    }

    /// <summary>An axis that shows the values, or a figure of them.</summary>
    public Axis Axis(string? figure = null) => new(figure is null ? Short : $"{figure} of {Short}", Unit);
}
