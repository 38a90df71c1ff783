using Glasswright.Models.Storage;

namespace Glasswright.Host.Reports;

/// <summary>What the values of a run's atoms are called on axes and in sentences.</summary>
/// <param name="Short">In sentences.</param>
/// <param name="Symbol">On axes.</param>
internal sealed record PropertyName(string Short, string Symbol)
{
    private const string LogSymbol = "ln(D²min/Å²)";

    /// <summary>Whether it says how readily an atom rearranges.</summary>
    public bool IsPlasticity => Symbol == LogSymbol;

    /// <summary>The name of what a run's first model predicts.</summary>
    public static PropertyName Of(RunFiles run)
    {
        LabelDefinition? label = run.Facts?.Input.Models is { Count: > 0 } models ? models[0].Label : null;
        return label switch
        {
            null => new PropertyName("z", "z"),
            { Quantity: LabelDefinition.LogD2Min, Strain: { } strain } => new PropertyName(FormattableString.Invariant($"z = ln D²min at {100 * strain:0.##} % strain"), LogSymbol),
            { Quantity: LabelDefinition.LogD2Min } => new PropertyName("z = ln D²min", LogSymbol),
            _ => new PropertyName($"z = {label.Quantity}", label.Quantity),
        };
    }

    /// <summary>An axis that shows the values, or a figure of them.</summary>
    public Axis Axis(string? figure = null) => new(figure is null ? Symbol : $"{figure} of {Symbol}");
}
