using System.Globalization;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// One property f of a structure and the way it is driven. The search lowers F, which is f, -f or |f - goal| by
/// <see cref="Direction"/>.
/// </summary>
internal sealed record Target
{
    private Target(TargetKind kind, double quantile, TargetDirection direction, double goal, double? constant)
    {
        if (kind == TargetKind.Quantile && !(quantile >= 0 && quantile <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile lies between 0 and 1.");
        }

        if (direction == TargetDirection.Toward && !double.IsFinite(goal))
        {
            throw new ArgumentOutOfRangeException(nameof(goal), goal, "The goal of a target must be finite.");
        }

        if (constant is { } c && !(c > 0 && double.IsFinite(c)))
        {
            throw new ArgumentOutOfRangeException(nameof(constant), c, "The constant C of a target must be positive and finite.");
        }

        Kind = kind;
        QuantileLevel = quantile;
        Direction = direction;
        Goal = goal;
        Constant = constant;
    }

    /// <summary>What is measured.</summary>
    public TargetKind Kind { get; }

    /// <summary>q of a quantile, in [0, 1]; 0 for other kinds.</summary>
    public double QuantileLevel { get; }

    /// <summary>Where it is driven.</summary>
    public TargetDirection Direction { get; }

    /// <summary>The goal of <see cref="TargetDirection.Toward"/>.</summary>
    public double Goal { get; }

    /// <summary>C as given; null when it is to be found from pilot trials.</summary>
    public double? Constant { get; }

    /// <summary>The atoms that it is about; null for all of them.</summary>
    public Pattern? Pattern { get; private init; }

    /// <summary>
    /// What the composition costs: all that a <see cref="TargetKind.Composition"/> measures; of an energy it is added to it, so that one
    /// constant, k_B·T, weighs both. Null where the composition is fixed.
    /// </summary>
    public CompositionTerm? CompositionTerm { get; private init; }

    /// <summary>The further property that it is about; null for z itself.</summary>
    public string? Property { get; private init; }

    /// <summary>
    /// The chain file's name: <c>max</c>, <c>mean</c>, <c>q0.10</c>, …, <c>energy</c>, <c>composition</c>; of a further property <c>mean[strength]</c>, of a
    /// pattern <c>mean(Cu)</c>, of both <c>mean[strength](Cu)</c>.
    /// </summary>
    public string Name => Pattern is null ? NameOf(Measure, Property) : $"{NameOf(Measure, Property)}({Pattern.Name})";

    private string Measure => Kind switch
    {
        TargetKind.Maximum => "max",
        TargetKind.Mean => "mean",
        TargetKind.Energy => "energy",
        TargetKind.Composition => "composition",
        _ => "q" + QuantileLevel.ToString("0.00##############", CultureInfo.InvariantCulture),
    };

    /// <summary>Whether z, or a further property, is needed.</summary>
    public bool NeedsValues => Kind is not (TargetKind.Energy or TargetKind.Composition);

    /// <summary>The largest z.</summary>
    public static Target Maximum(
        double? constant = null, TargetDirection direction = TargetDirection.Lower, double goal = 0) =>
        new(TargetKind.Maximum, 0, direction, goal, constant);

    /// <summary>The mean of z.</summary>
    public static Target Mean(
        double? constant = null, TargetDirection direction = TargetDirection.Lower, double goal = 0) =>
        new(TargetKind.Mean, 0, direction, goal, constant);

    /// <summary>The quantile of z at <paramref name="q"/>.</summary>
    public static Target Quantile(
        double q, double? constant = null, TargetDirection direction = TargetDirection.Lower, double goal = 0) =>
        new(TargetKind.Quantile, q, direction, goal, constant);

    /// <summary>The potential energy; C in eV.</summary>
    public static Target Energy(
        double? constant = null, TargetDirection direction = TargetDirection.Lower, double goal = 0) =>
        new(TargetKind.Energy, 0, direction, goal, constant);

    /// <summary>What the composition costs, as a target of its own; C in eV.</summary>
    public static Target Composition(CompositionTerm term, double? constant = null) =>
        new(TargetKind.Composition, 0, TargetDirection.Lower, 0, constant) { CompositionTerm = term };

    /// <summary>The energy with what the composition costs added to it.</summary>
    public Target With(CompositionTerm term) => Kind == TargetKind.Energy && Direction == TargetDirection.Lower
        ? this with { CompositionTerm = term }
        : throw new InvalidOperationException("Only to an energy that is lowered can the composition's part be added.");

    /// <summary>The same about some of the atoms; null for all.</summary>
    public Target Within(Pattern? pattern) => pattern is null || NeedsValues
        ? this with { Pattern = pattern }
        : throw new ArgumentException("The energy of a structure has no pattern.", nameof(pattern));

    /// <summary>The same of a further property; null for z.</summary>
    public Target Of(string? property) => property is null || NeedsValues
        ? this with { Property = property }
        : throw new ArgumentException("The energy is of no property.", nameof(property));

    /// <summary>The name of a figure of a property.</summary>
    public static string NameOf(string measure, string? property) => property is null ? measure : $"{measure}[{property}]";

    /// <summary>F of a measured f.</summary>
    public double Objective(double measured) => Direction switch
    {
        TargetDirection.Lower => measured,
        TargetDirection.Raise => -measured,
        _ => Math.Abs(measured - Goal),
    };
}
