using System.Text.Json.Serialization;
using Glasswright.Kernels;

namespace Glasswright.Models.Network;

/// <summary>
/// The shape of a network: everything that has to be known to read its parameters, and nothing that training changes
/// except <see cref="Target"/>. The defaults are those of Wang &amp; Zhang, Nat. Commun. 12, 5506 (2021),
/// doi 10.1038/s41467-021-25490-x: 131,274 trainable parameters. Two architectures are equal when every field is.
/// </summary>
internal sealed record Architecture
{
    /// <summary>ε in BatchNorm's 1/√(var + ε).</summary>
    public const double BatchNormEpsilon = 1e-5;

    /// <summary>Share of the new batch in BatchNorm's running statistics.</summary>
    public const double BatchNormMomentum = 0.1;

    /// <summary>Slope of leaky-relu below zero.</summary>
    public const double LeakySlope = 0.01;

    /// <summary>No layer is wider or deeper than this: a larger number is a mistake, not a wish.</summary>
    private const int MaxSize = 4096;

    /// <summary>Chemical symbols of the one-hot components, in order.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Species { get; init; } = ["Cu", "Zr"];

    /// <summary>n: width of a node state.</summary>
    [JsonRequired]
    public int NodeWidth { get; init; } = 40;

    /// <summary>e: width of an edge state; equals the number of Gaussians.</summary>
    [JsonRequired]
    public int EdgeWidth { get; init; } = 51;

    /// <summary>K: number of attention heads.</summary>
    [JsonRequired]
    public int Heads { get; init; } = 5;

    /// <summary>a: width of a head.</summary>
    [JsonRequired]
    public int HeadWidth { get; init; } = 12;

    /// <summary>N: number of message-passing layers.</summary>
    [JsonRequired]
    public int Layers { get; init; } = 5;

    /// <summary>R_c: neighbors are the atoms at a distance d ≤ R_c, Å.</summary>
    [JsonRequired]
    public double Cutoff { get; init; } = 4.0;

    /// <summary>The edge features of the first layer.</summary>
    [JsonRequired]
    public GaussianBasis Gaussian { get; init; } = GaussianBasis.Default;

    /// <summary>The nonlinearity (the attention MLP's hidden layer always uses relu).</summary>
    [JsonRequired]
    public Activation Activation { get; init; } = Activation.Softplus;

    /// <summary>How messages are pooled.</summary>
    [JsonRequired]
    public Pooling Pooling { get; init; } = Pooling.Sum;

    /// <summary>How old node states are kept.</summary>
    [JsonRequired]
    public Remember Remember { get; init; } = Remember.Residual;

    /// <summary>Widths of the embedding MLP's layers; the last is <see cref="NodeWidth"/>.</summary>
    [JsonRequired]
    public IReadOnlyList<int> Embedding { get; init; } = [40, 40];

    /// <summary>Widths of the readout MLP's hidden layers.</summary>
    [JsonRequired]
    public IReadOnlyList<int> Readout { get; init; } = [32];

    /// <summary>Queries of set2set; null with any other pooling.</summary>
    public int? PoolingSteps { get; init; }

    /// <summary>
    /// Levels, rising, of the training labels' distribution that divide the classes: [0.9] tells the softest tenth from the rest. Null
    /// for regression. A classifier's value of an atom is the log-odds ln(p/(1 - p)) of its softest class.
    /// </summary>
    public IReadOnlyList<double>? ClassLevels { get; init; }

    /// <summary>The labels at these levels: class c holds bounds[c-1] ≤ label &lt; bounds[c]. Null until training has found them.</summary>
    public IReadOnlyList<double>? ClassBounds { get; init; }

    /// <summary>The normalization of the target.</summary>
    [JsonRequired]
    public TargetNormalization Target { get; init; } = TargetNormalization.None;

    /// <summary>n + n + e: width of z_ij = [h_i ‖ h_j ‖ e_ij].</summary>
    public int PairWidth => (2 * NodeWidth) + EdgeWidth;

    /// <summary>K·a: width of the concatenated heads.</summary>
    public int ConcatenatedWidth => Heads * HeadWidth;

    /// <summary>Width of the pooled messages: set2set gives query and answer, the others as many columns as the heads.</summary>
    public int PooledWidth => Pooling == Pooling.Set2set ? 2 * ConcatenatedWidth : ConcatenatedWidth;

    /// <summary>Whether the pooled messages pass a linear map to width n.</summary>
    public bool HasConcatenationMap => PooledWidth != NodeWidth;

    /// <summary>Numbers that the readout gives for an atom: one, or one for each class.</summary>
    public int OutputWidth => ClassLevels is null ? 1 : ClassLevels.Count + 1;

    /// <summary>Checks that the fields fit each other.</summary>
    /// <param name="file">The file to name in the error.</param>
    /// <returns>This architecture.</returns>
    /// <exception cref="InputException">A field is out of range or contradicts another.</exception>
    public Architecture Validate(string? file = null)
    {
        if (Species.Count == 0 || Species.Any(string.IsNullOrWhiteSpace))
        {
            throw Bad("species", "at least one chemical symbol, none of them empty", $"[{string.Join(", ", Species)}]");
        }

        if (Species.Distinct(StringComparer.Ordinal).Count() != Species.Count)
        {
            throw Bad("species", "each symbol once", $"[{string.Join(", ", Species)}]");
        }

        RequireSize("node-width", NodeWidth);
        RequireSize("edge-width", EdgeWidth);
        RequireSize("heads", Heads);
        RequireSize("head-width", HeadWidth);
        RequireSize("layers", Layers);
        RequireLength("cutoff", Cutoff);
        RequireLength("gaussian.step", Gaussian.Step);
        RequireLength("gaussian.sigma", Gaussian.Sigma);
        if (!double.IsFinite(Gaussian.Start))
        {
            throw Bad("gaussian.start", "a finite length in Å", Text(Gaussian.Start));
        }

        if (Gaussian.Count != EdgeWidth)
        {
            throw Bad("gaussian.count", $"edge-width = {EdgeWidth}", Text(Gaussian.Count));
        }

        RequireNamed("activation", Activation);
        RequireNamed("pooling", Pooling);
        RequireNamed("remember", Remember);
        if (Pooling == Pooling.Set2set != PoolingSteps is not null)
        {
            throw Bad("pooling-steps", Pooling == Pooling.Set2set ? "a number of steps" : "none without pooling = set2set", PoolingSteps?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none");
        }

        if (PoolingSteps is int steps)
        {
            RequireSize("pooling-steps", steps);
        }

        RequireClasses();
        RequireWidths("embedding", Embedding);
        RequireWidths("readout", Readout);
        if (Embedding[^1] != NodeWidth)
        {
            throw Bad("embedding", $"its last width to be node-width = {NodeWidth}", Text(Embedding[^1]));
        }

        if (!double.IsFinite(Target.Mean))
        {
            throw Bad("target.mean", "a finite number", Text(Target.Mean));
        }

        if (!double.IsFinite(Target.Std) || Target.Std <= 0)
        {
            throw Bad("target.std", "a finite number above 0", Text(Target.Std));
        }

        return this;

        InputException Bad(string field, string expected, string found) =>
            new($"architecture.{field} cannot be used", file, expected: expected, found: found);

        void RequireClasses()
        {
            if (ClassLevels is null)
            {
                if (ClassBounds is not null)
                {
                    throw Bad("class-bounds", "none without class-levels", Texts(ClassBounds));
                }

                return;
            }

            if (ClassLevels.Count == 0 || ClassLevels.Any(level => level is not (> 0 and < 1)) || !Rises(ClassLevels))
            {
                throw Bad("class-levels", "rising numbers between 0 and 1", Texts(ClassLevels));
            }

            if (ClassBounds is not null && (ClassBounds.Count != ClassLevels.Count || !ClassBounds.All(double.IsFinite) || !Rises(ClassBounds)))
            {
                throw Bad("class-bounds", $"{ClassLevels.Count} rising numbers", Texts(ClassBounds));
            }

            if (Target != TargetNormalization.None)
            {
                throw Bad("target", "mean 0 and std 1 with class-levels: classes are not normalized", $"{Text(Target.Mean)}, {Text(Target.Std)}");
            }
        }

        void RequireSize(string field, int value)
        {
            if (value is < 1 or > MaxSize)
            {
                throw Bad(field, $"a whole number from 1 to {MaxSize}", Text(value));
            }
        }

        void RequireLength(string field, double value)
        {
            if (!double.IsFinite(value) || value <= 0)
            {
                throw Bad(field, "a length above 0 in Å", Text(value));
            }
        }

        void RequireNamed<T>(string field, T value)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                throw Bad(field, string.Join(", ", Enum.GetNames<T>()), value.ToString());
            }
        }

        void RequireWidths(string field, IReadOnlyList<int> widths)
        {
            if (widths.Count == 0)
            {
                throw Bad(field, "at least one width", "[]");
            }

            foreach (int width in widths)
            {
                RequireSize(field, width);
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(Architecture? other) =>
        other is not null
        && Species.SequenceEqual(other.Species, StringComparer.Ordinal)
        && (NodeWidth, EdgeWidth, Heads, HeadWidth, Layers) ==
            (other.NodeWidth, other.EdgeWidth, other.Heads, other.HeadWidth, other.Layers)
        && Cutoff.Equals(other.Cutoff)
        && Gaussian == other.Gaussian
        && (Activation, Pooling, Remember, PoolingSteps) ==
            (other.Activation, other.Pooling, other.Remember, other.PoolingSteps)
        && Same(ClassLevels, other.ClassLevels)
        && Same(ClassBounds, other.ClassBounds)
        && Embedding.SequenceEqual(other.Embedding)
        && Readout.SequenceEqual(other.Readout)
        && Target == other.Target;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(NodeWidth, EdgeWidth, Heads, HeadWidth, Layers, Cutoff, Gaussian, Target);

    private static bool Same(IReadOnlyList<double>? a, IReadOnlyList<double>? b) =>
        a is null ? b is null : b is not null && a.SequenceEqual(b);

    private static bool Rises(IReadOnlyList<double> values) => values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second);

    private static string Texts(IReadOnlyList<double> values) => $"[{string.Join(", ", values.Select(value => Text(value)))}]";

    private static string Text(IFormattable value) =>
        value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
}
