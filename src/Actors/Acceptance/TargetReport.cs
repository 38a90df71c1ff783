namespace Glasswright.Actors.Acceptance;

/// <summary>
/// The seven figures of z that every chain row shows whatever the targets are, in the order of
/// <see cref="Names"/>. Without a model there is no z, and <see cref="IsEmpty"/>.
/// </summary>
internal sealed record TargetReport(
    double Maximum, double Mean, double Q10, double Q25, double Q50, double Q75, double Q90)
{
    /// <summary>The report of a structure without z.</summary>
    public static TargetReport Empty { get; } = new(
        double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>Column names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["max", "mean", "q0.10", "q0.25", "q0.50", "q0.75", "q0.90"];

    /// <summary>Whether there was no z.</summary>
    public bool IsEmpty => double.IsNaN(Maximum);

    /// <summary>The figures in the order of <see cref="Names"/>.</summary>
    public double[] ToArray() => [Maximum, Mean, Q10, Q25, Q50, Q75, Q90];

    /// <summary>The report whose figures are given in the order of <see cref="Names"/>.</summary>
    public static TargetReport FromArray(ReadOnlySpan<double> figures) =>
        new(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5], figures[6]);
}
