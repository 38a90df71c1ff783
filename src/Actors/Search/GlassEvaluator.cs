using System.Diagnostics;
using Glasswright.Actors.Proposal;
using Glasswright.Kernels;
using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Minimization;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>
/// The physics of a trial in a real glass: embedded-atom forces, relaxation at fixed cell, a decider. Single-threaded
/// inside, but for what a device does; buffers are made at the first structure and reused.
/// </summary>
internal sealed class GlassEvaluator : ITrialEvaluator
{
    // A trial that comes back must do so within this distance of every atom, Å (method, section 3).
    private const double ReturnDistance = 1e-3;

    private readonly Func<int, IMechanics> _makeMechanics;
    private readonly LocalEnergy _local;
    private readonly IDecider _decider;
    private readonly IReadOnlyList<IDecider> _properties;
    private readonly MinimizerSettings _minimizer;
    private IMechanics? _mechanics;
    private ForceResult? _result;
    private AtomicStructure? _trial;
    private AtomicStructure? _back;
    private double[] _values = [];
    private double[] _propertyValues = [];
    private double[] _estimates = [];
    private double[] _propertyEstimates = [];
    private TimeSpan _estimateTime;

    /// <summary>An evaluator with deciders of its own, of z and of further properties, which it disposes of.</summary>
    public GlassEvaluator(
        EamTables tables,
        IDecider decider,
        MinimizerSettings minimizer,
        IReadOnlyList<IDecider>? properties = null,
        Func<int, IMechanics>? mechanics = null)
    {
        _makeMechanics = mechanics ?? (atoms => new ProcessorMechanics(tables, atoms, minimizer.Kind));
        _local = new LocalEnergy(tables);
        _decider = decider;
        _properties = properties ?? [];
        _minimizer = minimizer;
    }

    /// <inheritdoc/>
    public AtomicStructure Relaxed => _trial ?? throw new InvalidOperationException("Nothing was relaxed yet.");

    /// <inheritdoc/>
    public ReadOnlySpan<double> RelaxedValues => _values;

    /// <inheritdoc/>
    public ReadOnlySpan<double> RelaxedProperties => _propertyValues;

    /// <inheritdoc/>
    public long Inferences { get; private set; }

    /// <inheritdoc/>
    public LocalEnergy LocalEnergy => _local;

    /// <summary>
    /// What makes one evaluator for each sampler. Whatever of structure, potential and model does not fit together is refused here,
    /// before anything of the run is written.
    /// </summary>
    /// <param name="settings">The search.</param>
    /// <param name="start">The structure that the run is given.</param>
    /// <param name="tables">The potential.</param>
    /// <param name="models">The models; needed by the decider <c>gnn</c>, a bias and a report for <c>energy</c>.</param>
    /// <param name="properties">The models of each further property.</param>
    /// <param name="backend">What computes trials; null for the sampler's own thread.</param>
    /// <exception cref="InputException">The decider needs a model, an input lacks a species, or the cell is too small.</exception>
    public static Func<ITrialEvaluator> Factory(
        SearchSettings settings,
        AtomicStructure start,
        EamTables tables,
        IReadOnlyList<PropertyModel> models,
        IReadOnlyList<IReadOnlyList<PropertyModel>>? properties = null,
        TrialBackend? backend = null)
    {
        Func<IDecider> makeDecider = Deciders.Factory(settings.Decider, start, tables, models, backend?.MakePredictor);
        Func<IReadOnlyList<IDecider>> makeProperties = Deciders.Properties(settings.Decider, start, properties ?? [], backend?.MakePredictor);
        settings.TargetSet.RequireFits(start);
        RequireChanges(settings, start, tables, models);
        using (var field = new VectorEam(tables))
        {
            field.Bind(start);
        }

        if (!settings.Proposal.Relax)
        {
            using var local = new LocalEnergy(tables);
            local.Bind(start.Clone());
        }

        return () => new GlassEvaluator(tables, makeDecider(), settings.Minimizer, makeProperties(), backend?.MakeMechanics);
    }

    /// <summary>Refuses a structure whose atoms cannot be changed as the search asks.</summary>
    private static void RequireChanges(
        SearchSettings settings, AtomicStructure start, EamTables tables, IReadOnlyList<PropertyModel> models)
    {
        if (settings.Composition is null)
        {
            SwapProposal.RequirePairs(start);
            return;
        }

        if (start.SpeciesNames.Count < 2)
        {
            throw new InputException(
                "a transmutation needs a second species",
                expected: "a structure that names at least two; a LAMMPS data file may have types without atoms",
                found: string.Join(", ", start.SpeciesNames));
        }

        // Any species may come to have atoms, and any atom is named by its id in rows and files.
        AtomicStructure all = new(start.SpeciesNames.Count, start.Cell, start.SpeciesNames);
        for (int s = 0; s < all.Count; s++)
        {
            all.Species[s] = s;
        }

        SpeciesMap.Resolve(all, tables, new int[all.Count]);
        foreach (PropertyModel model in models)
        {
            model.RequireSpecies(all);
        }

        if (start.Ids.FirstOrDefault(id => id < 1, 1) is var odd and < 1)
        {
            throw new InputException(
                "the composition may vary of atoms with positive ids only", expected: "ids from 1", found: FormattableString.Invariant($"{odd}"));
        }
    }

    /// <inheritdoc/>
    public Relaxation RelaxStart(AtomicStructure start, CancellationToken cancel)
    {
        Reserve(start);
        _trial!.CopyFrom(start);
        return Relax(null, cancel);
    }

    /// <inheritdoc/>
    public StructureEvaluation Evaluate(AtomicStructure structure, CancellationToken cancel)
    {
        Reserve(structure);
        double energy = _mechanics!.Evaluate(structure, _result!, cancel);
        var values = new double[_values.Length];
        var properties = new double[_propertyValues.Length];
        if (!Decide(structure, values, properties, cancel))
        {
            throw new OperationCanceledException(cancel);
        }

        return new StructureEvaluation(energy, PressureBar(structure), _result!.AtomEnergies[..structure.Count], values)
        {
            Properties = properties,
        };
    }

    /// <inheritdoc/>
    public Relaxation RelaxSwap(ChainVersion version, AtomPair pair, TrialPause? pause, CancellationToken cancel)
    {
        Reserve(version.Structure);
        _trial!.CopyFrom(version.Structure);
        pair.Apply(_trial);
        return Relax(pause, cancel);
    }

    /// <inheritdoc/>
    public bool GoBack(AtomPair back, TrialPause pause, CancellationToken cancel, out int evaluations)
    {
        _back!.CopyFrom(Relaxed);
        back.Apply(_back);
        MinimizationResult result = Minimize(_back, pause, cancel);
        evaluations = result.Evaluations;
        return result.Outcome != MinimizationOutcome.Canceled;
    }

    /// <inheritdoc/>
    public bool? Returns(ChainVersion version, AtomPair pair, CancellationToken cancel, out int evaluations)
    {
        _back!.CopyFrom(Relaxed);
        pair.Inverse(version.Structure).Apply(_back);
        MinimizationResult result = Minimize(_back, null, cancel);
        evaluations = result.Evaluations;
        return result.Outcome switch
        {
            MinimizationOutcome.Canceled => null,
            MinimizationOutcome.Converged => LargestDistance(_back, version.Structure) <= ReturnDistance,
            _ => false,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _local.Dispose();
        _mechanics?.Dispose();
        _decider.Dispose();
        foreach (IDecider property in _properties)
        {
            property.Dispose();
        }
    }

    /// <summary>The largest distance between the same atoms of two structures, nearest images, after removal of the drift.</summary>
    private static double LargestDistance(AtomicStructure a, AtomicStructure b)
    {
        var drift = default(Vector3);
        for (int i = 0; i < a.Count; i++)
        {
            drift += Nearest(a, b, i);
        }

        drift = (1.0 / a.Count) * drift;
        double largest = 0;
        for (int i = 0; i < a.Count; i++)
        {
            largest = Math.Max(largest, (Nearest(a, b, i) - drift).Length);
        }

        return largest;
    }

    private static Vector3 Nearest(AtomicStructure a, AtomicStructure b, int atom)
    {
        Vector3 d = a.Position(atom) - b.Position(atom);
        Vector3 s = a.Cell.Inverse * d;
        return d - (a.Cell.Vectors * new Vector3(Math.Round(s.X), Math.Round(s.Y), Math.Round(s.Z)));
    }

    private MinimizationResult Minimize(AtomicStructure structure, TrialPause? pause, CancellationToken cancel)
    {
        _estimateTime = default;
        return _mechanics!.Minimize(structure, _minimizer, cancel, pause is null ? null : Ask(structure, pause));
    }

    // Apart, so that a trial without a pause allocates nothing.
    private MinimizationPause Ask(AtomicStructure structure, TrialPause pause) => new(
        _minimizer with { ForceTolerance = pause.ForceTolerance },
        (energy, evaluations) =>
        {
            long began = Stopwatch.GetTimestamp();
            Decide(structure, _estimates, _propertyEstimates);
            _estimateTime = Stopwatch.GetElapsedTime(began);
            return pause.GoOn(structure, energy, _estimates, _propertyEstimates, evaluations);
        });

    /// <summary>z, then the further properties in their order, <c>[P, N]</c>; false if it was canceled.</summary>
    private bool Decide(AtomicStructure structure, Span<double> values, Span<double> properties, CancellationToken cancel = default)
    {
        Inferences += _decider.GivesValues ? 1 : 0;
        bool decided = _decider.Evaluate(structure, values, cancel);
        for (int p = 0; decided && p < _properties.Count; p++)
        {
            Inferences++;
            decided = _properties[p].Evaluate(structure, properties.Slice(p * structure.Count, structure.Count), cancel);
        }

        return decided;
    }

    private Relaxation Relax(TrialPause? pause, CancellationToken cancel)
    {
        AtomicStructure structure = _trial!;
        MinimizationResult result = Minimize(structure, pause, cancel);
        TrialOutcome outcome = result.Outcome switch
        {
            MinimizationOutcome.Converged => TrialOutcome.Converged,
            MinimizationOutcome.EvaluationLimit => TrialOutcome.EvaluationLimit,
            MinimizationOutcome.NoDescent => TrialOutcome.NoDescent,
            MinimizationOutcome.Canceled => TrialOutcome.Canceled,
            MinimizationOutcome.Dismissed => TrialOutcome.Screened,
            _ => TrialOutcome.NonFiniteEnergy,
        };
        if (outcome != TrialOutcome.Converged)
        {
            return new Relaxation(outcome, double.NaN, double.NaN, result.Evaluations, _estimateTime);
        }

        // One evaluation more, for the virial; it is counted.
        double energy = _mechanics!.EvaluateRelaxed(structure, _result!);
        long began = Stopwatch.GetTimestamp();
        bool decided = Decide(structure, _values, _propertyValues, cancel);
        return new Relaxation(
            decided ? outcome : TrialOutcome.Canceled, energy, PressureBar(structure), result.Evaluations + 1, _estimateTime + Stopwatch.GetElapsedTime(began));
    }

    private double PressureBar(AtomicStructure structure)
    {
        double[] w = _result!.Virial;
        return (w[0] + w[1] + w[2]) / (3 * structure.Cell.Volume) * MetalUnits.BarPerPressureUnit;
    }

    private void Reserve(AtomicStructure structure)
    {
        if (_trial?.Count == structure.Count)
        {
            return;
        }

        _trial = structure.Clone();
        _back = structure.Clone();
        _mechanics?.Dispose();
        _mechanics = _makeMechanics(structure.Count);
        _result = new ForceResult(structure.Count);
        _values = new double[_decider.GivesValues ? structure.Count : 0];
        _estimates = new double[_values.Length];
        _propertyValues = new double[_properties.Count * structure.Count];
        _propertyEstimates = new double[_propertyValues.Length];
    }
}
