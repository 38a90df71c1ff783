namespace Glasswright.Actors.Acceptance;

/// <summary>
/// The seven figures of z that every chain row shows whatever the targets are, in the order of
/// <see cref="Names"/>, and the same of each further property. Without a model there is no z, and <see cref="IsEmpty"/>.
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

    /// <summary>The reports of the further properties, in the order of the configuration; none of a trial that did not converge.</summary>
    public IReadOnlyList<TargetReport> Properties { get; init; } = [];

    /// <summary>Column names with those of further properties: <c>max</c>, …, <c>q0.90</c>, <c>max[strength]</c>, ….</summary>
    public static IEnumerable<string> NamesWith(IReadOnlyList<string> properties) =>
        [.. Names, .. properties.SelectMany(property => Names.Select(name => Target.NameOf(name, property)))];

    /// <summary>The figures in the order of <see cref="Names"/>, then those of each further property.</summary>
    public double[] ToArray() =>
        [Maximum, Mean, Q10, Q25, Q50, Q75, Q90, .. Properties.SelectMany(property => property.ToArray())];

    /// <summary>The report whose figures are given in the order of <see cref="ToArray"/>.</summary>
    public static TargetReport FromArray(ReadOnlySpan<double> figures)
    {
        var properties = new TargetReport[(figures.Length / Names.Count) - 1];
        for (int p = 0; p < properties.Length; p++)
        {
            properties[p] = FromArray(figures.Slice((p + 1) * Names.Count, Names.Count));
        }

        return new(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5], figures[6])
        {
            Properties = properties.Length == 0 ? [] : properties,
        };
    }
}
