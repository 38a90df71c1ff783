using Glasswright.Kernels;

namespace Glasswright.Host.Configuration.Hocon;

/// <summary>Where a piece of a configuration was written.</summary>
/// <param name="Source">The file as the user named it, or what stands for one: <c>-D search.seed</c>.</param>
/// <param name="Line">The line, counted from 1; null where the source has no lines.</param>
/// <param name="Directory">The absolute folder that relative input paths of this source start from.</param>
internal sealed record Origin(string Source, int? Line, string Directory)
{
    /// <summary>The same source at another line.</summary>
    public Origin At(int line) => this with { Line = Line is null ? null : line };

    /// <summary>The one-line error of this place.</summary>
    public InputException Fault(
        string problem, string? expected = null, string? found = null, string? nearest = null, Exception? inner = null) =>
        new(problem, Source, Line, expected, found, nearest, inner);

    /// <inheritdoc/>
    public override string ToString() => Line is null ? Source : $"{Source}:{Line}";
}
