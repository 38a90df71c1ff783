using Glasswright.Kernels;
using Glasswright.Kernels.Formats;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Actors.Acceptance;

/// <summary>
/// The targets of a search: F_k of a structure from its z, further properties and energy. Sums run in the fixed order of <see cref="FixedSum"/>,
/// so equal z give equal bits. Immutable; what an evaluation writes belongs to the caller.
/// </summary>
internal sealed class TargetSet
{
    /// <summary>C of mean and quantiles is given for this many atoms (method, section 3).</summary>
    public const double ReferenceAtoms = 16000;

    private readonly Target[] _targets;
    private readonly IReadOnlyList<string> _properties;

    /// <summary>Takes the targets in the order of the configuration.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="properties">The further properties that there are, whether or not a target is about them.</param>
    /// <exception cref="InputException">One of them is given twice.</exception>
    public TargetSet(IEnumerable<Target> targets, IReadOnlyList<string>? properties = null)
    {
        _targets = [.. targets];
        _properties = properties ?? [];
        if (_targets.Length == 0)
        {
            throw new ArgumentException("A search needs at least one target.", nameof(targets));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Target target in _targets)
        {
            if (!names.Add(target.Name))
            {
                throw new InputException($"the target {target.Name} is given twice", expected: "every target once in search.targets");
            }

            if (target.Property is { } property && !_properties.Contains(property))
            {
                throw new InputException(
                    "a target is about a property that nothing defines",
                    expected: _properties.Count == 0 ? "search.decider.properties" : string.Join(", ", _properties),
                    found: property,
                    nearest: NearestName.Find(property, [.. _properties]));
            }
        }
    }

    /// <summary>The seven of the paper: max, mean, and quantiles 0.10, 0.25, 0.50, 0.75, 0.90, constants from pilot trials.</summary>
    public static IReadOnlyList<Target> PaperTargets { get; } =
    [
        Target.Maximum(), Target.Mean(), Target.Quantile(0.10), Target.Quantile(0.25), Target.Quantile(0.50),
        Target.Quantile(0.75), Target.Quantile(0.90),
    ];

    /// <summary>The set of <see cref="PaperTargets"/>.</summary>
    public static TargetSet PaperDefault { get; } = new(PaperTargets);

    /// <summary>Number of targets K.</summary>
    public int Count => _targets.Length;

    /// <summary>Whether any target needs z itself.</summary>
    public bool NeedsValues => _targets.Any(t => t is { NeedsValues: true, Property: null });

    /// <summary>Target k.</summary>
    public Target this[int k] => _targets[k];

    /// <summary>
    /// Computes F_k, with the report of z beside them. <paramref name="values"/> is empty where no decider gives z; a target
    /// that needs it is NaN then. Non-finite z give NaN.
    /// </summary>
    /// <param name="energy">Potential energy, eV.</param>
    /// <param name="values">z of every atom.</param>
    /// <param name="objectives">Receives F_k, <c>[K]</c>.</param>
    /// <param name="structure">
    /// The structure measured; needed by targets with a pattern, and where the composition may vary. The report is of all atoms whatever they are.
    /// </param>
    /// <param name="properties">The further properties of every atom, <c>[P, N]</c>.</param>
    public TargetReport Evaluate(
        double energy,
        ReadOnlySpan<double> values,
        Span<double> objectives,
        AtomicStructure? structure = null,
        ReadOnlySpan<double> properties = default)
    {
        TargetReport report = Measure(null, energy, values, objectives, structure);
        if (_properties.Count == 0)
        {
            return report;
        }

        var further = new TargetReport[_properties.Count];
        int atoms = properties.Length / further.Length;
        for (int p = 0; p < further.Length; p++)
        {
            further[p] = Measure(_properties[p], energy, properties.Slice(p * atoms, atoms), objectives, structure);
        }

        return report with { Properties = further };
    }

    /// <summary>F_k of the targets of one property, and its report; the energy goes with z.</summary>
    private TargetReport Measure(
        string? property, double energy, ReadOnlySpan<double> values, Span<double> objectives, AtomicStructure? structure)
    {
        double[] sorted = values.ToArray();
        bool finite = true;
        foreach (double z in sorted)
        {
            finite &= double.IsFinite(z);
        }

        TargetReport report = TargetReport.Empty;
        if (finite && sorted.Length > 0)
        {
            Array.Sort(sorted);
            report = new TargetReport(
                sorted[^1],
                FixedSum.Sum(values) / values.Length,
                Quantiles.OfSorted(sorted, 0.10),
                Quantiles.OfSorted(sorted, 0.25),
                Quantiles.OfSorted(sorted, 0.50),
                Quantiles.OfSorted(sorted, 0.75),
                Quantiles.OfSorted(sorted, 0.90));
        }

        for (int k = 0; k < _targets.Length; k++)
        {
            Target target = _targets[k];
            if (target.Property != property)
            {
                continue;
            }

            double measured = target.Kind switch
            {
                TargetKind.Energy => target.CompositionTerm is { } term ? energy + term.Of(structure!) : energy,
                TargetKind.Composition => target.CompositionTerm!.Of(structure!),
                _ when target.Pattern is { } pattern => report.IsEmpty ? double.NaN : Weighted(target, pattern, structure!, values),
                TargetKind.Maximum => report.Maximum,
                TargetKind.Mean => report.Mean,
                _ => report.IsEmpty ? double.NaN : Quantiles.OfSorted(sorted, target.QuantileLevel),
            };
            objectives[k] = target.Objective(measured);
        }

        return report;
    }

    /// <summary>F_k where all targets are of the energy, from the number of atoms of each species: for trials that cost next to nothing.</summary>
    /// <param name="energy">Potential energy, eV.</param>
    /// <param name="names">The species.</param>
    /// <param name="counts">N_A of each; only looked at where the composition may vary.</param>
    /// <param name="objectives">Receives F_k, <c>[K]</c>.</param>
    public void Evaluate(double energy, IReadOnlyList<string> names, ReadOnlySpan<int> counts, Span<double> objectives)
    {
        for (int k = 0; k < _targets.Length; k++)
        {
            Target target = _targets[k];
            double measured = target.CompositionTerm is { } term ? energy + term.Of(names, counts) : energy;
            objectives[k] = target.Objective(target.Kind == TargetKind.Energy ? measured : double.NaN);
        }
    }

    /// <summary>Refuses targets about atoms that a structure does not have.</summary>
    /// <exception cref="InputException">One is.</exception>
    public void RequireFits(AtomicStructure structure)
    {
        foreach (Target target in _targets)
        {
            target.Pattern?.RequireFits(structure);
            target.CompositionTerm?.RequireFits(structure);
        }
    }

    /// <summary>
    /// The constants as given, scaled from <see cref="ReferenceAtoms"/> to those of a structure where one swap moves a
    /// target by O(1/N): mean and quantiles, N being the sum of the weights with a pattern. NaN where none is given.
    /// </summary>
    public double[] GivenConstants(AtomicStructure structure, bool scalePerAtom)
    {
        var constants = new double[_targets.Length];
        for (int k = 0; k < constants.Length; k++)
        {
            bool scales = scalePerAtom && _targets[k].Kind is TargetKind.Mean or TargetKind.Quantile;
            constants[k] = (_targets[k].Constant ?? double.NaN) * (scales ? ReferenceAtoms / Atoms(_targets[k].Pattern, structure) : 1);
        }

        return constants;
    }

    private static double Atoms(Pattern? pattern, AtomicStructure structure)
    {
        if (pattern is null)
        {
            return structure.Count;
        }

        var weights = new double[structure.Count];
        pattern.Weigh(structure, weights);
        return FixedSum.Sum(weights);
    }

    private static double Weighted(Target target, Pattern pattern, AtomicStructure structure, ReadOnlySpan<double> values)
    {
        var weights = new double[values.Length];
        pattern.Weigh(structure, weights);
        return target.Kind switch
        {
            TargetKind.Maximum => WeightedFigures.Maximum(values, weights),
            TargetKind.Mean => WeightedFigures.Mean(values, weights),
            _ => WeightedFigures.Quantile(values, weights, target.QuantileLevel),
        };
    }
}
